"""A run's log as it is written: woken by NOTIFY, by a clock for what NOTIFY lost. Holds no session while it waits."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

from app.auth.principal import Principal
from app.experiments import readings, service
from app.experiments.schemas import ENDED
from app.kit.db import Database
from app.kit.notify import Listener
from app.tables import Log

POLL_SECONDS = 3.0
AT_ONCE = 500


async def follow(
    database: Database, listener: Listener, principal: Principal, *, run_id: UUID, after: UUID | None, wait: bool
) -> AsyncIterator[Log]:
    last = after
    async with listener.subscribe(service.TOPIC) as told:
        while True:
            async with database.session(principal.scope) as session:
                run = await service.get(session, principal=principal, run_id=run_id)
                entries = await readings.logs(session, principal=principal, run_id=run_id, after=last, limit=AT_ONCE)
            for entry in entries:
                last = entry.id
                yield entry
            if len(entries) == AT_ONCE:
                continue
            if run.status in ENDED or not wait:
                return
            await told_of(told, run_id)


async def told_of(queue: asyncio.Queue[dict[str, str]], run_id: UUID) -> None:
    """Until something is told of the run, or the clock looks."""
    try:
        async with asyncio.timeout(POLL_SECONDS):
            while (await queue.get()).get("run") != str(run_id):
                continue
    except TimeoutError:
        return
