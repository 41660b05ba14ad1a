from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response, status
from fastapi.responses import StreamingResponse

from app.deps import JobMayReport, MayRead, Paging, PlatformDep, ReportingSessionDep, SessionDep
from app.experiments import artifacts, media
from app.experiments.media_schemas import MediaCreate, MediaKey, MediaKeyRead, MediaKind, MediaRead
from app.experiments.schemas import FileEntry
from app.kit.pagination import Page
from app.storage import delivery

router = APIRouter(tags=["media"])

CONTENT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The content",
        "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}},
    }
}
Step = Annotated[int | None, Query(ge=0, lt=2**53)]


async def stored(platform: PlatformDep, principal: JobMayReport, run_id: UUID, body: MediaCreate) -> None:
    """Before the transaction: the store is asked while no session is open."""
    file = FileEntry(path=body.key, sha256=body.sha256, size=body.size)
    await artifacts.missing_blobs(platform.database, platform.store, principal=principal, run_id=run_id, files=[file])


@router.post(
    "/runs/{run_id}/media",
    response_model=MediaRead,
    status_code=status.HTTP_201_CREATED,
    dependencies=[Depends(stored)],
)
async def create_media(
    session: ReportingSessionDep, principal: JobMayReport, run_id: UUID, body: MediaCreate
) -> object:
    """An image, a table or a text at a step. The same again is the same."""
    return await media.create(session, principal=principal, run_id=run_id, body=body)


@router.get("/runs/{run_id}/media", response_model=Page[MediaRead])
async def list_media(
    session: SessionDep,
    principal: MayRead,
    run_id: UUID,
    paging: Paging,
    key: Annotated[MediaKey | None, Query()] = None,
    kind: MediaKind | None = None,
    from_step: Step = None,
    to_step: Step = None,
) -> object:
    return await media.of_run(
        session,
        principal=principal,
        run_id=run_id,
        request=paging,
        key=key,
        kind=kind,
        from_step=from_step,
        to_step=to_step,
    )


@router.get("/runs/{run_id}/media:keys", response_model=list[MediaKeyRead])
async def media_keys(session: SessionDep, principal: MayRead, run_id: UUID) -> object:
    """Which keys there are, and how many things under each."""
    return await media.keys(session, principal=principal, run_id=run_id)


@router.get("/runs/{run_id}/media/{media_id}/content", response_class=StreamingResponse, responses=CONTENT)
async def media_content(platform: PlatformDep, principal: MayRead, run_id: UUID, media_id: UUID) -> Response:
    async with platform.database.session(principal.scope) as session:
        found = await media.get(session, principal=principal, run_id=run_id, media_id=media_id)
    return await delivery.respond(
        platform.store,
        org_id=found.org_id,
        sha256=found.sha256,
        size=found.size,
        path=media.file_name(found),
        wanted=delivery.Wanted(),
    )
