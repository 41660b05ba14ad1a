"""The points of a batch as the bytes in which they wait to be folded.

`uint32` length of the header · header, JSON `[attempt, [[name, points, at, at, at], …]]` · columns, little-endian:
steps as int64, times and values as float64. `at` is where a column begins behind the header. Metrics of one batch
mostly share their steps and times, so a column that is there is not written again.
"""

import struct
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
import structlog
from numpy.typing import NDArray
from pydantic_core import from_json, to_json

from trine.specs.telemetry import Series

log = structlog.get_logger(__name__)

_LENGTH = struct.Struct("<I")


class Columns(NamedTuple):
    """Points: three arrays [N]."""

    steps: NDArray[np.int64]
    times: NDArray[np.float64]
    values: NDArray[np.float64]

    def at(self, which: slice | NDArray[Any]) -> "Columns":
        return Columns(self.steps[which], self.times[which], self.values[which])


class Reported(NamedTuple):
    """Points of one metric in the order in which they were logged."""

    name: str
    attempt: int
    columns: Columns


def pack(attempt: int, metrics: Mapping[str, Series]) -> bytes:
    """Empty where there are no points."""
    columns: dict[bytes, int] = {}
    size = 0
    entries: list[tuple[Any, ...]] = []
    for name, series in metrics.items():
        if not (count := len(series.steps)):
            continue
        entry: list[Any] = [name, count]
        floats = f"<{count}d"
        for column in (
            struct.pack(f"<{count}q", *series.steps),
            struct.pack(floats, *series.times),
            struct.pack(floats, *series.values),
        ):
            at = columns.setdefault(column, size)
            if at == size:
                size += len(column)
            entry.append(at)
        entries.append(tuple(entry))
    if not entries:
        return b""
    header = to_json((attempt, entries))
    return b"".join((_LENGTH.pack(len(header)), header, *columns))


def joined(parts: Sequence[Columns]) -> Columns:
    """One after the other; of one part no copy."""
    if len(parts) == 1:
        return parts[0]
    return Columns(
        np.concatenate([part.steps for part in parts] or [np.empty(0, np.int64)]),
        np.concatenate([part.times for part in parts] or [np.empty(0)]),
        np.concatenate([part.values for part in parts] or [np.empty(0)]),
    )


class Damaged(ValueError):
    """Bytes that no batch has."""


def readable(run_id: UUID, packed: bytes) -> list[Reported]:
    """Of a batch that waits. Nothing of one that is damaged: others are shown until the folder sets it aside."""
    try:
        return unpack(packed)
    except Damaged as error:
        log.error("telemetry.unreadable", run=str(run_id), reason=str(error))
        return []


def unpack(packed: bytes) -> list[Reported]:
    """Raises `Damaged`."""
    try:
        return _unpacked(packed)
    except (struct.error, ValueError, TypeError, LookupError) as error:
        raise Damaged(f"not a batch: {error}") from error


def _unpacked(packed: bytes) -> list[Reported]:
    (length,) = _LENGTH.unpack_from(packed)
    start = _LENGTH.size + length
    attempt, entries = from_json(packed[_LENGTH.size : start])
    read: dict[tuple[str, int, int], NDArray[Any]] = {}

    def column(kind: str, count: int, at: int) -> NDArray[Any]:
        found = read.get((kind, count, at))
        if found is None:
            found = read[kind, count, at] = np.frombuffer(packed, kind, count, start + at)
        return found

    return [
        Reported(
            name,
            attempt,
            Columns(column("<i8", count, steps), column("<f8", count, times), column("<f8", count, values)),
        )
        for name, count, steps, times, values in entries
    ]
