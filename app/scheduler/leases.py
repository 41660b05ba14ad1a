"""Leases: who works on an active workload, and until when. A result counts only where the lease still stands."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.config import Settings
from app.kit.clock import now
from app.kit.db import Database
from app.kit.slug import slug
from app.scheduler import enrolment
from app.scheduler.repository import WorkloadRepository
from app.scheduler.status import Phase, Status
from app.tables import Workload
from trine.specs.enrolment import WorkloadKind
from trine.specs.resources import Bundle

LEASE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Leased:
    """What the controller needs of a row while no session is open."""

    id: UUID
    lease_id: UUID
    org_id: UUID
    kind: WorkloadKind
    name: str
    """In Ray: `<kind>-<slug>-<id8>-<attempt>`."""
    status: Status
    phase: Phase | None
    attempt: int
    spec: dict[str, Any]
    bundles: tuple[Bundle, ...]
    since: datetime
    enrolled: bool
    code: str
    """For the process of a job to enrol with; of one that is about to be launched."""


async def take(session: AsyncSession, *, settings: Settings, limit: int) -> list[Leased]:
    """Leases due rows. Those about to be launched get the hash of their attempt's enrolment code first."""
    rows = await WorkloadRepository(session).due(now(), limit)
    return [_lease(row, settings) for row in rows]


async def held(session: AsyncSession, leased: Leased) -> Workload | None:
    """The row, locked, where the lease still stands; None where what was found out must be dropped."""
    return await WorkloadRepository(session).leased(leased.id, leased.lease_id)


@asynccontextmanager
async def alone(database: Database, leased: Leased) -> AsyncIterator[bool]:
    """Whether nobody else is at it: for what must not be done twice, though a lease may run out meanwhile."""
    key = {"name": leased.name}
    async with database.engine.connect() as connection:
        taken = await connection.execute(text("SELECT pg_try_advisory_lock(hashtextextended(:name, 0))"), key)
        if not taken.scalar_one():
            yield False
            return
        try:
            yield True
        finally:
            await connection.execute(text("SELECT pg_advisory_unlock(hashtextextended(:name, 0))"), key)


def release(workload: Workload, *, look_again: float) -> None:
    """`look_again` in seconds."""
    workload.lease_id = None
    workload.lease_expires_at = None
    workload.due_at = now() + timedelta(seconds=look_again)


def name_in_ray(kind: str, name: str, workload_id: UUID, attempt: int) -> str:
    # The end of a UUIDv7 is random; its beginning is the time, which neighbours share.
    return f"{kind}-{slug(name)}-{workload_id.hex[-8:]}-{attempt}"


def _lease(row: Workload, settings: Settings) -> Leased:
    row.lease_id = uuid4()
    row.lease_expires_at = now() + LEASE
    code = ""
    if row.status == Status.ADMITTED and row.kind != WorkloadKind.DEPLOYMENT:
        code = enrolment.code_of(settings, row.id, row.attempt, row.enrolment_hash)
        row.enrolment_hash = enrolment.hash_of(settings, code)
    return Leased(
        id=row.id,
        lease_id=row.lease_id,
        org_id=row.org_id,
        kind=WorkloadKind(row.kind),
        name=name_in_ray(row.kind, row.name, row.id, row.attempt),
        status=Status(row.status),
        phase=Phase(row.phase) if row.phase else None,
        attempt=row.attempt,
        spec=row.spec,
        bundles=tuple(Bundle.model_validate(bundle) for bundle in row.bundles),
        since=row.status_since,
        enrolled=row.enrolled_at is not None,
        code=code,
    )
