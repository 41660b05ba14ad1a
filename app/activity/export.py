"""Everything that happened in an organization, oldest first, for an archive of somebody else's. Holds no session while
it is read."""

from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.activity import service
from app.activity.actor import Actor, Subject
from app.activity.filters import EventFilters
from app.activity.repository import EventRepository
from app.activity.schemas import EventRead
from app.errors import Unauthenticated
from app.kit.db import Database, Scope
from app.tables import Event

AT_ONCE = 500


async def begin(session: AsyncSession, *, actor: Actor, org_id: UUID, filters: EventFilters) -> UUID:
    """Writes down who takes them away. The key of that event: what is exported comes before it."""
    subject = Subject("organization", org_id, org_id)
    return (await service.record(session, actor, "events.exported", subject, {"filters": filters.described()})).id


async def lines(
    database: Database,
    scope: Scope,
    *,
    org_id: UUID,
    filters: EventFilters,
    until: UUID,
    still: Callable[[], Awaitable[bool]],
) -> AsyncIterator[str]:
    """One JSON object a line. Raises `Unauthenticated` where the right to it ends: what has been sent is not the whole,
    and the connection breaks off."""
    criteria = [Event.org_id == org_id, Event.id < until, *filters.criteria()]
    last: UUID | None = None
    while True:
        async with database.session(scope) as session:
            events = await EventRepository(session).oldest(*criteria, after=last, limit=AT_ONCE)
        for event in events:
            yield EventRead.model_validate(event).model_dump_json() + "\n"
        if len(events) < AT_ONCE:
            return
        if not await still():
            raise Unauthenticated("the credential or the role ended during the export")
        last = events[-1].id
