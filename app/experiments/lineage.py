"""What came from what: which run made an artifact, and who read it or is made of it."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.activity import service as activity
from app.activity.actor import Subject
from app.auth.permissions import Action
from app.auth.principal import Principal, PrincipalKind
from app.bounds import Listed, check_room
from app.experiments import artifacts
from app.experiments import service as experiments
from app.experiments.artifact_repository import RunInputRepository
from app.experiments.artifact_schemas import (
    LineageRead,
    LineageRun,
    LineageVersion,
    Reader,
    RunInputCreate,
    RunInputRead,
)
from app.experiments.repository import RunRepository
from app.experiments.schemas import ArtifactRead
from app.tables import Run, RunInput

MOST = 1000
"""Readers, and versions, that are told."""


async def use(session: AsyncSession, *, principal: Principal, run_id: UUID, body: RunInputCreate) -> RunInputRead:
    """The run has read an artifact of its project. Saying it again changes nothing."""
    run = await experiments.get(session, principal=principal, run_id=run_id, action=Action.REPORT)
    artifact = await artifacts.in_project(session, project_id=run.project_id, artifact_id=body.artifact_id)
    repository = RunInputRepository(session)
    await check_room(repository, Listed.INPUTS, RunInput.run_id == run.id)
    made = await repository.add_once(run, artifact.id, body.role)
    if made and principal.kind is not PrincipalKind.WORKER:
        subject = Subject("run", run.id, run.org_id, run.project_id)
        data = {"artifact": str(artifact.id), "role": body.role}
        await activity.record(session, principal.actor, "run.input_added", subject, data)
    for found in await of_run(session, run_id=run.id):
        if found.artifact.id == artifact.id and found.role == body.role:
            return found
    raise AssertionError("it has just been written")


async def record(session: AsyncSession, *, run: Run, inputs: Mapping[str, str]) -> None:
    """Artifact ids by role, of a run that the platform launches to read them."""
    repository = RunInputRepository(session)
    for role, artifact_id in inputs.items():
        await repository.add_once(run, UUID(artifact_id), role)


async def inputs(session: AsyncSession, *, principal: Principal, run_id: UUID) -> Sequence[RunInputRead]:
    run = await experiments.get(session, principal=principal, run_id=run_id)
    return await of_run(session, run_id=run.id)


async def of_run(session: AsyncSession, *, run_id: UUID) -> list[RunInputRead]:
    """For a reader whose right to the run has been checked."""
    return [
        RunInputRead(role=used.role, created_at=used.created_at, artifact=ArtifactRead.model_validate(artifact))
        for used, artifact in await RunInputRepository(session).of_run(run_id)
    ]


async def lineage(session: AsyncSession, *, principal: Principal, artifact_id: UUID) -> LineageRead:
    """One step in each direction: `made_from` and `used_by` name what to ask about next."""
    artifact, _ = await artifacts.get(session, principal=principal, artifact_id=artifact_id)
    repository = RunInputRepository(session)
    run = await RunRepository(session).get(artifact.run_id)
    return LineageRead(
        artifact_id=artifact.id,
        made_by=LineageRun.model_validate(run) if run else None,
        made_from=await of_run(session, run_id=run.id) if run else [],
        used_by=[
            Reader(**LineageRun.model_validate(reader).model_dump(), role=used.role)
            for used, reader in await repository.readers(artifact.id, MOST)
        ],
        versions=[
            LineageVersion(id=version.id, model_id=model.id, model=model.name, version=version.version)
            for version, model in await repository.versions(artifact.id, MOST)
        ],
    )
