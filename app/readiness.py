"""What must be there before requests can be served: each part, and why it is missing."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.kit import db
from app.migrations import revision
from app.platform import Platform

log = structlog.get_logger(__name__)

OK = "ok"
ANSWER_SECONDS = 2.0
AWAY = "the database cannot be reached"
SILENT = f"the database, or a free connection to it, did not answer within {ANSWER_SECONDS:g} s"
UNKNOWN = "not known while the database is away"
DEAF = "notifications of the database are not heard: changes are seen late, and no credential is remembered"


class Routing(Protocol):
    def check(self) -> Coroutine[Any, Any, None]:
        """Raises what keeps routes from being read."""


async def parts(platform: Platform, routing: Routing) -> dict[str, str]:
    """`ok`, or the reason, of each part."""
    migrations = await _asked("migrations", _lag(platform))
    away = migrations in (AWAY, SILENT)
    return {
        "database": migrations if away else OK,
        "migrations": UNKNOWN if away else migrations,
        "listener": OK if platform.listener.listening else DEAF,
        "routes": UNKNOWN if away else await _asked("routes", routing.check()),
    }


async def _lag(platform: Platform) -> str | None:
    async with platform.database.session() as session:
        return await revision.lag(session)


async def _asked(part: str, question: Coroutine[Any, Any, str | None]) -> str:
    # A task of its own: the driver takes seconds to give up a question on a connection that is silent.
    asking = asyncio.create_task(question)
    try:
        await asyncio.wait((asking,), timeout=ANSWER_SECONDS)
        if asking.done():
            return asking.result() or OK
        _given_up.add(asking)
        asking.add_done_callback(_ended)
        asking.cancel()
        reason = SILENT
    except db.AWAY:
        reason = AWAY
    except SQLAlchemyError as error:
        reason = f"the database refused to tell ({type(error).__name__})"
    log.warning("not_ready", part=part, reason=reason)
    return reason


_given_up: set[asyncio.Task[str | None]] = set()


def _ended(asking: asyncio.Task[str | None]) -> None:
    _given_up.discard(asking)
    if not asking.cancelled() and (error := asking.exception()):
        log.warning("not_ready", error=type(error).__name__)
