from collections.abc import Mapping
from typing import Annotated, Any

import typer

from trine.cli.language import t
from trine.cli.options import Filter, Json, Project, Sort, connected, group, identify
from trine.cli.output import Columns, print_json, print_list, print_one, say
from trine.client import Client
from trine.records.comparison import RunView

view = group(t("Views of the table of runs: filter, order, columns and groups under a name."))
Name = Annotated[str, typer.Argument(metavar="ID|NAME", help=t("Identifier or name of a view."))]
Shown = Annotated[
    list[str] | None, typer.Option("--column", metavar="COLUMN", help=t("Show this, e.g. metrics.loss or params.lr."))
]
By = Annotated[
    list[str] | None,
    typer.Option("--by", metavar="COLUMN", help=t("What runs of a group have in common: params.lr")),
]


@view.command("list", help=t("Lists the views that are shared, and your own."))
def list_views(project: Project = None, as_json: Json = False) -> None:
    with connected(project) as client:
        print_list(client.run_views.list(), _columns(), as_json=as_json)


@view.command(help=t("Shows a view."))
def get(reference: Name, project: Project = None, as_json: Json = False) -> None:
    with connected(project) as client:
        print_one(client.run_views.get(_id(client, reference)), _columns(), as_json=as_json)


@view.command(help=t("Keeps a view."))
def create(
    name: Annotated[str, typer.Argument(help=t("What it is called."))],
    shared: Annotated[bool, typer.Option("--shared", help=t("With everybody who sees the project."))] = False,
    matching: Filter = "",
    sort: Sort = "",
    columns: Shown = None,
    by: By = None,
    project: Project = None,
    as_json: Json = False,
) -> None:
    with connected(project) as client:
        made = client.run_views.create(
            name=name, shared=shared, filter=matching, sort=sort, columns=columns or None, group_by=by or ()
        )
        print_one(made, _columns(), as_json=as_json)


@view.command(help=t("Changes of a view what is named."))
def update(
    reference: Name,
    name: Annotated[str | None, typer.Option("--name", help=t("What it is called."))] = None,
    shared: Annotated[
        bool | None, typer.Option("--shared/--private", help=t("With everybody who sees the project."))
    ] = None,
    matching: Annotated[str | None, typer.Option("--filter", metavar="FILTER")] = None,
    sort: Annotated[str | None, typer.Option("--sort", metavar="COLUMNS")] = None,
    columns: Shown = None,
    by: By = None,
    project: Project = None,
    as_json: Json = False,
) -> None:
    told: Mapping[str, Any] = {
        "name": name,
        "shared": shared,
        "filter": matching,
        "sort": sort,
        "columns": columns or None,
        "group_by": by or None,
    }
    changes = {field: value for field, value in told.items() if value is not None}
    if not changes:
        raise typer.BadParameter(t("name something to change"))
    with connected(project) as client:
        print_one(client.run_views.update(_id(client, reference), **changes), _columns(), as_json=as_json)


@view.command(help=t("Deletes a view."))
def delete(reference: Name, project: Project = None, as_json: Json = False) -> None:
    with connected(project) as client:
        found = _id(client, reference)
        client.run_views.delete(found)
        if as_json:
            print_json({"id": found})
        else:
            say(t("Deleted {what}.", what=reference))


def _columns() -> Columns[RunView]:
    return {
        t("name"): lambda row: row.name,
        t("filter"): lambda row: row.filter,
        t("order"): lambda row: row.sort,
        t("columns"): lambda row: row.columns,
        t("groups"): lambda row: row.group_by,
        t("shared"): lambda row: t("yes") if row.shared else t("no"),
        "id": lambda row: row.id,
    }


def _id(client: Client, reference: str) -> str:
    return identify(reference, client.run_views.list(), "view")
