"""What a run has reported, as charts and readers of its log want it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.principal import Principal
from app.errors import Invalid
from app.experiments import downsample, service
from app.experiments.repository import LogRepository, RunRepository
from app.experiments.schemas import SeriesRead
from app.tables import Log


async def series(
    session: AsyncSession, *, principal: Principal, run_id: UUID, names: Sequence[str], points: int, after: int | None
) -> list[SeriesRead]:
    """Each metric with at most `points` points; only steps greater than `after` where it is given."""
    if points < 4:
        raise Invalid("points must be at least 4", field="points")
    run = await service.get(session, principal=principal, run_id=run_id)
    chunks: dict[str, list[tuple[int, list[int], list[float], list[float]]]] = {name: [] for name in names}
    for name, attempt, steps, values, times in await RunRepository(session).chunks(run.id, names, after):
        chunks[name].append((attempt, steps, values, times))
    return [_series(name, parts, points, after) for name, parts in chunks.items()]


async def logs(
    session: AsyncSession, *, principal: Principal, run_id: UUID, after: UUID | None, limit: int
) -> Sequence[Log]:
    run = await service.get(session, principal=principal, run_id=run_id)
    return await LogRepository(session).after(run.id, after, limit)


def _series(
    name: str, parts: list[tuple[int, list[int], list[float], list[float]]], points: int, after: int | None
) -> SeriesRead:
    steps, values, times = downsample.merge(parts)
    if after is not None:
        fresh = steps > after
        steps, values, times = steps[fresh], values[fresh], times[fresh]
    shown = downsample.thin((steps, values, times), points)
    return SeriesRead(
        name=name, steps=shown[0].tolist(), values=shown[1].tolist(), times=shown[2].tolist(), total=len(steps)
    )
