"""Removing for good: each thing in a transaction of its own, and only where nothing that stays refers to it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.activity import service as activity
from app.activity.actor import CONTROLLER as PLATFORM
from app.activity.actor import Subject
from app.deletion.steps import KINDS, Kind
from app.kit.db import CONTROLLER, Database

log = structlog.get_logger(__name__)

AT_ONCE = 200
"""Things looked at in one transaction."""
TELEMETRY_AT_ONCE = 2000
"""Rows of a run's telemetry removed in one transaction."""


@dataclass(frozen=True, slots=True)
class Expired:
    """A thing whose time is over, locked."""

    org_id: UUID
    project_id: UUID
    name: str


async def remove_expired(database: Database, before: datetime) -> int:
    """Things removed that were deleted earlier than `before`. What is begun and not done is done by the next call."""
    removed = 0
    for kind in KINDS:
        async for thing_id in _candidates(database, kind, before):
            removed += await _remove(database, kind, thing_id, before)
    return removed


async def _candidates(database: Database, kind: Kind, before: datetime) -> AsyncIterator[UUID]:
    """Those that cannot go yet do not hold up the others."""
    statement = text(
        f"SELECT id FROM {kind.table} WHERE deleted_at < :before AND id > :last "  # noqa: S608 -- names of steps.py
        "ORDER BY id LIMIT :at_once"
    )
    last: UUID | None = UUID(int=0)
    while last:
        async with database.session(CONTROLLER) as session:
            rows = await session.scalars(statement, {"before": before, "last": last, "at_once": AT_ONCE})
            found = [UUID(str(row)) for row in rows]
        for thing_id in found:
            yield thing_id
        last = found[-1] if len(found) == AT_ONCE else None


async def _remove(database: Database, kind: Kind, thing_id: UUID, before: datetime) -> bool:
    try:
        for table in kind.telemetry:
            await _clear(database, kind, table, thing_id, before)
        async with database.session(CONTROLLER) as session:
            thing = await _lock(session, kind, thing_id, before)
            if thing is None:
                return False
            for step in kind.steps:
                await session.execute(text(step), {"id": thing_id})
            subject = Subject(kind.name, thing_id, thing.org_id, thing.project_id)
            await activity.record(session, PLATFORM, f"{kind.name}.removed", subject, {"name": thing.name})
    except IntegrityError as error:
        # Something that the steps do not know refers to it: it stays, whole.
        log.warning("deletion.kept", kind=kind.name, id=str(thing_id), error=str(error.orig).partition("\n")[0])
        return False
    return True


async def _lock(session: AsyncSession, kind: Kind, thing_id: UUID, before: datetime) -> Expired | None:
    """None where it was undeleted, or something that stays refers to it."""
    statement = text(
        f"SELECT org_id, {kind.project} AS project_id, {kind.named} AS name FROM {kind.table} AS thing "  # noqa: S608 -- of steps.py
        f"WHERE id = :id AND deleted_at < :before AND NOT ({kind.held}) FOR UPDATE"
    )
    row = (await session.execute(statement, {"id": thing_id, "before": before})).one_or_none()
    return Expired(row.org_id, row.project_id, row.name) if row else None


async def _clear(database: Database, kind: Kind, table: str, thing_id: UUID, before: datetime) -> None:
    """A run may have millions of rows: a few in each transaction, so that none is long."""
    statement = text(
        # In another partition a `ctid` is of another row.
        f"DELETE FROM {table} WHERE run_id = :id AND ctid IN (SELECT ctid FROM {table} "  # noqa: S608 -- names of steps.py
        "WHERE run_id = :id LIMIT :at_once) RETURNING 1"
    )
    cleared = TELEMETRY_AT_ONCE
    while cleared >= TELEMETRY_AT_ONCE:
        async with database.session(CONTROLLER) as session:
            if await _lock(session, kind, thing_id, before) is None:
                return
            cleared = len((await session.execute(statement, {"id": thing_id, "at_once": TELEMETRY_AT_ONCE})).all())
