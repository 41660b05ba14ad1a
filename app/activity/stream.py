"""The activity stream: woken by NOTIFY, and by a clock for what NOTIFY lost. Holds no session while it waits."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

from uuid_utils.compat import uuid7

from app.activity import service
from app.kit.db import Database, Scope
from app.kit.notify import Listener
from app.tables import Event

POLL_SECONDS = 3.0


async def follow(database: Database, listener: Listener, scope: Scope, *, after: UUID | None) -> AsyncIterator[Event]:
    last = after or uuid7()
    async with listener.subscribe(service.TOPIC) as told:
        while True:
            async with database.session(scope) as session:
                events = await service.since(session, event_id=last)
            for event in events:
                last = event.id
                yield event
            try:
                await asyncio.wait_for(told.get(), POLL_SECONDS)
            except TimeoutError:
                continue
