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
from app.experiments.downsample import edges, in_order, merge, outline, thin
from app.experiments.ingest_points import Columns, joined, unpack
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
    session: AsyncSession,
    *,
    principal: Principal,
    run_id: UUID,
    after: UUID | None,
    limit: int,
    first: UUID | None = None,
) -> Sequence[Log]:
    run = await service.get(session, principal=principal, run_id=run_id)
    return await LogRepository(session).after(run.id, after, limit, first=first)


def _series_of(
    run: Run, stored: Sequence[Stored], names: Sequence[str], after: int | None, view: View
) -> list[SeriesRead]:
    parts = _parts(stored, names)
    found: list[SeriesRead] = []
    for name in names:
        fresh = [
            (attempt, columns if after is None else columns.at(columns.steps > after))
            for attempt, columns in parts.get((run.id, name), ())
        ]
        points, _, total = _shown(run, [part for part in fresh if len(part[1].steps)], view)
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
        points, x, total = _shown(runs[run_id], parts, view)
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


def _shown(
    run: Run, parts: Sequence[tuple[int, Columns]], view: View
) -> tuple[Columns, NDArray[np.float64] | NDArray[np.int64], int]:
    """Points to draw, where they lie on the axis, and how many there are in what is looked at."""
    pieces = [columns for _, columns in parts]
    if view.axis is Axis.STEP and not view.smoothing and in_order(pieces):
        return _outlined(pieces, view)
    points = merge(parts)
    points = points._replace(values=smoothed(points.values, view.smoothing))
    x = points.steps.astype(np.float64) if view.axis is Axis.STEP else points.times
    if view.axis is Axis.RELATIVE:
        x = x - (run.started_at or run.created_at).timestamp()
    if view.axis is not Axis.STEP:
        # Clocks go back, and late steps are logged early.
        order = np.argsort(x, kind="stable")
        points, x = points.at(order), x[order]
    within = _within(x, view)
    points, x = points.at(within), x[within]
    if not len(x):
        return points, x, 0
    kept = thin(x, points.values, view.points, _ends(x[0], x[-1], view))
    return points.at(kept), x[kept], len(x)


def _outlined(pieces: Sequence[Columns], view: View) -> tuple[Columns, NDArray[np.int64], int]:
    """As `_shown`, piece by piece: of a long curve most of the time goes into moving all of its points about."""
    pieces = [piece for piece in (each.at(_within(each.steps, view)) for each in pieces) if len(piece.steps)]
    total = sum(len(piece.steps) for piece in pieces)
    if total > view.points:
        between = edges(*_ends(float(pieces[0].steps[0]), float(pieces[-1].steps[-1]), view), view.points)
        pieces = [piece.at(outline(piece.steps, piece.values, between)) for piece in pieces]
        points = joined(pieces)
        points = points.at(outline(points.steps, points.values, between))
    else:
        points = joined(pieces)
    return points, points.steps, total


def _within(x: NDArray[Any], view: View) -> slice:
    return slice(
        0 if view.first is None else int(np.searchsorted(x, view.first, "left")),
        len(x) if view.last is None else int(np.searchsorted(x, view.last, "right")),
    )


def _ends(first: float, last: float, view: View) -> tuple[float, float]:
    return first if view.first is None else view.first, last if view.last is None else view.last
