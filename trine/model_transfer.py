"""Models on their way in and out: a folder becomes a version, and a version a folder."""

import hashlib
import importlib.util
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote
from uuid import UUID

from trine import artifacts, model_folder
from trine.client import Client
from trine.errors import TrineError, ValidationFailed
from trine.records.registry import ModelDetail, ModelVersion, ModelVersionDetail

Format = Literal["hf", "onnx", "torchscript"]
_FILES = {"onnx": "model.onnx", "torchscript": "model.pt"}
EXPERIMENT = "imports"
"""What is imported hangs on runs of this experiment."""


def find(client: Client, reference: str) -> tuple[ModelDetail, ModelVersion]:
    """`NAME`, `NAME@3` or `NAME@alias`, with an identifier for the name too; without a version the newest.

    Raises `TrineError` where there is none.
    """
    name, _, wanted = reference.partition("@")
    model = client.models.get(model_id(client, name))
    for version in model.versions:
        if wanted in {"", str(version.version)} or wanted in version.aliases:
            return model, version
    what = f"version {wanted!r}" if wanted else "version"
    raise TrineError(f"The model {name!r} has no {what}.", code="not_found", advice="")


def export_model(client: Client, reference: str, target: Path, *, wanted: Format = "hf") -> ModelVersionDetail:
    """Writes the version to the folder `target`, which is new or empty; every file is checked against its digest."""
    model, version = find(client, reference)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise ValidationFailed(f"{target} is not empty", code="not_empty")
    detail = client.models.version(model.id, version.version)
    if wanted == "hf" or wanted == detail.framework:
        _download(client, detail, target)
        _write_signature(detail, target)
    else:
        with tempfile.TemporaryDirectory(prefix="trine-export-") as scratch:
            _download(client, detail, Path(scratch))
            _convert(Path(scratch), target / _FILES[wanted], wanted, detail.framework)
    _write_card(client, model, detail, target)
    return detail


def import_model(
    client: Client,
    folder: Path,
    *,
    name: str,
    project: str | None = None,
    licence: str | None = None,
    alias: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> ModelVersion:
    """A version of the model `name`, with its card and licence. The same content again is the same version."""
    found = model_folder.read(folder)
    model = client.models.create(name=name, project=project)
    digest = _content_digest(folder)
    known = next((each for each in client.models.get(model.id).versions if each.digest == digest), None)
    version = known or _upload(client, folder, model.id, found, project, licence or found.licence, progress)
    if known is None and found.card:
        client.models.write_card(model.id, version.version, found.card)
    return client.models.set_alias(model.id, alias, version=version.version) if alias else version


def model_id(client: Client, name: str) -> UUID:
    try:
        return UUID(name)
    except ValueError:
        pass
    for each in client.models.list(limit=1000):
        if each.name == name:
            return each.id
    raise TrineError(f"There is no model {name!r} in this project.", code="not_found", advice="")


def _download(client: Client, detail: ModelVersionDetail, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for file in detail.files:
        url = f"/api/v1/artifacts/{detail.artifact_id}/files/{quote(file.path)}"
        place = artifacts.inside(target, file.path)
        artifacts.fetch(client.transport, url, place, sha256=file.sha256, size=file.size)


def _convert(folder: Path, target: Path, wanted: Format, framework: str) -> None:
    """By the platform's own package, in a process of its own: the client brings no torch along."""
    if framework not in {"transformers", "torch"}:
        raise ValidationFailed(f"a {framework} model cannot be made {wanted}", code="not_convertible")
    if importlib.util.find_spec("train") is None or importlib.util.find_spec("torch") is None:
        raise TrineError(
            f"To write {wanted} takes torch and the platform's package, which are not installed here.",
            code="no_converter",
            advice="Export with --format hf, or install trine-platform.",
        )
    command = [sys.executable, "-m", "train.conversion", str(folder), str(target.absolute()), "--format", wanted]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise TrineError(f"The model could not be made {wanted}: {last}", code="not_converted", advice="")


def _write_signature(detail: ModelVersionDetail, target: Path) -> None:
    place = target / model_folder.SIGNATURE
    if detail.signature and detail.framework in model_folder.GRAPHS and not place.exists():
        place.write_text(f"{detail.signature.model_dump_json(indent=2)}\n")


def _write_card(client: Client, model: ModelDetail, detail: ModelVersionDetail, target: Path) -> None:
    """Over the one that came with the files only where somebody has written another since."""
    card = client.models.card(model.id, detail.version)
    place = target / model_folder.CARD
    if place.exists() and not card.written:
        return
    tags = tuple(f"{name}:{value}" if value else name for name, value in detail.tags.items())
    text = model_folder.with_front_matter(card.markdown, licence=detail.licence, library=detail.framework, tags=tags)
    place.write_text(text)


def _upload(
    client: Client,
    folder: Path,
    model_id: UUID,
    found: model_folder.ModelFolder,
    project: str | None,
    licence: str | None,
    progress: Callable[[int, int], None] | None,
) -> ModelVersion:
    experiment = client.experiments.create(name=EXPERIMENT, project=project)
    body = {"name": f"import {folder.absolute().name}"[:200], "params": {"framework": found.framework}}
    run = client.transport.request("POST", f"/api/v1/experiments/{experiment.id}/runs", json=body).json()["id"]
    metadata: dict[str, Any] = {"framework": found.framework}
    if found.signature:
        metadata["signature"] = found.signature.model_dump(mode="json")
    artifact = artifacts.upload(
        client.transport, run, folder, name="model", type="model", metadata=metadata, progress=progress
    )
    client.transport.request("PATCH", f"/api/v1/runs/{run}", json={"status": "succeeded"})
    told = {"licence": licence} if licence else {}
    return client.models.create_version(model_id, artifact_id=artifact, **told)


def _content_digest(folder: Path) -> str:
    """As the platform makes it of an artifact."""
    files = sorted((path.relative_to(folder).as_posix(), path) for path in folder.rglob("*") if path.is_file())
    lines = (f"{name}\n{artifacts.digest(path)}\n" for name, path in files)
    return hashlib.sha256("".join(lines).encode()).hexdigest()
