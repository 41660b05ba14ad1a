"""The artifacts of a run as the tree of files that MLflow clients see.

A client writes one file after the other, and an artifact here is a set of files that does not change. So each file
that a client writes is an artifact of its own, which knows its whole path (`attributes.mlflow.root`, `path` of its
file); what the platform's own client logged is shown below the artifact's name. The files of a logged model become one
artifact when it is finalized (`logged_models.py`).
"""

import hashlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from uuid import UUID

import anyio
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.permissions import Action
from app.auth.principal import Principal
from app.errors import Conflict, Invalid, NotFound
from app.experiments import artifacts, deletion
from app.experiments.schemas import ArtifactCreate, FileEntry
from app.mlflow.identifiers import key, logged_model_id, logged_model_key, logged_model_location, run_location
from app.mlflow.records import Record
from app.mlflow.repository import FileRepository, LoggedModelSearch
from app.mlflow.runs import find_run
from app.platform import Platform
from app.tables import Artifact, ArtifactFile, LoggedModel

OF_RUN = "run"
"""The root of the files of a run itself; that of a logged model is its id."""
OF_VERSION = "version"
"""Of what was copied from a run to be a version; no tree shows it but that of the artifact."""
IN_MEMORY = 1024 * 1024
"""Bytes of a file that are not put on the disk before their digest is known."""
PIECE = 256 * 1024
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Place:
    """A root, and a path below it; empty for the root itself."""

    run_id: UUID
    root: str
    path: str
    artifact_id: UUID | None = None
    """The only artifact that the root has."""


@dataclass(frozen=True, slots=True)
class File:
    artifact: Artifact
    entry: ArtifactFile


Tree = Mapping[str, File]
"""By path below the root."""


async def place(session: AsyncSession, *, principal: Principal, location: str, action: Action = Action.READ) -> Place:
    """Of what comes after `mlflow-artifacts:/`. Raises `NotFound`."""
    parts = [part for part in location.split("/") if part]
    match parts:
        case ["artifacts", artifact_id, *rest]:
            artifact, _ = await artifacts.get(session, principal=principal, artifact_id=key("artifact", artifact_id))
            return Place(artifact.run_id, OF_VERSION, "/".join(rest), artifact.id)
        case [_, "models", model_id, "artifacts", *rest]:
            model = await logged_model(session, principal=principal, model_id=model_id, action=action)
            return Place(model.run_id, model_id, "/".join(rest))
        case [_, run_id, "artifacts", *rest]:
            run = await find_run(session, principal=principal, run_id=run_id, action=action)
            return Place(run.id, OF_RUN, "/".join(rest))
    raise NotFound("artifact location", location)


async def logged_model(
    session: AsyncSession,
    *,
    principal: Principal,
    model_id: str,
    action: Action = Action.READ,
    deleted: bool | None = False,
) -> LoggedModel:
    """Of a run that the principal may reach; raises `NotFound`."""
    wanted = LoggedModel.id == logged_model_key(model_id)
    found: LoggedModel | None = await LoggedModelSearch(session).one(wanted)
    if found is None and deleted is None:
        found = await LoggedModelSearch(session, deleted=True).one(wanted)
    if found is None:
        raise NotFound("logged model", model_id)
    await find_run(session, principal=principal, run_id=found.run_id.hex, action=action)
    return found


async def tree(session: AsyncSession, *, place: Place) -> Tree:
    """Of all files of the root, the newest of each path."""
    files: dict[str, File] = {}
    newest: dict[str, UUID] = {}
    rows = await FileRepository(session).of_run(place.run_id)
    for artifact, _ in rows:
        newest[artifact.name] = artifact.id
    for artifact, entry in rows:
        if place.artifact_id is not None:
            path = entry.path if artifact.id == place.artifact_id else None
        elif "mlflow" in artifact.attributes:
            path = entry.path if artifact.attributes["mlflow"]["root"] == place.root else None
        else:
            shown = place.root == OF_RUN and newest[artifact.name] == artifact.id
            path = _below(artifact.name, entry.path) if shown else None
        if path is not None:
            files[path] = File(artifact, entry)
    return files


async def of_run(session: AsyncSession, *, principal: Principal, run_id: str, path: str) -> Record:
    """What is directly below `path`, by paths below the run."""
    run = await find_run(session, principal=principal, run_id=run_id, deleted=None)
    where = Place(run.id, OF_RUN, path.strip("/"))
    found = await _listed(session, where)
    return {"root_uri": run_location(run), "files": found}


async def of_logged_model(session: AsyncSession, *, principal: Principal, model_id: str, path: str) -> Record:
    model = await logged_model(session, principal=principal, model_id=model_id)
    found = await _listed(session, Place(model.run_id, logged_model_id(model), path.strip("/")))
    return {"root_uri": logged_model_location(model), "files": found}


async def listing(session: AsyncSession, *, principal: Principal, location: str) -> Record:
    """What is directly below the location, each by its last name."""
    where = await place(session, principal=principal, location=location)
    return {"files": [{**each, "path": each["path"].rpartition("/")[2]} for each in await _listed(session, where)]}


async def find_file(session: AsyncSession, *, principal: Principal, location: str) -> File:
    where = await place(session, principal=principal, location=location)
    found = (await tree(session, place=where)).get(where.path)
    if found is None:
        raise NotFound("artifact", location)
    return found


async def upload(platform: Platform, *, principal: Principal, location: str, content: AsyncIterator[bytes]) -> None:
    """In place of what was there. No session is open while the content comes in.

    The digest, under which it is stored, is known at its end: until then it is in a temporary file.
    """
    async with platform.database.session(principal.scope) as session:
        where = await place(session, principal=principal, location=location, action=Action.REPORT)
    _check_path(where)
    limit = platform.settings.max_artifact_bytes
    digest, size = hashlib.sha256(), 0
    async with anyio.SpooledTemporaryFile(max_size=IN_MEMORY) as file:
        async for piece in content:
            size += len(piece)
            if size > limit:
                raise Invalid(f"the file is larger than {limit} bytes, the largest that is taken", code="too_large")
            digest.update(piece)
            await file.write(piece)
        await file.seek(0)
        await artifacts.write_blob(
            platform.database,
            platform.store,
            principal=principal,
            run_id=where.run_id,
            sha256=digest.hexdigest(),
            content=_pieces(file),
            declared=size,
            limit=limit,
        )
    entry = FileEntry(path=where.path, sha256=digest.hexdigest(), size=size)
    async with platform.database.session(principal.scope) as session:
        await _put(session, principal, where, entry)


async def remove(session: AsyncSession, *, principal: Principal, location: str) -> None:
    """What is at the location, or below it. An artifact of several files goes only as a whole (`Conflict`)."""
    where = await place(session, principal=principal, location=location, action=Action.WORK)
    files = await tree(session, place=where)
    going = {path: file for path, file in files.items() if _is_within(path, where.path)}
    if not going:
        raise NotFound("artifact", location)
    kept = {file.artifact.id for path, file in files.items() if path not in going}
    for artifact in {file.artifact.id: file.artifact for file in going.values()}.values():
        if artifact.id in kept:
            raise Conflict(f"the files of the artifact {artifact.name!r} belong together: delete all of it")
        await deletion.remove_artifact(session, principal=principal, artifact_id=artifact.id)


async def bundle(session: AsyncSession, *, principal: Principal, place: Place, name: str, root: str) -> Artifact | None:
    """One artifact, a model, of all files at the place; None where there are none. The artifacts of single files that
    it is made of are no longer needed where it takes over their root."""
    files = {path: file for path, file in (await tree(session, place=place)).items() if _is_within(path, place.path)}
    if not files:
        return None
    entries = [
        FileEntry(path=_relative(path, place.path), sha256=file.entry.sha256, size=file.entry.size)
        for path, file in files.items()
    ]
    body = ArtifactCreate(
        name=name[:LONGEST_NAME],
        type="model",
        files=entries,
        metadata={"framework": "mlflow", "mlflow": {"root": root}},
    )
    made = await artifacts.create(session, principal=principal, run_id=place.run_id, body=body)
    if root == place.root:
        single = {file.artifact.id for file in files.values() if file.artifact.type == "file"}
        await FileRepository(session).forget([each for each in single if each != made.id])
    return made


async def _listed(session: AsyncSession, where: Place) -> list[Record]:
    found: dict[str, Record] = {}
    prefix = f"{where.path}/" if where.path else ""
    for path, file in (await tree(session, place=where)).items():
        if not path.startswith(prefix):
            continue
        first, slash, _ = path.removeprefix(prefix).partition("/")
        whole = f"{prefix}{first}"
        found[whole] = (
            {"path": whole, "is_dir": True} if slash else {"path": whole, "is_dir": False, "file_size": file.entry.size}
        )
    return [found[path] for path in sorted(found)]


async def _put(session: AsyncSession, principal: Principal, where: Place, entry: FileEntry) -> None:
    there = (await tree(session, place=where)).get(where.path)
    if there and there.entry.sha256 == entry.sha256:
        return
    if there and there.artifact.type == "file":
        await deletion.remove_artifact(session, principal=principal, artifact_id=there.artifact.id)
    named = where.path if where.root == OF_RUN else f"{where.root}/{where.path}"
    body = ArtifactCreate(name=named[-LONGEST_NAME:], files=[entry], metadata={"mlflow": {"root": where.root}})
    await artifacts.create(session, principal=principal, run_id=where.run_id, body=body)


async def _pieces(file: "anyio.SpooledTemporaryFile[bytes]") -> AsyncIterator[bytes]:
    while piece := await file.read(PIECE):
        yield piece


def _check_path(where: Place) -> None:
    if where.artifact_id is not None:
        raise Conflict("what a version of a model is made of does not change: log the file to a run")
    path = PurePosixPath(where.path)
    if not where.path or len(where.path) > 1024 or ".." in path.parts or "\\" in where.path:
        raise Invalid(f"{where.path!r} is no path of a file below a run or a logged model", field="path")


def _below(name: str, path: str) -> str:
    return path if path == name else f"{name}/{path}"


def _is_within(path: str, folder: str) -> bool:
    return not folder or path == folder or path.startswith(f"{folder}/")


def _relative(path: str, folder: str) -> str:
    if not folder:
        return path
    return path.removeprefix(f"{folder}/") if path != folder else path.rpartition("/")[2]
