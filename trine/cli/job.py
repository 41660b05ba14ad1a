import sys
from typing import Annotated

import typer

from trine.cli.follow import followed
from trine.cli.language import t
from trine.cli.options import Follow, Json, Limit, Project, Reference, Set, SpecFile, connected, group, identify
from trine.cli.output import print_json, print_list, print_one, say
from trine.cli.specfile import load
from trine.cli.work import detail_columns, end, say_why, status_columns
from trine.client import Client
from trine.records.work import TrainingJob
from trine.specs.training import training_spec

job = group(t("Training jobs."))


@job.command(help=t("Submits a training job."))
def submit(
    spec: SpecFile, project: Project = None, follow: Follow = False, changes: Set = None, as_json: Json = False
) -> None:
    checked = load(spec, training_spec.validate_python, changes or ())
    log = sys.stderr if as_json else sys.stdout
    with connected(project) as client:
        made = client.training_jobs.create(spec=checked)
        say(t("Submitted {name}: {id}", name=made.name, id=made.id))
        if follow:
            made = followed(client, made, client.training_jobs.get, log)
        else:
            say_why(client, made.workload)
        if as_json:
            print_json(made)
        elif not follow:
            sys.stdout.write(f"{made.id}\n")
        if follow:
            end(made)


@job.command("list", help=t("Lists training jobs, newest first."))
def list_jobs(
    project: Project = None,
    limit: Limit = 20,
    sort: Annotated[
        str, typer.Option("--sort", help=t("created_at, name, status or duration; a minus turns the order around."))
    ] = "-created_at",
    as_json: Json = False,
) -> None:
    with connected(project) as client:
        columns = {t("name"): lambda row: row.name, t("recipe"): lambda row: row.recipe, **status_columns()}
        columns["id"] = lambda row: row.id
        print_list(client.training_jobs.list(limit=limit, sort=sort), columns, as_json=as_json)


@job.command(help=t("Shows a training job."))
def get(reference: Reference, project: Project = None, as_json: Json = False) -> None:
    with connected(project) as client:
        found = client.training_jobs.get(_id(client, reference))
        columns = {t("name"): lambda row: row.name, t("recipe"): lambda row: row.recipe, **detail_columns()}
        print_one(found, columns, as_json=as_json)


@job.command(help=t("Cancels a training job."))
def cancel(reference: Reference, project: Project = None, as_json: Json = False) -> None:
    with connected(project) as client:
        _changed(client.training_jobs.cancel(_id(client, reference)), as_json)


@job.command(help=t("Runs a training job that has ended once more."))
def retry(reference: Reference, project: Project = None, as_json: Json = False) -> None:
    with connected(project) as client:
        _changed(client.training_jobs.retry(_id(client, reference)), as_json)


@job.command(help=t("Prints what a training job printed."))
def logs(
    reference: Reference,
    follow: Annotated[bool, typer.Option("--follow", "-f", help=t("Go on until it ends."))] = False,
    project: Project = None,
    as_json: Json = False,
) -> None:
    with connected(project) as client:
        for line in client.training_jobs.logs(_id(client, reference), follow=follow):
            sys.stdout.write(line.model_dump_json() + "\n" if as_json else line.text)
            sys.stdout.flush()


def _id(client: Client, reference: str) -> str:
    return identify(reference, client.training_jobs.list(limit=1000), "training job")


def _changed(found: TrainingJob, as_json: bool) -> None:
    if as_json:
        print_json(found)
    else:
        say(f"{found.name}: {found.workload.status}. {found.workload.reason.get('message') or ''}".rstrip())
