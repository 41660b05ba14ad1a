"""What a run has reported, as charts and readers of its log want it."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from pydantic_core import to_json
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.principal import Principal
from app.errors import Invalid, NotFound
from app.experiments import service
from app.experiments.downsample import merge, thin
from app.experiments.ingest_points import Columns, unpack
from app.experiments.repository import LogRepository, RunRepository
from app.experiments.schemas import Axis, SeriesRead
from app.experiments.series_repository import SeriesRepository, Stored
from app.experiments.smoothing import smoothed
from app.kit.compressed import Compressed, compressed
from app.projects import service as projects
from app.tables import Log, Run

SERIES_AT_ONCE = 2_000
"""Of a run and a metric each, in one request."""


class View(NamedTuple):
    """How a chart looks at series."""

    points: int
    """Budget of each."""
    axis: Axis = Axis.STEP
    smoothing: float = 0.0
    first: float | None = None
    """Of the axis: a step, seconds since 1970, or seconds since the run began; both ends belong to what is shown."""
    last: float | None = None


async def series(
    session: AsyncSession,
    *,
    principal: Principal,
    run_id: UUID,
    names: Sequence[str],
    after: int | None,
    view: View,
) -> list[SeriesRead]:
    """Each metric with at most `view.points` points; only steps greater than `after` where it is given."""
    run = await service.get(session, principal=principal, run_id=run_id)
    stored = await SeriesRepository(session).stored([run.id], names, after=after, times=True)
    return await asyncio.to_thread(_series_of, run, stored, names, after, view)


async def series_of_runs(
    session: AsyncSession,
    *,
    principal: Principal,
    project: str,
    run_ids: Sequence[UUID],
    names: Sequence[str],
    view: View,
    encodings: str,
) -> Compressed:
    """A `RunSeries` of each run and metric that has points, as JSON in one of the encodings that the client takes."""
    if len(run_ids) * len(names) > SERIES_AT_ONCE:
        raise Invalid(
            f"{len(run_ids)} runs × {len(names)} metrics are more than {SERIES_AT_ONCE} curves: ask for fewer",
            field="name",
        )
    parent = await projects.get(session, principal=principal, ref=project)
    runs = {run.id: run for run in await RunRepository(session).of_project(parent.id, run_ids)}
    for run_id in run_ids:
        if run_id not in runs:
            raise NotFound("run", run_id)
    times = view.axis is not Axis.STEP
    stored = await SeriesRepository(session).stored(list(runs), names, after=None, times=times)
    return await asyncio.to_thread(_written, runs, stored, names, view, encodings)


async def logs(
    session: AsyncSession, *, principal: Principal, run_id: UUID, after: UUID | None, limit: int
) -> Sequence[Log]:
    run = await service.get(session, principal=principal, run_id=run_id)
    return await LogRepository(session).after(run.id, after, limit)


def _series_of(
    run: Run, stored: Sequence[Stored], names: Sequence[str], after: int | None, view: View
) -> list[SeriesRead]:
    parts = _parts(stored, names)
    found: list[SeriesRead] = []
    for name in names:
        points = merge(parts.get((run.id, name), ()))
        if after is not None:
            points = points.at(points.steps > after)
        points, _, total = _shown(run, points, view)
        found.append(
            SeriesRead(
                name=name,
                steps=points.steps.tolist(),
                values=points.values.tolist(),
                times=points.times.tolist(),
                total=total,
            )
        )
    return found


def _written(
    runs: Mapping[UUID, Run], stored: Sequence[Stored], names: Sequence[str], view: View, encodings: str
) -> Compressed:
    found: list[dict[str, Any]] = []
    for (run_id, name), parts in sorted(_parts(stored, names).items()):
        points, x, total = _shown(runs[run_id], merge(parts), view)
        shown = points.steps if view.axis is Axis.STEP else x.round(3)
        curve = {"x": shown.tolist(), "values": points.values.tolist(), "total": total}
        found.append({"run_id": run_id, "name": name, **curve})
    return compressed(to_json(found, inf_nan_mode="strings"), encodings)


def _parts(stored: Sequence[Stored], names: Sequence[str]) -> dict[tuple[UUID, str], list[tuple[int, Columns]]]:
    parts: defaultdict[tuple[UUID, str], list[tuple[int, Columns]]] = defaultdict(list)
    wanted = set(names)
    for row in stored:
        if not row.waits:
            parts[row.run_id, row.name or ""].append((row.attempt or 0, row.columns()))
            continue
        for name, attempt, columns in unpack(row.values):
            if name in wanted:
                parts[row.run_id, name].append((attempt, columns))
    return dict(parts)


def _shown(run: Run, points: Columns, view: View) -> tuple[Columns, NDArray[np.float64], int]:
    """Points to draw, where they lie on the axis, and how many there are in what is looked at."""
    points = points._replace(values=smoothed(points.values, view.smoothing))
    x = points.steps.astype(np.float64) if view.axis is Axis.STEP else points.times
    if view.axis is Axis.RELATIVE:
        x = x - (run.started_at or run.created_at).timestamp()
    if view.axis is not Axis.STEP:
        # Clocks go back, and late steps are logged early.
        order = np.argsort(x, kind="stable")
        points, x = points.at(order), x[order]
    if view.first is not None or view.last is not None:
        within = slice(
            0 if view.first is None else int(np.searchsorted(x, view.first, "left")),
            len(x) if view.last is None else int(np.searchsorted(x, view.last, "right")),
        )
        points, x = points.at(within), x[within]
    if not len(x):
        return points, x, 0
    ends = x[0] if view.first is None else view.first, x[-1] if view.last is None else view.last
    kept = thin(x, points.values, view.points, ends)
    return points.at(kept), x[kept], len(x)
