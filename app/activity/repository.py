from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Text, cast, func, literal, select, tuple_

from app.kit.repository import Repository
from app.tables import Event


class Place(NamedTuple):
    """Where a reader is in the order in which events are told: by their transaction, then by their key."""

    transaction_id: int
    event_id: UUID


# Every transaction with a smaller id has ended, so no event with a smaller id than this can still appear.
_HORIZON = cast(cast(func.pg_snapshot_xmin(func.pg_current_snapshot()), Text), BigInteger)


class EventRepository(Repository[Event]):
    table = Event

    async def place(self, event_id: UUID | None) -> Place:
        """Of that event; without one, before everything that has yet to be committed.

        Of an event that is gone, before the first that was made after it.
        """
        known: ColumnElement[int] = _HORIZON
        if event_id:
            found = self.statement().with_only_columns(Event.transaction_id).where(Event.id == event_id)
            later = self.statement().with_only_columns(func.min(Event.transaction_id)).where(Event.id > event_id)
            known = func.coalesce(found.scalar_subquery(), later.scalar_subquery(), _HORIZON)
        transaction_id = (await self.session.execute(select(known))).scalar_one()
        return Place(transaction_id, event_id or UUID(int=0))

    async def after(self, place: Place, *criteria: ColumnElement[bool], limit: int) -> tuple[Sequence[Event], bool]:
        """Those of ended transactions, in the order of transactions; and whether others wait for one that runs."""
        statement = (
            self.statement()
            .add_columns(_HORIZON)
            .where(
                tuple_(Event.transaction_id, Event.id) > tuple_(literal(place.transaction_id), literal(place.event_id))
            )
            .where(*criteria)
            .order_by(Event.transaction_id, Event.id)
            .limit(limit)
        )
        rows = (await self.session.execute(statement)).all()
        settled = [event for event, horizon in rows if event.transaction_id < horizon]
        return settled, len(settled) < len(rows)

    async def oldest(self, *criteria: ColumnElement[bool], after: UUID | None, limit: int) -> Sequence[Event]:
        """In the order of their keys, from the one that follows `after`."""
        statement = self.statement().where(*criteria).order_by(Event.id).limit(limit)
        if after:
            statement = statement.where(Event.id > after)
        return (await self.session.scalars(statement)).all()
