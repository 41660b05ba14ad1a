import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from trine import model_transfer
from trine.cli.language import t
from trine.cli.model_gate import gate
from trine.cli.options import Json, Limit, Project, Reference, connected, group, identify
from trine.cli.output import cell, print_json, print_list, print_pairs, print_table, say
from trine.cli.webhook import webhook
from trine.client import Client
from trine.records.registry import ModelVersion

model = group(t("Registered models and their versions."))
model.add_typer(gate, name="gate")
model.add_typer(webhook, name="webhook")

Versioned = Annotated[str, typer.Argument(metavar="NAME[@VERSION|@ALIAS]", help=t("Without a version the newest."))]


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
            (each.version, each.aliases, each.framework, _size(each), each.metrics, each.run_id)
            for each in found.versions
        ]
        print_table(headings, [[cell(value) for value in row] for row in rows])


@model.command(help=t("Shows a version, and the files that it is made of."))
def show(reference: Versioned, project: Project = None, as_json: Json = False) -> None:
    with connected(project) as client:
        parent, version = model_transfer.find(client, reference)
        found = client.models.version(parent.id, version.version)
        if as_json:
            print_json(found)
            return
        print_pairs(
            {
                t("name"): parent.name,
                t("version"): found.version,
                t("aliases"): found.aliases,
                t("description"): found.description,
                t("framework"): found.framework,
                t("licence"): found.licence,
                t("size"): _size(found),
                t("metrics"): found.metrics,
                t("tags"): found.tags,
                t("inputs"): _tensors(found, "inputs"),
                t("outputs"): _tensors(found, "outputs"),
                t("run"): found.run_id,
                t("read"): [f"{each.how}: {each.name}" for each in found.inputs],
                t("digest"): found.digest,
            }
        )
        print_table([t("file"), t("size")], [[file.path, cell(file.size)] for file in found.files])


@model.command(help=t("Prints the card of a version, or writes it from a file."))
def card(
    reference: Versioned,
    write: Annotated[Path | None, typer.Option("--write", help=t("A file of Markdown."))] = None,
    project: Project = None,
    as_json: Json = False,
) -> None:
    with connected(project) as client:
        parent, version = model_transfer.find(client, reference)
        if write:
            found = client.models.write_card(parent.id, version.version, write.read_text())
        else:
            found = client.models.card(parent.id, version.version)
        if as_json:
            print_json(found)
        else:
            sys.stdout.write(found.markdown)


@model.command(help=t("Shows from what a version was made, and what was made of it, with what it took."))
def lineage(reference: Versioned, project: Project = None, as_json: Json = False) -> None:
    with connected(project) as client:
        parent, version = model_transfer.find(client, reference)
        found = client.models.lineage(parent.id, version.version)
        if as_json:
            print_json(found)
            return
        names = {node.key: f"{node.kind} {node.name}" for node in found.nodes}
        headings = [t("from"), t("how"), t("to"), t("CPU seconds"), t("GPU seconds")]
        rows = [
            (names[edge.source], edge.how, names[edge.target], edge.cost.cpu_seconds, edge.cost.gpu_seconds)
            for edge in found.edges
        ]
        print_table(headings, [[cell(value) for value in row] for row in rows])


@model.command(help=t("Moves an alias to a version."))
def alias(
    reference: Reference,
    name: Annotated[str, typer.Argument(metavar="ALIAS")],
    version: Annotated[int, typer.Argument(min=1)],
    override: Annotated[
        str | None, typer.Option("--override", help=t("Why it moves although its gate is closed; for admins."))
    ] = None,
    project: Project = None,
    as_json: Json = False,
) -> None:
    with connected(project) as client:
        found = client.models.set_alias(_id(client, reference), name, version=version, override=override)
        if as_json:
            print_json(found)
        else:
            say(t("{alias} is version {version} now.", alias=name, version=found.version))


@model.command(help=t("Writes a version to a folder: as Hugging Face has it, or converted to one file."))
def export(
    reference: Versioned,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=t("New or empty."))],
    wanted: Annotated[str, typer.Option("--format", help=t("hf, onnx or torchscript."))] = "hf",
    project: Project = None,
    as_json: Json = False,
) -> None:
    known: dict[str, model_transfer.Format] = {"hf": "hf", "onnx": "onnx", "torchscript": "torchscript"}
    if wanted not in known:
        raise typer.BadParameter(t("hf, onnx or torchscript."), param_hint="--format")
    with connected(project) as client:
        done = model_transfer.export_model(client, reference, folder, wanted=known[wanted])
        if as_json:
            print_json(done)
        else:
            say(t("Version {version} is in {folder}.", version=done.version, folder=folder))


@model.command("import", help=t("Makes a version of a folder: config.json and safetensors, ONNX, or TorchScript."))
def import_folder(
    folder: Annotated[Path, typer.Argument(metavar="DIR")],
    name: Annotated[str, typer.Option("--name", help=t("Of the model; it is made where it is missing."))],
    licence: Annotated[
        str | None, typer.Option("--licence", help=t("SPDX, e.g. Apache-2.0; default: what README.md says."))
    ] = None,
    alias: Annotated[str | None, typer.Option("--alias", help=t("To point at it."))] = None,
    project: Project = None,
    as_json: Json = False,
) -> None:
    with connected(project) as client:
        made = model_transfer.import_model(client, folder, name=name, licence=licence, alias=alias)
        if as_json:
            print_json(made)
        else:
            say(t("It is version {version} of {model}.", version=made.version, model=name))


def _size(version: ModelVersion) -> str:
    return f"{version.size / 1e6:.1f} MB"


def _tensors(version: ModelVersion, side: str) -> list[Any]:
    tensors = getattr(version.signature, side) if version.signature else ()
    return [f"{tensor.name}: {tensor.type} {list(tensor.shape)}" for tensor in tensors]


def _id(client: Client, reference: str) -> str:
    return identify(reference, client.models.list(limit=1000), "model")
