"""New points of a run's metrics as they are acknowledged: woken by NOTIFY, by a clock for what NOTIFY lost. Holds no
session while it waits.

A reader is told what lies beyond the attempt and the step that it knows of each metric: whatever the store does with
the points meanwhile, none is told twice and none of these is left out. A point at a step before one that was told, of
the same attempt, is not told: who draws a curve to the end reads it once more when the run has ended.
"""

import asyncio
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

import numpy as np

from app.auth.principal import Principal
from app.errors import Invalid
from app.experiments import service
from app.experiments.folding import ordered
from app.experiments.ingest_points import Columns
from app.experiments.log_stream import told_of
from app.experiments.point_stream_repository import PointStreamRepository, Reached
from app.experiments.schemas import ENDED, NewPoints
from app.experiments.series_repository import Stored, reported
from app.kit.db import Database
from app.kit.notify import Listener

POINTS_AT_ONCE = 5000
"""Of one event."""

_CURSOR = re.compile(r"\d{1,10}\.-?\d{1,16}")


class Told(NamedTuple):
    points: NewPoints
    cursor: str
    """Passed as `cursor` it begins after these points."""


async def begin(
    database: Database,
    principal: Principal,
    *,
    run_id: UUID,
    names: Sequence[str],
    after: int | None,
    cursor: str | None,
) -> dict[str, Reached]:
    """Where a stream begins, of each metric: at the cursor, or else behind the step `after` of its newest attempt, or
    else with its first point. Raises `Invalid` for a cursor of another stream."""
    async with database.session(principal.scope) as session:
        run = await service.get(session, principal=principal, run_id=run_id)
        if cursor is not None:
            return dict(zip(names, _reached(cursor, len(names)), strict=True))
        if after is None:
            return {name: Reached(0, -1) for name in names}
        attempts = await PointStreamRepository(session).attempts(run.id, names)
        return {name: Reached(attempts.get(name, 1), after) for name in names}


async def follow(
    database: Database, listener: Listener, principal: Principal, *, run_id: UUID, reached: Mapping[str, Reached]
) -> AsyncIterator[Told]:
    """Until the run has ended and all is told."""
    known = dict(reached)
    async with listener.subscribe(service.TOPIC) as told:
        while True:
            async with database.session(principal.scope) as session:
                run = await service.get(session, principal=principal, run_id=run_id)
                stored = await PointStreamRepository(session).fresh(run_id, known)
            for points in await asyncio.to_thread(fresh, stored, known):
                known[points.name] = Reached(points.attempt, points.steps[-1])
                yield Told(points, _cursor(known.values()))
            if run.status in ENDED:
                return
            await told_of(told, run_id)


def fresh(stored: Sequence[Stored], reached: Mapping[str, Reached]) -> list[NewPoints]:
    """What lies beyond, of each metric in the order of attempts and steps."""
    parts: dict[tuple[str, int], list[Columns]] = defaultdict(list)
    for _, (name, attempt, columns) in reported(stored):
        if name not in reached or attempt < reached[name].attempt:
            continue
        beyond = columns if attempt > reached[name].attempt else columns.at(columns.steps > reached[name].step)
        if len(beyond.steps):
            parts[name, attempt].append(beyond)
    return [
        piece
        for (name, attempt), columns in sorted(parts.items())
        for piece in _pieces(name, attempt, ordered(columns))
    ]


def _pieces(name: str, attempt: int, columns: Columns) -> Iterator[NewPoints]:
    """Of points at one step the one that was written last."""
    points = columns.at(np.append(columns.steps[1:] != columns.steps[:-1], True))
    for start in range(0, len(points.steps), POINTS_AT_ONCE):
        steps, times, values = (column.tolist() for column in points.at(slice(start, start + POINTS_AT_ONCE)))
        yield NewPoints(name=name, attempt=attempt, steps=steps, values=values, times=times)


def _cursor(reached: Iterable[Reached]) -> str:
    return ",".join(f"{each.attempt}.{each.step}" for each in reached)


def _reached(cursor: str, count: int) -> list[Reached]:
    parts = cursor.split(",")
    if len(parts) != count or not all(_CURSOR.fullmatch(part) for part in parts):
        raise Invalid(
            "this Last-Event-ID was not given by a stream of these metrics: leave it out to begin anew",
            field="Last-Event-ID",
        )
    return [Reached(*(int(number) for number in part.split("."))) for part in parts]
