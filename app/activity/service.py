"""Every change is an event: who did what to what, kept for ever and streamed as it happens."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.activity.repository import EventRepository
from app.kit.logging import request_id
from app.kit.notify import notify
from app.kit.pagination import PageRequest, Rows, page
from app.tables import Event

TOPIC = "activity"


async def record(
    session: AsyncSession,
    *,
    actor_type: str,
    actor_id: UUID | None,
    action: str,
    org_id: UUID,
    subject_type: str,
    subject_id: UUID,
    project_id: UUID | None = None,
    data: dict[str, Any] | None = None,
) -> Event:
    event = Event(
        org_id=org_id,
        project_id=project_id,
        actor_type=actor_type,
        actor_id=actor_id,
        action=action,
        subject_type=subject_type,
        subject_id=subject_id,
        data=(data or {}) | ({"request_id": asked} if (asked := request_id()) else {}),
    )
    await EventRepository(session).add(event)
    await notify(session, TOPIC, org=org_id, event=event.id)
    return event


async def events(
    session: AsyncSession, *, request: PageRequest, subject_id: UUID | None = None, project_id: UUID | None = None
) -> Rows[Event]:
    criteria = []
    if subject_id:
        criteria.append(Event.subject_id == subject_id)
    if project_id:
        criteria.append(Event.project_id == project_id)
    return page(await EventRepository(session).page(request, *criteria), request)
