"""Every change is an event: who did what to what, kept for ever and streamed as it happens."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.activity.actor import Actor, Subject
from app.activity.repository import EventRepository
from app.kit.filters import Filters
from app.kit.logging import request_id
from app.kit.notify import notify
from app.kit.pagination import PageRequest, Rows, page
from app.tables import Event

TOPIC = "activity"


async def record(session: AsyncSession, actor: Actor, action: str, subject: Subject, data: dict[str, Any]) -> Event:
    event = Event(
        org_id=subject.org_id,
        project_id=subject.project_id,
        actor_type=actor.kind,
        actor_id=actor.id,
        action=action,
        subject_type=subject.kind,
        subject_id=subject.id,
        data=data | ({"request_id": asked} if (asked := request_id()) else {}),
    )
    await EventRepository(session).add(event)
    await notify(session, TOPIC, org=subject.org_id, event=event.id)
    return event


async def events(
    session: AsyncSession,
    *,
    request: PageRequest,
    filters: Filters,
    subject_id: UUID | None = None,
    project_id: UUID | None = None,
) -> Rows[Event]:
    criteria = filters.of(Event)
    if subject_id:
        criteria.append(Event.subject_id == subject_id)
    if project_id:
        criteria.append(Event.project_id == project_id)
    return page(await EventRepository(session).page(request, *criteria), request)
