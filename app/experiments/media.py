"""Media: what a run logged under a key at a step that is no number."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.permissions import Action
from app.auth.principal import Principal
from app.deletion import blobs
from app.errors import Conflict, NotFound
from app.experiments import service as experiments
from app.experiments.media_repository import MediaRepository
from app.experiments.media_schemas import TYPES, MediaCreate, MediaKind
from app.kit.notify import notify
from app.kit.pagination import PageRequest, Rows, page
from app.quotas import checks
from app.tables import Media

MOST_KEYS = 10_000


async def create(session: AsyncSession, *, principal: Principal, run_id: UUID, body: MediaCreate) -> Media:
    """The content has been checked by `artifacts.missing_blobs`. The same again is the same row; it is telemetry, and
    no event. Raises `Conflict` to an attempt of a job that another has taken over from."""
    run = await experiments.get(session, principal=principal, run_id=run_id, action=Action.REPORT)
    if principal.attempt is not None and body.attempt != principal.attempt:
        raise Conflict(
            f"this is attempt {principal.attempt}, the image, table or text is of {body.attempt}",
            code="attempt_superseded",
        )
    repository = MediaRepository(session)
    # Before anything refers to it, so that it cannot be taken away in between.
    await blobs.hold(session, org_id=run.org_id, digests=[body.sha256])
    if found := await repository.same(run.id, body):
        return found
    await checks.check_storage(
        session, org_id=run.org_id, project_id=run.project_id, user_id=run.created_by, more=body.size
    )
    fields = body.model_dump() | {"time": datetime.fromtimestamp(body.time, UTC)}
    try:
        async with session.begin_nested():
            stored = await repository.add(Media(org_id=run.org_id, run_id=run.id, **fields))
    except IntegrityError:
        # Somebody else was quicker with the same.
        found = await repository.same(run.id, body)
        if found is None:
            raise
        return found
    await notify(session, experiments.TOPIC, run=run.id)
    return stored


async def of_run(
    session: AsyncSession,
    *,
    principal: Principal,
    run_id: UUID,
    request: PageRequest,
    key: str | None,
    kind: MediaKind | None,
    from_step: int | None,
    to_step: int | None,
) -> Rows[Media]:
    """Newest first."""
    run = await experiments.get(session, principal=principal, run_id=run_id)
    criteria = [Media.run_id == run.id]
    if key is not None:
        criteria.append(Media.key == key)
    if kind is not None:
        criteria.append(Media.kind == kind)
    if from_step is not None:
        criteria.append(Media.step >= from_step)
    if to_step is not None:
        criteria.append(Media.step <= to_step)
    return page(await MediaRepository(session).page(request, *criteria), request)


async def keys(session: AsyncSession, *, principal: Principal, run_id: UUID) -> Sequence[object]:
    """Of each key and kind how many there are, and from which step to which; at most `MOST_KEYS`."""
    run = await experiments.get(session, principal=principal, run_id=run_id)
    return await MediaRepository(session).keys(run.id, MOST_KEYS)


async def get(session: AsyncSession, *, principal: Principal, run_id: UUID, media_id: UUID) -> Media:
    run = await experiments.get(session, principal=principal, run_id=run_id)
    found = await MediaRepository(session).one(Media.run_id == run.id, Media.id == media_id)
    if found is None:
        raise NotFound("media", media_id)
    return found


def file_name(media: Media) -> str:
    """By which whoever saves it knows it; its end tells the type."""
    name = media.key.rpartition("/")[2] or media.kind
    return f"{name}-{media.step}{TYPES[MediaKind(media.kind)][media.media_type]}"
