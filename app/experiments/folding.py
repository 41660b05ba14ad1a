"""Reported points become chunks and latest values: pure, numpy only."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

import numpy as np

from app.experiments import chunk_codec, extremes
from app.experiments.ingest_points import Columns, Reported, joined, readable, unpack

TARGET_POINTS = 4096
"""Of a merged chunk."""


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
    steps: bytes
    times: bytes
    values: bytes
    extremes: bytes
    """Empty where there are none."""


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
    """Of batches in the order in which they were written. Raises `Damaged`."""
    told = _gathered((batch, unpack(batch.points)) for batch in batches)
    chunks = [
        chunk
        for metric, attempts in told.items()
        for attempt, columns in attempts.items()
        for chunk in chunks_of(metric, attempt, columns)
    ]
    return chunks, [_latest(metric, attempts) for metric, attempts in told.items()]


def latest_of(batches: Iterable[Waiting]) -> list[Latest]:
    """What batches will add to the latest values when they are folded, but for what is damaged."""
    told = _gathered((batch, readable(batch.run_id, batch.points)) for batch in batches)
    return [_latest(metric, attempts) for metric, attempts in told.items()]


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


def _gathered(batches: Iterable[tuple[Waiting, list[Reported]]]) -> dict[Metric, dict[int, Columns]]:
    """Ordered points of each attempt."""
    told: dict[Metric, dict[int, list[Columns]]] = {}
    for batch, reported in batches:
        for name, attempt, columns in reported:
            told.setdefault(Metric(batch.org_id, batch.run_id, name), {}).setdefault(attempt, []).append(columns)
    return {metric: {attempt: ordered(parts) for attempt, parts in told[metric].items()} for metric in sorted(told)}


def _unmerged(metric: Metric, attempt: int, columns: Columns) -> Chunk:
    steps, times, values = columns
    plain = chunk_codec.plain(steps), chunk_codec.plain(times), chunk_codec.plain(values)
    return Chunk(metric, 0, attempt, len(steps), int(steps[0]), int(steps[-1]), *plain, b"")


def _merged(metric: Metric, attempt: int, columns: Columns) -> Chunk:
    steps, times, values = columns
    packed = chunk_codec.packed_steps(steps), chunk_codec.packed_floats(times), chunk_codec.packed_floats(values)
    summary = extremes.written(columns, *packed[1:])
    return Chunk(metric, 1, attempt, len(steps), int(steps[0]), int(steps[-1]), *packed, summary)


def _latest(metric: Metric, attempts: dict[int, Columns]) -> Latest:
    newest = max(attempts)
    steps, times, values = (column[-1] for column in attempts[newest])
    all_values = np.concatenate([columns.values for columns in attempts.values()])
    numbers = all_values[~np.isnan(all_values)]
    minimum, maximum = (float(numbers.min()), float(numbers.max())) if len(numbers) else (np.nan, np.nan)
    return Latest(metric, newest, int(steps), float(values), float(times), len(all_values), minimum, maximum)
