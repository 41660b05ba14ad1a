"""Every change is an event: who did what to what, kept for ever and streamed as it happens."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.activity.actor import Actor, Subject
from app.activity.filters import EventFilters
from app.activity.repository import EventRepository
from app.activity.sight import CLIENT, Sight
from app.kit.logging import request_id
from app.kit.notify import notify
from app.kit.origin import origin
from app.kit.pagination import PageRequest, Rows, page
from app.tables import Event

TOPIC = "activity"


async def record(session: AsyncSession, actor: Actor, action: str, subject: Subject, data: dict[str, Any]) -> Event:
    """`data` has `before` and `after`; without them it is what was made, where there was nothing before."""
    told = data if "after" in data else {"before": None, "after": data, **data}
    event = Event(
        org_id=subject.org_id,
        project_id=subject.project_id,
        actor_type=actor.kind,
        actor_id=actor.id,
        action=action,
        subject_type=subject.kind,
        subject_id=subject.id,
        data=told | _whence(),
    )
    await EventRepository(session).add(event)
    await notify(session, TOPIC, org=subject.org_id, event=event.id)
    return event


async def events(
    session: AsyncSession, *, sight: Sight, filters: EventFilters, request: PageRequest, org_id: UUID | None = None
) -> Rows[Event]:
    one = () if org_id is None else (Event.org_id == org_id,)
    rows = await EventRepository(session).page(request, sight.criteria(), *one, *filters.criteria())
    return page(rows, request)


def _whence() -> dict[str, Any]:
    """The request that the change is part of, and from where it came."""
    found: dict[str, Any] = {}
    if asked := request_id():
        found["request_id"] = asked
    if client := origin():
        found[CLIENT] = client.described()
    return found
