"""Removes what has expired, a little at a time; the controller runs it, because it sees every organization."""

import asyncio

import structlog

from app.idempotency.repository import IdempotencyRepository
from app.kit.db import CONTROLLER, FAILED, Database

log = structlog.get_logger(__name__)

EVERY_SECONDS = 600.0
AT_ONCE = 1000


async def run(database: Database) -> None:
    """Until cancelled."""
    while True:
        try:
            await sweep(database)
        except FAILED as error:
            log.warning("idempotency.not_swept", error=type(error).__name__)
        await asyncio.sleep(EVERY_SECONDS)


async def sweep(database: Database) -> int:
    """Returns how many keys were removed."""
    removed = AT_ONCE
    total = 0
    while removed == AT_ONCE:
        async with database.session(CONTROLLER) as session:
            removed = await IdempotencyRepository(session).sweep(AT_ONCE)
        total += removed
    return total
