import sys
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from trine.cli.language import t
from trine.cli.options import Json, Limit, Project, Reference, connected, group, identify
from trine.cli.output import age, cell, print_json, print_list, print_pairs, print_table, say
from trine.cli.work import say_why
from trine.client import Client
from trine.errors import TrineError
from trine.specs.inference import DeploymentSpec

service = group(t("Inference services."))


@service.command(help=t("Makes a service: a name that users call."))
def create(
    name: Annotated[str, typer.Argument()],
    description: Annotated[str, typer.Option("--description")] = "",
    project: Project = None,
    as_json: Json = False,
) -> None:
    with connected(project) as client:
        made = client.services.create(name=name, description=description)
        if as_json:
            print_json(made)
        else:
            sys.stdout.write(f"{made.id}\n")


@service.command(help=t("Puts a version of a model behind a service."))
def deploy(
    reference: Reference,
    model: Annotated[str, typer.Option("--model", "-m", help=t("Name of the registered model."))],
    version: Annotated[str, typer.Option("--version", help=t("Number or alias."))] = "champion",
    replicas: Annotated[int, typer.Option("--replicas", min=1)] = 1,
    cpu: Annotated[float, typer.Option("--cpu", help=t("CPUs of each replica."))] = 1,
    gpu: Annotated[float, typer.Option("--gpu", help=t("GPUs of each replica."))] = 0,
    weight: Annotated[int, typer.Option("--weight", min=0, help=t("Share of the traffic."))] = 100,
    wait: Annotated[bool, typer.Option("--wait", help=t("Wait until it answers; exit 1 if it cannot."))] = False,
    project: Project = None,
    as_json: Json = False,
) -> None:
    spec = DeploymentSpec(replicas=replicas, cpu=cpu, gpu=gpu)
    with connected(project) as client:
        made = client.services.deploy(_id(client, reference), model=model, version=version, weight=weight, spec=spec)
        say(t("Deploying version {version} of {model}: {id}", version=made.version, model=made.model, id=made.id))
        say_why(client, made.workload)
        if wait:
            made = client.services.wait_ready(made.id)
        if as_json:
            print_json(made)
        else:
            sys.stdout.write(f"{made.id}\n")
        if wait:
            say(
                f"{made.workload.phase or made.workload.status}: {made.workload.reason.get('message') or ''}".rstrip(
                    ": "
                )
            )
            if made.workload.ended:
                raise typer.Exit(1)


@service.command("list", help=t("Lists services."))
def list_services(project: Project = None, limit: Limit = 50, as_json: Json = False) -> None:
    with connected(project) as client:
        columns = {t("name"): lambda row: row.name, t("description"): lambda row: row.description}
        columns |= {t("created"): lambda row: row.created_at, "id": lambda row: row.id}
        print_list(client.services.list(limit=limit), columns, as_json=as_json)


@service.command(help=t("Shows a service and its deployments."))
def get(reference: Reference, project: Project = None, as_json: Json = False) -> None:
    with connected(project) as client:
        found = client.services.get(_id(client, reference))
        deployments = list(client.services.deployments(found.id))
        if as_json:
            print_json(
                found.model_dump(mode="json") | {"deployments": [each.model_dump(mode="json") for each in deployments]}
            )
            return
        print_pairs({t("name"): found.name, t("description"): found.description, "id": found.id})
        headings = [t("model"), t("weight"), t("status"), t("since"), t("why"), "id"]
        rows = [
            (
                f"{each.model}:{each.version}",
                each.weight,
                each.workload.phase or each.workload.status,
                age(each.workload.status_since),
                each.workload.reason.get("message"),
                each.id,
            )
            for each in deployments
        ]
        print_table(headings, [[cell(value) for value in row] for row in rows])


@service.command(help=t("Shows how a service answered in the last hours."))
def metrics(
    reference: Reference,
    hours: Annotated[float, typer.Option("--hours", min=0.01, max=2160, help=t("How far back."))] = 1,
    project: Project = None,
    as_json: Json = False,
) -> None:
    with connected(project) as client:
        since = datetime.now(UTC) - timedelta(hours=hours)
        found = client.services.metrics(_id(client, reference), since=since)
        if as_json:
            print_json(found)
            return
        total = found.total
        shown: dict[str, object] = {
            t("requests"): total.requests,
            t("failed"): total.failed,
            t("refused"): total.refused,
            t("left by the client"): total.abandoned,
            t("tokens in prompts"): total.prompt_tokens,
            t("tokens in answers"): total.completion_tokens,
            t("replicas"): found.replicas[-1],
        }
        shown |= {
            name: f"{value:.3g} s" for name in ("p50", "p95", "p99") if (value := getattr(total, name)) is not None
        }
        print_pairs(shown)


@service.command(help=t("Stops a deployment, given by its identifier."))
def stop(deployment: Annotated[str, typer.Argument(metavar="ID")], as_json: Json = False) -> None:
    with connected() as client:
        found = client.services.stop(deployment)
        if as_json:
            print_json(found)
        else:
            say(f"{found.model}:{found.version}: {found.workload.status}")


@service.command(help=t("Talks to a service; without a message, line by line until the end of input."))
def chat(
    name: Annotated[str, typer.Argument()],
    message: Annotated[str | None, typer.Argument()] = None,
    max_tokens: Annotated[int, typer.Option("--max-tokens", min=1)] = 256,
    temperature: Annotated[float | None, typer.Option("--temperature", min=0, max=2)] = None,
    as_json: Json = False,
) -> None:
    options: dict[str, Any] = {"max_tokens": max_tokens}
    if temperature is not None:
        options["temperature"] = temperature
    with connected() as client:
        if message is not None:
            answer = _answer(client, name, [{"role": "user", "content": message}], options, quiet=as_json)
            if as_json:
                print_json({"service": name, "answer": answer})
            return
        said: list[dict[str, str]] = []
        while (line := _read()) is not None:
            said.append({"role": "user", "content": line})
            try:
                said.append({"role": "assistant", "content": _answer(client, name, said, options, quiet=as_json)})
            except TrineError as error:
                said.pop()
                say(str(error))
                continue
            if as_json:
                print_json(said[-1])


def _answer(client: Client, name: str, said: list[dict[str, str]], options: dict[str, Any], *, quiet: bool) -> str:
    pieces = []
    for piece in client.services.chat(name, said, **options):
        pieces.append(piece)
        if not quiet:
            sys.stdout.write(piece)
            sys.stdout.flush()
    if not quiet:
        sys.stdout.write("\n")
    return "".join(pieces)


def _read() -> str | None:
    if sys.stdin.isatty():
        sys.stderr.write("> ")
        sys.stderr.flush()
    line = sys.stdin.readline()
    return line.rstrip("\n") if line else None


def _id(client: Client, reference: str) -> str:
    return identify(reference, client.services.list(limit=1000), "service")
