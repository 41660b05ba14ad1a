"""The activity stream: woken by NOTIFY, and by a clock for what NOTIFY lost. Holds no session while it waits."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

from app.activity import service
from app.activity.repository import EventRepository, Place
from app.activity.sight import Sight
from app.kit.db import Database, Scope
from app.kit.notify import Listener
from app.tables import Event

POLL_SECONDS = 3.0
HELD_SECONDS = 0.1
"""Until the next look where an event waits for an older transaction, whose end nobody tells."""
AT_ONCE = 1000


async def follow(
    database: Database, listener: Listener, scope: Scope, *, sight: Sight, after: UUID | None
) -> AsyncIterator[Event]:
    """Each event once, also those of transactions that began earlier and committed later than what was told."""
    async with listener.subscribe(service.TOPIC) as told:
        async with database.session(scope) as session:
            place = await EventRepository(session).place(after)
        while True:
            async with database.session(scope) as session:
                events, held = await EventRepository(session).after(place, sight.criteria(), limit=AT_ONCE)
            for event in events:
                place = Place(event.transaction_id, event.id)
                yield event
            if len(events) == AT_ONCE:
                continue
            try:
                async with asyncio.timeout(HELD_SECONDS if held else POLL_SECONDS):
                    await told.get()
            except TimeoutError:
                continue
