"""What a merged chunk tells of its points without any of them being read: of each block of `BLOCK` points the first,
the least and the greatest.

Bytes: header, then a record a block. They are there where the steps of the chunk ascend strictly, so that the points of
a block are those between two steps.
"""

import struct
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.experiments import chunk_codec
from app.experiments.ingest_points import Columns

BLOCK = 64
"""Points. Of fewer there are more records, and of more there is more to read where a column of a chart begins: 128 took
half as long again."""
RECORD = np.dtype(
    [
        *((f"{which}{what}", "<f8") for what in ("", "_time") for which in ("first", "least", "greatest")),
        *(("least_at", "u1"), ("greatest_at", "u1")),
    ]
)
"""Values, their times, and which points of the block the extremes are. As in `downsample.outline` NaN counts for
nothing, and of several that are equal the first."""
_HEADER = struct.Struct("<BBBBd")
_FORMAT = 2
_UNTOLD = 1
"""A format in which nothing told of differences."""
_DIFFERENCES = 0x80
"""Beside the width of a tail."""


class Header(NamedTuple):
    times_ascend: bool
    """Or stay."""
    times_tail: int
    """Bytes of a point in the tail of the column, as `chunk_codec.tail_width`."""
    values_tail: int
    last_time: float
    values_alone: bool
    """Whether a value can be read without those before it in its block."""


def written(columns: Columns, times: bytes, values: bytes) -> bytes:
    """Of [N ≥ 1] points, and of their columns as they are packed. Empty where steps do not ascend strictly."""
    if not (columns.steps[1:] > columns.steps[:-1]).all():
        return b""
    ascend = bool((columns.times[1:] >= columns.times[:-1]).all())
    values_tail = chunk_codec.tail_width(values) | (_DIFFERENCES if chunk_codec.of_differences(values) else 0)
    header = _HEADER.pack(_FORMAT, ascend, chunk_codec.tail_width(times), values_tail, float(columns.times[-1]))
    return header + _records(columns).tobytes()


def header_of(data: bytes) -> Header:
    form, ascend, times_tail, values_tail, last_time = _HEADER.unpack_from(data)
    if form not in (_FORMAT, _UNTOLD):
        raise ValueError(f"no format of extremes is numbered {form}")
    alone = form == _FORMAT and not values_tail & _DIFFERENCES
    return Header(bool(ascend), times_tail, values_tail & ~_DIFFERENCES, last_time, alone)


def records_of(chunks: Sequence[bytes]) -> NDArray[np.void]:
    """Of chunks that follow each other: [blocks] of `RECORD`."""
    return np.frombuffer(b"".join(memoryview(data)[_HEADER.size :] for data in chunks), RECORD)


def _records(columns: Columns) -> NDArray[np.void]:
    starts = np.arange(0, len(columns.steps), BLOCK)
    numbers = ~np.isnan(columns.values)
    least = _blocks(np.where(numbers, columns.values, np.inf), np.inf).argmin(axis=1)
    greatest = _blocks(np.where(numbers, columns.values, -np.inf), -np.inf).argmax(axis=1)
    records = np.empty(len(starts), RECORD)
    for which, at in (("first", starts), ("least", starts + least), ("greatest", starts + greatest)):
        records[which], records[f"{which}_time"] = columns.values[at], columns.times[at]
    records["least_at"], records["greatest_at"] = least, greatest
    return records


def _blocks(column: NDArray[np.float64], fill: float) -> NDArray[np.float64]:
    """[N] → [blocks, BLOCK], the last of them filled up."""
    blocks = np.full(-(-len(column) // BLOCK) * BLOCK, fill)
    blocks[: len(column)] = column
    return blocks.reshape(-1, BLOCK)
