from collections.abc import AsyncIterator
from uuid import UUID

from fastapi import APIRouter, Header
from fastapi.sse import EventSourceResponse, ServerSentEvent

from app.activity import service, stream
from app.activity.schemas import EventRead
from app.deps import MayRead, Paging, Period, PlatformDep, SessionDep, StillDep
from app.kit.pagination import Page

router = APIRouter(tags=["activity"])


@router.get("/events/history", response_model=Page[EventRead])
async def history(
    session: SessionDep,
    principal: MayRead,
    paging: Paging,
    filters: Period,
    subject_id: UUID | None = None,
    project_id: UUID | None = None,
) -> object:
    return await service.events(session, request=paging, filters=filters, subject_id=subject_id, project_id=project_id)


@router.get("/events", response_class=EventSourceResponse)
async def follow(
    platform: PlatformDep, principal: MayRead, still: StillDep, last_event_id: UUID | None = Header(default=None)
) -> AsyncIterator[ServerSentEvent]:
    """Everything that happens in the principal's organizations, as it happens (Server-Sent Events).

    Ends when the credential does, or when the principal's roles change: a reader who comes back has the new ones."""
    async for event in stream.follow(platform.database, platform.listener, principal.scope, after=last_event_id):
        if not await still():
            return
        yield ServerSentEvent(
            data=EventRead.model_validate(event).model_dump(mode="json"), id=str(event.id), event="activity"
        )
