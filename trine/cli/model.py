from typing import Annotated

import typer

from trine.cli.language import t
from trine.cli.options import Json, Limit, Project, Reference, connected, group, identify
from trine.cli.output import cell, print_json, print_list, print_pairs, print_table, say
from trine.client import Client

model = group(t("Registered models and their versions."))


@model.command("list", help=t("Lists models."))
def list_models(project: Project = None, limit: Limit = 50, as_json: Json = False) -> None:
    with connected(project) as client:
        columns = {t("name"): lambda row: row.name, t("description"): lambda row: row.description}
        columns |= {t("created"): lambda row: row.created_at, "id": lambda row: row.id}
        print_list(client.models.list(limit=limit), columns, as_json=as_json)


@model.command(help=t("Shows a model and its versions."))
def get(reference: Reference, project: Project = None, as_json: Json = False) -> None:
    with connected(project) as client:
        found = client.models.get(_id(client, reference))
        if as_json:
            print_json(found)
            return
        print_pairs({t("name"): found.name, t("description"): found.description, "id": found.id})
        headings = [t("version"), t("aliases"), t("framework"), t("size"), t("metrics"), t("run")]
        rows = [
            (each.version, each.aliases, each.framework, f"{each.size / 1e6:.1f} MB", each.metrics, each.run_id)
            for each in found.versions
        ]
        print_table(headings, [[cell(value) for value in row] for row in rows])


@model.command(help=t("Moves an alias to a version."))
def alias(
    reference: Reference,
    name: Annotated[str, typer.Argument(metavar="ALIAS")],
    version: Annotated[int, typer.Argument(min=1)],
    project: Project = None,
    as_json: Json = False,
) -> None:
    with connected(project) as client:
        found = client.models.set_alias(_id(client, reference), name, version=version)
        if as_json:
            print_json(found)
        else:
            say(t("{alias} is version {version} now.", alias=name, version=found.version))


def _id(client: Client, reference: str) -> str:
    return identify(reference, client.models.list(limit=1000), "model")
