"""What runs reported long ago goes: entries of logs by when they came, points by when their run ended.

Last values, extremes, parameters and the summary of a run stay, so that the runs table and comparisons go on; so do the
points of a run that a version of a model was made of.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Row
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from app.activity import service as activity
from app.activity.actor import CONTROLLER as PLATFORM
from app.activity.actor import Subject
from app.deletion.telemetry_repository import TelemetryRepository
from app.kit.clock import now
from app.kit.db import CONTROLLER, Database

log = structlog.get_logger(__name__)

MONTHS_AHEAD = 2
AT_ONCE = 1000
"""Entries, or chunks, removed in one transaction."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Days; None for ever."""

    logs: int | None = None
    metrics: int | None = None


FOR_EVER = Kept()


@dataclass(frozen=True, slots=True)
class Going:
    log_entries: int
    runs: int
    """Whose points go."""


async def going(session: AsyncSession, *, project_id: UUID, kept: Kept) -> Going:
    """What the rule would remove now."""
    repository = TelemetryRepository(session)
    return Going(
        await repository.count_logs(project_id, _days_ago(kept.logs)) if kept.logs else 0,
        await repository.count_runs(project_id, _days_ago(kept.metrics)) if kept.metrics else 0,
    )


async def sweep(database: Database, kept: Kept = FOR_EVER) -> None:
    """`kept` is the most that any project may keep."""
    await _partition(database, kept)
    async with database.session(CONTROLLER) as session:
        projects = await TelemetryRepository(session).projects(kept.logs, kept.metrics)
    for project in projects:
        entries = await _forget_logs(database, project) if project.log_days else 0
        runs, points = await _forget_points(database, project) if project.metric_days else (0, 0)
        if entries or runs:
            data = {"log_entries": entries, "runs": runs, "points": points}
            subject = Subject("project", project.id, project.org_id, project.id)
            async with database.session(CONTROLLER) as session:
                await activity.record(session, PLATFORM, "telemetry.expired", subject, data)


async def _partition(database: Database, kept: Kept) -> None:
    """Those of the months to come are made; those that nobody may keep are dropped whole."""
    try:
        async with database.session(CONTROLLER) as session:
            await TelemetryRepository(session).make_partitions(MONTHS_AHEAD)
        if kept.logs:
            async with database.session(CONTROLLER) as session:
                for name in await TelemetryRepository(session).drop_partitions(_days_ago(kept.logs)):
                    log.info("telemetry.partition_dropped", partition=name)
    except OperationalError as error:
        # Somebody reads for long: what waits for that reader would hold up every other. The next sweep tries again.
        log.warning("telemetry.not_partitioned", error=str(error.orig).partition("\n")[0])


async def _forget_logs(database: Database, project: Row[Any]) -> int:
    total, removed = 0, AT_ONCE
    while removed == AT_ONCE:
        async with database.session(CONTROLLER) as session:
            removed = await TelemetryRepository(session).forget_logs(project.id, _days_ago(project.log_days), AT_ONCE)
        total += removed
    return total


async def _forget_points(database: Database, project: Row[Any]) -> tuple[int, int]:
    """Runs, and their points."""
    runs: set[UUID] = set()
    points, reached = 0, UUID(int=0)
    while True:
        async with database.session(CONTROLLER) as session:
            repository = TelemetryRepository(session)
            run_id = await repository.next_run(project.id, _days_ago(project.metric_days), reached)
            if run_id is None:
                return len(runs), points
            reached = run_id
            runs.add(run_id)
            points += sum(await repository.forget_points(run_id, AT_ONCE))


def _days_ago(days: int) -> datetime:
    return now() - timedelta(days=days)
