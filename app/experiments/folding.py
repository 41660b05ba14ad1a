"""Reported points become chunks and latest values: pure, numpy only."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

import numpy as np

from app.experiments import chunk_codec
from app.experiments.ingest_points import Columns, joined, unpack

TARGET_POINTS = 4096
"""Of a merged chunk: so many are read where a chart's column ends inside one."""


Summary = tuple[float | None, float | None, int | None, float | None, int | None, float | None]
_NOT_SUMMARIZED: Summary = (None, None, None, None, None, None)


class Waiting(NamedTuple):
    """A batch that is not folded yet."""

    org_id: UUID
    run_id: UUID
    points: bytes


class Metric(NamedTuple):
    org_id: UUID
    run_id: UUID
    name: str


class Chunk(NamedTuple):
    """A row of `metrics` but for its position."""

    metric: Metric
    level: int
    attempt: int
    points: int
    first_step: int
    last_step: int
    first_value: float | None
    last_value: float | None
    minimum_step: int | None
    minimum: float | None
    maximum_step: int | None
    maximum: float | None
    steps: bytes
    times: bytes
    values: bytes


class Latest(NamedTuple):
    """What points add to a row of `metric_latest`."""

    metric: Metric
    attempt: int
    step: int
    value: float
    time: float
    points: int
    minimum: float
    maximum: float


def fold(batches: Iterable[Waiting]) -> tuple[list[Chunk], list[Latest]]:
    """Of batches in the order in which they were written."""
    told = _gathered(batches)
    chunks = [
        chunk
        for metric, attempts in told.items()
        for attempt, columns in attempts.items()
        for chunk in chunks_of(metric, attempt, columns)
    ]
    return chunks, [_latest(metric, attempts) for metric, attempts in told.items()]


def latest_of(batches: Iterable[Waiting]) -> list[Latest]:
    """What batches will add to the latest values when they are folded."""
    return [_latest(metric, attempts) for metric, attempts in _gathered(batches).items()]


def ordered(parts: Sequence[Columns]) -> Columns:
    """By step; points of one step stay as they were written."""
    columns = joined(parts)
    if (columns.steps[1:] >= columns.steps[:-1]).all():
        return columns
    return columns.at(np.argsort(columns.steps, kind="stable"))


def chunks_of(metric: Metric, attempt: int, columns: Columns, *, merged: bool = False) -> list[Chunk]:
    """Of ordered points."""
    make = _merged if merged else _unmerged
    return [
        make(metric, attempt, columns.at(slice(start, start + TARGET_POINTS)))
        for start in range(0, len(columns.steps), TARGET_POINTS)
    ]


def _gathered(batches: Iterable[Waiting]) -> dict[Metric, dict[int, Columns]]:
    """Ordered points of each attempt."""
    told: dict[Metric, dict[int, list[Columns]]] = {}
    for org_id, run_id, points in batches:
        for name, attempt, columns in unpack(points):
            told.setdefault(Metric(org_id, run_id, name), {}).setdefault(attempt, []).append(columns)
    return {metric: {attempt: ordered(parts) for attempt, parts in told[metric].items()} for metric in sorted(told)}


def _unmerged(metric: Metric, attempt: int, columns: Columns) -> Chunk:
    steps, times, values = columns
    plain = chunk_codec.plain(steps), chunk_codec.plain(times), chunk_codec.plain(values)
    return Chunk(metric, 0, attempt, len(steps), int(steps[0]), int(steps[-1]), *_NOT_SUMMARIZED, *plain)


def _merged(metric: Metric, attempt: int, columns: Columns) -> Chunk:
    steps, times, values = columns
    numbers = np.flatnonzero(~np.isnan(values))
    summary = _NOT_SUMMARIZED
    if len(numbers) and (steps[1:] > steps[:-1]).all():
        least, greatest = numbers[values[numbers].argmin()], numbers[values[numbers].argmax()]
        summary = (
            *(float(values[0]), float(values[-1])),
            *(int(steps[least]), float(values[least]), int(steps[greatest]), float(values[greatest])),
        )
    packed = chunk_codec.packed_steps(steps), chunk_codec.packed_floats(times), chunk_codec.packed_floats(values)
    return Chunk(metric, 1, attempt, len(steps), int(steps[0]), int(steps[-1]), *summary, *packed)


def _latest(metric: Metric, attempts: dict[int, Columns]) -> Latest:
    newest = max(attempts)
    steps, times, values = (column[-1] for column in attempts[newest])
    all_values = np.concatenate([columns.values for columns in attempts.values()])
    numbers = all_values[~np.isnan(all_values)]
    minimum, maximum = (float(numbers.min()), float(numbers.max())) if len(numbers) else (np.nan, np.nan)
    return Latest(metric, newest, int(steps), float(values), float(times), len(all_values), minimum, maximum)
