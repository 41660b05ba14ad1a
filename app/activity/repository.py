from collections.abc import Sequence
from uuid import UUID

from app.kit.repository import Repository
from app.tables import Event


class EventRepository(Repository[Event]):
    table = Event

    async def after(self, event_id: UUID, *, limit: int) -> Sequence[Event]:
        """Oldest first."""
        statement = self.statement().where(Event.id > event_id).order_by(Event.id).limit(limit)
        return (await self.session.scalars(statement)).all()
