import sys
from typing import Annotated, Any

import typer

from trine.cli.follow import followed
from trine.cli.language import t
from trine.cli.options import Follow, Json, Limit, Project, Reference, Set, SpecFile, connected, group, identify
from trine.cli.output import print_json, print_list, print_one, say
from trine.cli.specfile import load
from trine.cli.work import detail_columns, end, say_why, status_columns
from trine.client import Client
from trine.specs.tuning import StudySpec

study = group(t("Studies: many trials of one training spec."))


@study.command(help=t("Submits a study."))
def submit(
    spec: SpecFile, project: Project = None, follow: Follow = False, changes: Set = None, as_json: Json = False
) -> None:
    checked = load(spec, StudySpec.model_validate, changes or ())
    with connected(project) as client:
        made = client.studies.create(spec=checked)
        say(t("Submitted {name}: {id}", name=made.name, id=made.id))
        if follow:
            made = followed(client, made, client.studies.get, sys.stderr)
        else:
            say_why(client, made.workload)
        if as_json:
            print_json(made)
        elif follow:
            print_one(made, _columns(), as_json=False)
        else:
            sys.stdout.write(f"{made.id}\n")
        if follow:
            end(made)


@study.command("list", help=t("Lists studies, newest first."))
def list_studies(project: Project = None, limit: Limit = 20, as_json: Json = False) -> None:
    with connected(project) as client:
        columns = {t("name"): lambda row: row.name, t("metric"): lambda row: f"{row.mode} {row.metric}"}
        columns |= {**status_columns(), "id": lambda row: row.id}
        print_list(client.studies.list(limit=limit), columns, as_json=as_json)


@study.command(help=t("Shows a study and its best trial."))
def get(reference: Reference, project: Project = None, as_json: Json = False) -> None:
    with connected(project) as client:
        print_one(client.studies.get(_id(client, reference)), _columns(), as_json=as_json)


@study.command(help=t("Lists the trials of a study."))
def trials(reference: Reference, project: Project = None, as_json: Json = False) -> None:
    with connected(project) as client:
        print_list(
            client.studies.trials(_id(client, reference)),
            {
                "#": lambda row: row.number,
                t("status"): lambda row: row.status,
                t("value"): lambda row: row.value,
                t("parameters"): lambda row: row.params,
                t("run"): lambda row: row.run_id,
            },
            as_json=as_json,
        )


@study.command(help=t("Gives a study more trials; one that has ended is queued again."))
def extend(
    reference: Reference,
    trials: Annotated[int, typer.Option(help=t("Trials in all, those that it has among them."), min=1)],
    project: Project = None,
    as_json: Json = False,
) -> None:
    with connected(project) as client:
        found = client.studies.extend(_id(client, reference), trials=trials)
        if as_json:
            print_json(found)
        else:
            say(f"{found.name}: {found.workload.status}")


@study.command(help=t("Cancels a study."))
def cancel(reference: Reference, project: Project = None, as_json: Json = False) -> None:
    with connected(project) as client:
        found = client.studies.cancel(_id(client, reference))
        if as_json:
            print_json(found)
        else:
            say(f"{found.name}: {found.workload.status}")


def _columns() -> dict[str, Any]:
    return {
        t("name"): lambda row: row.name,
        t("metric"): lambda row: f"{row.mode} {row.metric}",
        t("best value"): lambda row: row.best and row.best.value,
        t("best parameters"): lambda row: row.best and row.best.params,
        **detail_columns(),
    }


def _id(client: Client, reference: str) -> str:
    return identify(reference, client.studies.list(limit=1000), "study")
