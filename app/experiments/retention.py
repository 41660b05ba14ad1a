"""What a project keeps of its artifacts and of what its runs report, and what artifacts take."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.activity import service as activity
from app.activity.actor import Subject
from app.auth.permissions import Action
from app.auth.principal import Principal
from app.deletion import keep_rules, telemetry
from app.experiments.artifact_repository import RetentionRepository
from app.experiments.retention_schemas import (
    GoingRead,
    RetentionPreview,
    RetentionRead,
    RetentionSet,
    StorageRead,
    StoredType,
)
from app.experiments.schemas import ArtifactRead
from app.projects import service as projects

SHOWN = 1000
LARGEST = 20


async def get(session: AsyncSession, *, principal: Principal, project: str) -> RetentionRead:
    parent = await projects.get(session, principal=principal, ref=project)
    return await _read(session, parent.id)


async def replace(session: AsyncSession, *, principal: Principal, project: str, body: RetentionSet) -> RetentionRead:
    """All rules at once. What they no longer keep is deleted within minutes; see `preview` before."""
    parent = await projects.get(session, principal=principal, ref=project, action=Action.MANAGE)
    before = await _read(session, parent.id)
    await RetentionRepository(session).replace(parent, body.model_dump())
    after = RetentionRead.model_validate(body, from_attributes=True)
    if after != before:
        subject = Subject("project", parent.id, parent.org_id, parent.id)
        data = {"before": before.model_dump(), "after": after.model_dump()}
        await activity.record(session, principal.actor, "project.retention_changed", subject, data)
    return after


async def preview(session: AsyncSession, *, principal: Principal, project: str, body: RetentionSet) -> RetentionPreview:
    """What these rules would delete now; nothing is."""
    parent = await projects.get(session, principal=principal, ref=project, action=Action.MANAGE)
    rules = [rule.model_dump() for rule in body.rules]
    found, artifacts, size = await keep_rules.going(session, project_id=parent.id, rules=rules, limit=SHOWN)
    kept = telemetry.Kept(body.log_days, body.metric_days)
    reported = await telemetry.going(session, project_id=parent.id, kept=kept)
    return RetentionPreview(
        going=[GoingRead.model_validate(each) for each in found],
        artifacts=artifacts,
        bytes=size,
        log_entries=reported.log_entries,
        runs=reported.runs,
    )


async def storage(session: AsyncSession, *, principal: Principal, project: str) -> StorageRead:
    parent = await projects.get(session, principal=principal, ref=project)
    repository = RetentionRepository(session)
    return StorageRead(
        types=[
            StoredType(type=kind, artifacts=count, bytes=size, deleted_bytes=gone)
            for kind, count, size, gone in await repository.by_type(parent.id)
        ],
        largest=[ArtifactRead.model_validate(each) for each in await repository.largest(parent.id, LARGEST)],
    )


async def _read(session: AsyncSession, project_id: UUID) -> RetentionRead:
    row = await RetentionRepository(session).of_project(project_id)
    return RetentionRead.model_validate(row or RetentionRead(rules=[], log_days=None, metric_days=None))
