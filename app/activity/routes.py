from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header
from fastapi.responses import StreamingResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent

from app.activity import export, service, stream
from app.activity.filters import EventFilters
from app.activity.schemas import EventRead
from app.deps import MayManageMembers, MayRead, OneOrganization, Paging, PlatformDep, SessionDep, SightDep, StillDep
from app.kit.pagination import Page

router = APIRouter(tags=["activity"])

FiltersDep = Annotated[EventFilters, Depends()]
LINES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "One event a line, oldest first",
        "content": {"application/x-ndjson": {"schema": {"type": "string"}}},
    },
}


@router.get("/events/history", response_model=Page[EventRead])
async def history(
    session: SessionDep,
    principal: MayRead,
    sight: SightDep,
    paging: Paging,
    filters: FiltersDep,
    org_id: UUID | None = None,
) -> object:
    """Newest first, of all organizations of the principal unless one is named. What is about members is told to those
    who manage them, and to who did it."""
    found = await service.events(session, sight=sight, filters=filters, request=paging, org_id=org_id)
    return Page[EventRead](items=[EventRead.of(event, sight) for event in found.items], next_cursor=found.next_cursor)


@router.get("/events:export", response_class=StreamingResponse, responses=LINES)
async def export_events(
    platform: PlatformDep,
    principal: MayManageMembers,
    org_id: OneOrganization,
    still: StillDep,
    filters: FiltersDep,
) -> StreamingResponse:
    """Everything that happened in an organization, oldest first, a JSON object a line (NDJSON). A connection that
    breaks off has not told everything. That somebody exports is an event too."""
    async with platform.database.session(principal.scope) as session:
        until = await export.begin(session, actor=principal.actor, org_id=org_id, filters=filters)
    lines = export.lines(platform.database, principal.scope, org_id=org_id, filters=filters, until=until, still=still)
    return StreamingResponse(lines, media_type="application/x-ndjson")


@router.get("/events", response_class=EventSourceResponse)
async def follow(
    platform: PlatformDep,
    principal: MayRead,
    sight: SightDep,
    still: StillDep,
    last_event_id: UUID | None = Header(default=None),
) -> AsyncIterator[ServerSentEvent]:
    """What happens in the principal's organizations, as it happens (Server-Sent Events).

    Ends when the credential does, or when the principal's roles change: a reader who comes back has the new ones."""
    followed = stream.follow(platform.database, platform.listener, principal.scope, sight=sight, after=last_event_id)
    async for event in followed:
        if not await still():
            return
        yield ServerSentEvent(
            data=EventRead.of(event, sight).model_dump(mode="json"), id=str(event.id), event="activity"
        )
