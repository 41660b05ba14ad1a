"""What a run has reported, as charts and readers of its log want it."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.principal import Principal
from app.errors import Invalid
from app.experiments import service
from app.experiments.charts import Curve, OutOfOrder, Sketch, View, drawn
from app.experiments.ingest_points import Columns
from app.experiments.pyramid import Pyramid
from app.experiments.repository import LogRepository
from app.experiments.schemas import Axis, SeriesRead
from app.experiments.series_repository import SeriesRepository, Stored, Wanted, reported
from app.kit.compressed import Compressed, compressed
from app.tables import Log, Run

SERIES_AT_ONCE = 2_000
"""Of a run and a metric each, in one request."""


Key = tuple[UUID, str]
"""Of a series: its run and its metric."""
Parts = dict[Key, list[tuple[int, Columns]]]
"""Points with their attempt, in the order in which they were written."""


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
    runs = {run.id: run}
    if after is not None:
        stored = await SeriesRepository(session).stored([run.id], names, after=after)
        return await asyncio.to_thread(_series_after, run, stored, names, after, view)
    curves = await _curves(session, runs, names, view, times=True)
    return [_read(name, curves.get((run.id, name))) for name in names]


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
    runs = await service.chosen(session, principal=principal, project=project, run_ids=run_ids)
    times = view.axis is not Axis.STEP
    curves = await _curves(session, runs, names, view, times=times)
    return await asyncio.to_thread(_written, curves, view, encodings)


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


async def _curves(
    session: AsyncSession, runs: Mapping[UUID, Run], names: Sequence[str], view: View, *, times: bool
) -> dict[Key, Curve]:
    """Of each run and metric that has points. Of long series extremes are read first and then few of the points; all of
    them where these do not tell, or were merged meanwhile."""
    repository = SeriesRepository(session)
    stored = await repository.stored(list(runs), names, times=times, summarized_from=view.summarized_from)
    if any(row.extremes for row in stored):
        sketched = await asyncio.to_thread(_sketched, runs, stored, names, view, times)
        read = await repository.parts(sketched.wanted) if sketched else None
        if sketched and read is not None:
            return await asyncio.to_thread(_completed, runs, sketched, read, view)
        stored = await repository.stored(list(runs), names, times=times)
    return await asyncio.to_thread(lambda: _drawn(runs, _parts(stored, names), view))


class _Sketched(NamedTuple):
    sketches: dict[Key, tuple[Sketch, list[int]]]
    """With the chunks of its pyramid that are wanted."""
    others: Parts
    """Of series that are read whole."""
    wanted: list[Wanted]
    """Sketch by sketch."""


def _sketched(
    runs: Mapping[UUID, Run], stored: Sequence[Stored], names: Sequence[str], view: View, times: bool
) -> _Sketched | None:
    """None where some series must be read whole."""
    chunks: defaultdict[Key, list[Stored]] = defaultdict(list)
    for row in stored:
        if row.extremes:
            chunks[row.run_id, row.name or ""].append(row)
    others = _parts([row for row in stored if not row.extremes], names)
    sketches: dict[Key, tuple[Sketch, list[int]]] = {}
    wanted: list[Wanted] = []
    for key, rows in chunks.items():
        each = sorted(rows, key=lambda row: row.first_step or 0)
        rest = [columns for _, columns in others.pop(key, ())]
        try:
            sketch = Sketch(Pyramid([chunk.outside() for chunk in each]), rest, view, _began(runs[key[0]]), times=times)
        except OutOfOrder:
            return None
        parts = sketch.parts()
        sketches[key] = sketch, list(parts)
        wanted += [Wanted(each[number], part) for number, part in parts.items()]
    return _Sketched(sketches, others, wanted)


def _completed(
    runs: Mapping[UUID, Run], sketched: _Sketched, read: Sequence[tuple[bytes, bytes]], view: View
) -> dict[Key, Curve]:
    curves = _drawn(runs, sketched.others, view)
    left = iter(read)
    for key, (sketch, numbers) in sketched.sketches.items():
        curves[key] = sketch.drawn({number: next(left) for number in numbers})
    return curves


def _drawn(runs: Mapping[UUID, Run], parts: Parts, view: View) -> dict[Key, Curve]:
    return {key: drawn(each, view, _began(runs[key[0]])) for key, each in parts.items()}


def _series_after(run: Run, stored: Sequence[Stored], names: Sequence[str], after: int, view: View) -> list[SeriesRead]:
    fresh: Parts = {}
    for key, parts in _parts(stored, names).items():
        later = [(attempt, columns.at(columns.steps > after)) for attempt, columns in parts]
        fresh[key] = [part for part in later if len(part[1].steps)]
    curves = _drawn({run.id: run}, fresh, view)
    return [_read(name, curves.get((run.id, name))) for name in names]


def _read(name: str, curve: Curve | None) -> SeriesRead:
    if curve is None:
        return SeriesRead(name=name, steps=[], values=[], times=[], total=0)
    steps, times, values = (column.tolist() for column in curve.points)
    return SeriesRead(name=name, steps=steps, values=values, times=times, total=curve.total)


def _written(curves: Mapping[Key, Curve], view: View, encodings: str) -> Compressed:
    found: list[dict[str, Any]] = []
    for (run_id, name), curve in sorted(curves.items(), key=lambda each: each[0]):
        x, values = curve.rounded(view).tolist(), curve.points.values.tolist()
        found.append({"run_id": run_id, "name": name, "x": x, "values": values, "total": curve.total})
    return compressed(to_json(found, inf_nan_mode="strings"), encodings)


def _parts(stored: Sequence[Stored], names: Sequence[str]) -> Parts:
    parts: defaultdict[Key, list[tuple[int, Columns]]] = defaultdict(list)
    wanted = set(names)
    for run_id, (name, attempt, columns) in reported(stored):
        if name in wanted:
            parts[run_id, name].append((attempt, columns))
    return dict(parts)


def _began(run: Run) -> float:
    return (run.started_at or run.created_at).timestamp()
