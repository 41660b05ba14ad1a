import sys
from pathlib import Path
from typing import Annotated

import typer

from trine.cli.follow import followed
from trine.cli.language import t
from trine.cli.options import Follow, Json, Limit, Project, Reference, Set, SpecFile, connected, group, identify
from trine.cli.output import print_json, print_list, print_one, print_pairs, say
from trine.cli.specfile import load
from trine.cli.work import detail_columns, end, say_why, status_columns
from trine.client import Client
from trine.specs.simulation import SimulationSpec

sim = group(t("Simulations."))


@sim.command(help=t("Submits a simulation."))
def submit(
    spec: SpecFile, project: Project = None, follow: Follow = False, changes: Set = None, as_json: Json = False
) -> None:
    checked = load(spec, SimulationSpec.model_validate, changes or ())
    with connected(project) as client:
        made = client.simulations.create(spec=checked)
        say(t("Submitted {name}: {id}", name=made.name, id=made.id))
        if follow:
            made = followed(client, made, client.simulations.get, sys.stderr)
        else:
            say_why(client, made.workload)
        if as_json:
            print_json(made)
        else:
            sys.stdout.write(f"{made.id}\n")
        if follow:
            end(made)


@sim.command("list", help=t("Lists simulations, newest first."))
def list_simulations(project: Project = None, limit: Limit = 20, as_json: Json = False) -> None:
    with connected(project) as client:
        columns = {t("name"): lambda row: row.name, t("environment"): lambda row: row.environment, **status_columns()}
        columns["id"] = lambda row: row.id
        print_list(client.simulations.list(limit=limit), columns, as_json=as_json)


@sim.command(help=t("Shows a simulation."))
def get(reference: Reference, project: Project = None, as_json: Json = False) -> None:
    with connected(project) as client:
        columns = {t("name"): lambda row: row.name, t("environment"): lambda row: row.environment, **detail_columns()}
        print_one(client.simulations.get(_id(client, reference)), columns, as_json=as_json)


@sim.command(help=t("Shows the figures of a simulation's report, and saves its files."))
def report(
    reference: Reference,
    save: Annotated[Path | None, typer.Option("--save", help=t("Folder for the files of the report."))] = None,
    project: Project = None,
    as_json: Json = False,
) -> None:
    with connected(project) as client:
        found = client.simulations.report(_id(client, reference))
        if save is not None:
            for path in found.files:
                client.artifacts.download(found.artifact_id, path, save / Path(path).name)
            say(t("Saved {count} files in {folder}.", count=len(found.files), folder=save))
        if as_json:
            print_json(found)
        else:
            print_pairs(found.summary)


@sim.command(help=t("Lists the environments there are."))
def environments(as_json: Json = False) -> None:
    with connected() as client:
        columns = {t("name"): lambda row: row.name, t("about"): lambda row: row.description.get("title")}
        print_list(client.environments.list(), columns, as_json=as_json)


def _id(client: Client, reference: str) -> str:
    return identify(reference, client.simulations.list(limit=1000), "simulation")
