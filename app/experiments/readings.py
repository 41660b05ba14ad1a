"""What a run has reported, as charts and readers of its log want it."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.principal import Principal
from app.errors import Invalid
from app.experiments import downsample, service
from app.experiments.ingest_compaction import columns_of
from app.experiments.ingest_points import Columns, unpack
from app.experiments.repository import LogRepository
from app.experiments.schemas import SeriesRead
from app.experiments.series_repository import SeriesRepository
from app.tables import Log


async def series(
    session: AsyncSession, *, principal: Principal, run_id: UUID, names: Sequence[str], points: int, after: int | None
) -> list[SeriesRead]:
    """Each metric with at most `points` points; only steps greater than `after` where it is given."""
    if points < 4:
        raise Invalid("points must be at least 4", field="points")
    run = await service.get(session, principal=principal, run_id=run_id)
    stored = await SeriesRepository(session).stored([run.id], names, after)
    return await asyncio.to_thread(_series_of, stored, names, points, after)


async def logs(
    session: AsyncSession, *, principal: Principal, run_id: UUID, after: UUID | None, limit: int
) -> Sequence[Log]:
    run = await service.get(session, principal=principal, run_id=run_id)
    return await LogRepository(session).after(run.id, after, limit)


def _series_of(stored: Sequence[Row[Any]], names: Sequence[str], points: int, after: int | None) -> list[SeriesRead]:
    parts: dict[str, list[tuple[int, Columns]]] = {name: [] for name in names}
    for row in stored:
        if not row.waits:
            parts[row.name].append((row.attempt, columns_of(row)))
            continue
        for name, attempt, columns in unpack(row.values):
            if name in parts:
                parts[name].append((attempt, columns))
    return [_series(name, each, points, after) for name, each in parts.items()]


def _series(name: str, parts: list[tuple[int, Columns]], points: int, after: int | None) -> SeriesRead:
    steps, values, times = downsample.merge(parts)
    if after is not None:
        fresh = steps > after
        steps, values, times = steps[fresh], values[fresh], times[fresh]
    shown = downsample.thin((steps, values, times), points)
    return SeriesRead(
        name=name, steps=shown[0].tolist(), values=shown[1].tolist(), times=shown[2].tolist(), total=len(steps)
    )
