"""Artifacts: named sets of content-addressed files that a run wrote."""

import hashlib
from collections.abc import AsyncIterator, Sequence
from pathlib import PurePosixPath
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app import removal
from app.activity import service as activity
from app.activity.actor import Subject
from app.auth import service as auth
from app.auth.permissions import Action
from app.auth.principal import Principal, PrincipalKind
from app.bounds import Listed, check_room
from app.deletion import blobs
from app.errors import Invalid, NotFound
from app.experiments import service as experiments
from app.experiments.repository import ArtifactRepository
from app.experiments.schemas import ArtifactCreate, FileEntry
from app.kit.db import Database
from app.kit.filters import Filters
from app.kit.pagination import PageRequest, Rows, page
from app.quotas import checks
from app.storage.store import ArtifactStore
from app.tables import Artifact, ArtifactFile
from trine.specs.data import ArtifactData


async def has_blob(
    database: Database, store: ArtifactStore, *, principal: Principal, run_id: UUID, sha256: str
) -> bool:
    """Whoever asks means to use it, so from now on it stays a while longer."""
    async with database.session(principal.scope) as session:
        org_id = await _org_of(session, principal, run_id)
        if not await blobs.held(session, org_id=org_id, digests=[sha256]):
            return False
    return await store.has(org_id, sha256)


async def write_blob(
    database: Database,
    store: ArtifactStore,
    *,
    principal: Principal,
    run_id: UUID,
    sha256: str,
    content: AsyncIterator[bytes],
    declared: int,
    limit: int,
) -> int:
    """Bytes stored. No session is open while the content comes in."""
    async with database.session(principal.scope) as session:
        org_id = await _org_of(session, principal, run_id)
        await blobs.expect(session, org_id=org_id, sha256=sha256, size=declared)
    return await store.write(org_id, sha256, content, limit=limit)


async def missing_blobs(
    database: Database, store: ArtifactStore, *, principal: Principal, run_id: UUID, files: Sequence[FileEntry]
) -> None:
    """Raises `Invalid` that names the first file whose content is not stored, or has another size."""
    async with database.session(principal.scope) as session:
        org_id = await _org_of(session, principal, run_id)
    for entry in files:
        size = await store.size(org_id, entry.sha256)
        if size != entry.size:
            problem = "was not uploaded" if size is None else f"has {size} bytes, not {entry.size}"
            raise Invalid(
                f"the content of {entry.path!r} {problem}: PUT it to …/blobs/{entry.sha256} first", field="files"
            )


async def create(session: AsyncSession, *, principal: Principal, run_id: UUID, body: ArtifactCreate) -> Artifact:
    """The contents have been checked by `missing_blobs`. The same name and digest again is the same artifact."""
    run = await experiments.get(session, principal=principal, run_id=run_id, action=Action.REPORT)
    files = sorted(body.files, key=lambda entry: entry.path)
    _check_paths(files)
    digest = hashlib.sha256("".join(f"{entry.path}\n{entry.sha256}\n" for entry in files).encode()).hexdigest()
    # Before anything refers to them, so that they cannot be taken away in between.
    await blobs.hold(session, org_id=run.org_id, digests=[entry.sha256 for entry in files])
    repository = ArtifactRepository(session)
    same = (Artifact.run_id == run.id, Artifact.name == body.name, Artifact.digest == digest)
    if found := await repository.one(*same):
        return found
    await check_room(repository, Listed.ARTIFACTS, Artifact.run_id == run.id)
    size = sum(entry.size for entry in files)
    await checks.check_storage(session, org_id=run.org_id, project_id=run.project_id, user_id=run.created_by, more=size)
    row = Artifact(
        org_id=run.org_id,
        project_id=run.project_id,
        run_id=run.id,
        name=body.name,
        type=body.type,
        digest=digest,
        size=size,
        attributes=body.metadata,
    )
    artifact, made = await repository.add_or_find(row, *same)
    if not made:
        return artifact
    session.add_all(
        ArtifactFile(org_id=run.org_id, artifact_id=artifact.id, path=entry.path, sha256=entry.sha256, size=entry.size)
        for entry in files
    )
    await session.flush()
    await activity.record(
        session,
        principal.actor,
        "artifact.created",
        Subject("artifact", artifact.id, run.org_id, run.project_id),
        {"name": body.name, "type": body.type, "run": str(run.id)},
    )
    return artifact


async def of_run(
    session: AsyncSession, *, principal: Principal, run_id: UUID, request: PageRequest, filters: Filters
) -> Rows[Artifact]:
    run = await experiments.get(session, principal=principal, run_id=run_id, action=removal.listing(filters))
    repository = ArtifactRepository(session, deleted=filters.deleted)
    return page(await repository.page(request, Artifact.run_id == run.id, *filters.of(Artifact)), request)


async def newest(session: AsyncSession, *, run_id: UUID, kind: str) -> Artifact | None:
    """Of this type, for a reader whose right to the run has been checked."""
    return await ArtifactRepository(session).newest(run_id, kind)


async def get(
    session: AsyncSession, *, principal: Principal, artifact_id: UUID
) -> tuple[Artifact, Sequence[ArtifactFile]]:
    repository = ArtifactRepository(session)
    artifact = await repository.get(artifact_id)
    if artifact is None or principal.kind is PrincipalKind.WORKER:
        raise NotFound("artifact", artifact_id)
    auth.require(principal, Action.READ, artifact.org_id, artifact.project_id)
    return artifact, await repository.files(artifact_id)


async def in_project(session: AsyncSession, *, project_id: UUID, artifact_id: UUID) -> Artifact:
    """Raises `NotFound`, also for an artifact of another project."""
    artifact = await ArtifactRepository(session).get(artifact_id)
    if artifact is None or artifact.project_id != project_id:
        raise NotFound("artifact", artifact_id)
    return artifact


async def inputs(session: AsyncSession, *, project_id: UUID, data: object, field: str) -> dict[str, str]:
    """`{"data": artifact id}` where `data`, of a spec, is an artifact of the project.

    Raises `Invalid`, which names `field`.
    """
    if not isinstance(data, ArtifactData):
        return {}
    try:
        artifact = await in_project(session, project_id=project_id, artifact_id=UUID(data.artifact))
    except (ValueError, NotFound) as error:
        raise Invalid(f"there is no artifact {data.artifact!r} in this project", field=f"{field}.artifact") from error
    return {"data": str(artifact.id)}


async def files(session: AsyncSession, *, artifact_id: UUID) -> Sequence[ArtifactFile]:
    """For a reader whose right to the artifact has been checked; none where there is no such artifact."""
    return await ArtifactRepository(session).files(artifact_id)


async def file(session: AsyncSession, *, artifact_id: UUID, path: str) -> ArtifactFile:
    """For a principal whose right to the artifact has been checked, or a signed link."""
    repository = ArtifactRepository(session)
    found = await repository.file(artifact_id, path) if await repository.get(artifact_id) else None
    if found is None:
        raise NotFound("file", path)
    return found


async def _org_of(session: AsyncSession, principal: Principal, run_id: UUID) -> UUID:
    run = await experiments.get(session, principal=principal, run_id=run_id, action=Action.REPORT)
    return run.org_id


def _check_paths(files: Sequence[FileEntry]) -> None:
    seen: set[str] = set()
    for entry in files:
        path = PurePosixPath(entry.path)
        if (
            path.is_absolute()
            or ".." in path.parts
            or not path.parts
            or str(path) != entry.path
            or "\\" in entry.path
            or not entry.path.isprintable()
        ):
            raise Invalid(f"{entry.path!r} is not a plain relative path", field="files")
        if entry.path in seen:
            raise Invalid(f"{entry.path!r} is named twice", field="files")
        seen.add(entry.path)
