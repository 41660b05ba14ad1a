from pathlib import Path
from typing import Annotated

import typer

from trine.cli.language import t
from trine.cli.options import Json, Limit, Project, connected, group
from trine.cli.output import cell, print_json, print_list, print_pairs, print_table, say
from trine.datasets import publish

dataset = group(t("Datasets and their versions."))

Name = Annotated[str, typer.Argument(metavar="NAME")]


@dataset.command("list", help=t("Lists datasets."))
def list_datasets(project: Project = None, limit: Limit = 50, as_json: Json = False) -> None:
    with connected(project) as client:
        columns = {t("name"): lambda row: row.name, t("description"): lambda row: row.description}
        columns |= {t("created"): lambda row: row.created_at, "id": lambda row: row.id}
        print_list(client.datasets.list(limit=limit), columns, as_json=as_json)


@dataset.command(help=t("Shows a dataset, its versions and the columns of the newest."))
def show(name: Name, project: Project = None, as_json: Json = False) -> None:
    with connected(project) as client:
        found = client.datasets.find(name)
        if as_json:
            print_json(found)
            return
        print_pairs({t("name"): found.name, t("description"): found.description, "id": found.id})
        headings = [t("version"), t("rows"), t("size"), t("created"), t("artifact")]
        rows = [
            (each.version, each.rows, f"{each.size / 1e6:.1f} MB", each.created_at, each.artifact_id)
            for each in found.versions
        ]
        print_table(headings, [[cell(value) for value in row] for row in rows])
        if found.versions and found.versions[0].columns:
            columns = [[column.name, column.type] for column in found.versions[0].columns]
            print_table([t("column"), t("type")], columns)


@dataset.command(help=t("Makes a version of a file or folder; the dataset is made where it is missing."))
def create(
    name: Name,
    path: Annotated[Path, typer.Argument(metavar="PATH", exists=True, help=t("A file or a folder."))],
    description: Annotated[str, typer.Option("--description", help=t("Of a dataset that is made."))] = "",
    project: Project = None,
    as_json: Json = False,
) -> None:
    with connected(project) as client:
        version = publish(client, name, path, description=description)
        if as_json:
            print_json(version)
        else:
            say(t("{name}@{version} is what a spec names.", name=name, version=version.version))
