"""Columns of a chunk as bytes, without loss: every bit of a float64 comes back, NaN included.

The first byte names the encoding.

- `PLAIN`: big-endian, as PostgreSQL's `int8send` and `float8send` write them. What is to be merged soon.
- `EVEN`: first value and stride of integers that lie evenly apart, as mostly steps do.
- `PACKED`: differences between neighbours, of floats those of their bit patterns where that is shorter; bytes of the
  same weight together (the byte-stream split of Apache Parquet's format, Encodings.md), then zstandard.
- `SPLIT`: as `PACKED`, but bytes in which zstandard finds nothing, as the low ones of a noisy loss, lie as they are
  behind the others, point by point: `uint8` which weights (bit 0 the lowest) · packed weights · tail [N, weights]. Of
  some points only their part of the tail is read.
"""

import functools
import struct
from collections.abc import Sequence
from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np
import pyarrow
from numpy.typing import NDArray

from app.experiments.ingest_points import Columns

_CODEC = pyarrow.Codec("zstd", compression_level=3)
_EVEN = struct.Struct("<qq")
WORTH_IT = 0.9
"""Of the length as it is, what differences must come below."""


class Encoding(IntEnum):
    PLAIN = 0
    EVEN = 1
    PACKED = 2
    PACKED_DIFFERENCES = 3
    SPLIT = 4
    SPLIT_DIFFERENCES = 5


_OF_DIFFERENCES = {Encoding.PACKED_DIFFERENCES, Encoding.SPLIT_DIFFERENCES}
_SPLIT = {Encoding.SPLIT, Encoding.SPLIT_DIFFERENCES}
INCOMPRESSIBLE = 0.95
"""Of the length as it is, what packing must come below."""
WORTH_SPLITTING = 512
"""Points; of fewer zstandard's own words count."""


def plain(column: NDArray[Any]) -> bytes:
    return bytes([Encoding.PLAIN]) + column.astype(column.dtype.newbyteorder(">")).tobytes()


def packed_steps(steps: NDArray[np.int64]) -> bytes:
    """Ascending, [N ≥ 1]."""
    strides = np.diff(steps)
    if not len(strides) or (strides == strides[0]).all():
        return bytes([Encoding.EVEN]) + _EVEN.pack(int(steps[0]), int(strides[0]) if len(strides) else 0)
    return bytes([Encoding.PACKED_DIFFERENCES]) + _packed(_planes(_differences(steps)))


def packed_floats(column: NDArray[np.float64]) -> bytes:
    """Clocks differ little from one point to the next, losses in all their bits: their differences save nothing, and
    take longer to read."""
    bits = np.ascontiguousarray(column, np.float64).view(np.int64)
    whole, differences = _split(bits, Encoding.SPLIT), _split(_differences(bits), Encoding.SPLIT_DIFFERENCES)
    return differences if len(differences) < WORTH_IT * len(whole) else whole


def tail_width(data: bytes) -> int:
    """Bytes of a point in the tail of a packed column; 0 where it has none."""
    return data[1].bit_count() if data[0] in _SPLIT else 0


def of_differences(data: bytes) -> bool:
    """Whether `words_at` tells differences between neighbours, zigzag."""
    return data[0] in _OF_DIFFERENCES


class Some(NamedTuple):
    """Of a packed column what tells of some of its points."""

    head: bytes
    """The column without its tail."""
    tail: bytes
    """Of those points alone, one after the other."""
    points: int
    """Of the whole column."""


def words_at(columns: Sequence[Some], rows: NDArray[np.intp], counts: NDArray[np.intp]) -> NDArray[np.int64]:
    """What is stored of the points `rows` of each column, `counts` of the first, of the second …: bit patterns, or
    differences between them."""
    words = np.empty(len(rows), np.int64)
    masks = np.array([_mask(column.head) for column in columns])
    for mask in set(masks.tolist()):
        alike = masks == mask
        if alike.all():
            return _alike_at(columns, rows, counts)
        which = np.repeat(alike, counts)
        chosen = [column for column, one in zip(columns, alike.tolist(), strict=True) if one]
        words[which] = _alike_at(chosen, rows[which], counts[alike])
    return words


def even_steps(data: bytes) -> tuple[int, int] | None:
    """First and stride of steps that lie evenly apart."""
    if data[0] != Encoding.EVEN:
        return None
    first, stride = _EVEN.unpack_from(data, 1)
    return first, stride


def columns_of(count: int, steps: bytes, times: bytes | None, values: bytes) -> Columns:
    """All of a chunk; its times are 0 where they were not read."""
    read = np.broadcast_to(0.0, count) if times is None else floats_of(times, count)
    return Columns(steps_of(steps, count), read, floats_of(values, count))


def steps_of(data: bytes, count: int) -> NDArray[np.int64]:
    """[count]"""
    return _integers(data, count, "i8")


def floats_of(data: bytes, count: int) -> NDArray[np.float64]:
    """[count]"""
    if data[0] == Encoding.PLAIN:
        return np.frombuffer(data, ">f8", count, 1).astype(np.float64)
    return _integers(data, count, "f8").view(np.float64)


def _integers(data: bytes, count: int, kind: str) -> NDArray[np.int64]:
    match data[0]:
        case Encoding.PLAIN:
            return np.frombuffer(data, f">{kind}", count, 1).astype(np.int64)
        case Encoding.EVEN:
            first, stride = _EVEN.unpack_from(data, 1)
            return first + stride * np.arange(count, dtype=np.int64)
        case Encoding.PACKED | Encoding.SPLIT:
            return _words(data, count)
        case Encoding.PACKED_DIFFERENCES | Encoding.SPLIT_DIFFERENCES:
            return unzigzag(_words(data, count)).cumsum()
    raise ValueError(f"no encoding is numbered {data[0]}")


def unzigzag(column: NDArray[np.int64]) -> NDArray[np.int64]:
    return ((column.view(np.uint64) >> np.uint64(1)).view(np.int64)) ^ -(column & 1)


def _differences(column: NDArray[np.int64]) -> NDArray[np.int64]:
    """Small numbers of either sign as small numbers (Protocol Buffers, Encoding, "Signed Integers")."""
    # Wraps around where a difference leaves int64, and back again when it is read.
    differences = np.diff(column, prepend=np.int64(0))
    return (differences << 1) ^ (differences >> 63)


def _split(column: NDArray[np.int64], encoding: Encoding) -> bytes:
    planes = _planes(column)
    raw = [weight for weight, plane in enumerate(planes) if len(_packed(plane)) > INCOMPRESSIBLE * len(plane)]
    if not raw or len(column) < WORTH_SPLITTING:
        whole = Encoding.PACKED if encoding is Encoding.SPLIT else Encoding.PACKED_DIFFERENCES
        return bytes([whole]) + _packed(planes)
    packed = [weight for weight in range(8) if weight not in raw]
    head = _packed(np.ascontiguousarray(planes[packed])) if packed else b""
    return bytes([encoding, sum(1 << weight for weight in raw)]) + head + planes[raw].T.tobytes()


def _words(data: bytes, count: int) -> NDArray[np.int64]:
    """All of a packed column."""
    _, raw = _weights(data)
    if not raw:
        return np.ascontiguousarray(_unpacked(data, count, 8).T).view("<i8").reshape(count).astype(np.int64, copy=False)
    end = len(data) - count * len(raw)
    return words_at([Some(data[:end], data[end:], count)], np.arange(count), np.array([count]))


def _weights(data: bytes) -> tuple[list[int], list[int]]:
    """Which bytes of a number are packed, and which lie in the tail."""
    return _parted(_mask(data))


def _mask(data: bytes) -> int:
    return data[1] if data[0] in _SPLIT else 0


@functools.cache
def _parted(mask: int) -> tuple[list[int], list[int]]:
    return [at for at in range(8) if not mask >> at & 1], [at for at in range(8) if mask >> at & 1]


def _planes(column: NDArray[np.int64]) -> NDArray[np.uint8]:
    """[N] → bytes of each weight [8, N]"""
    return np.ascontiguousarray(column.astype("<i8", copy=False).view(np.uint8).reshape(-1, 8).T)


def _packed(planes: NDArray[np.uint8]) -> bytes:
    compressed: bytes = _CODEC.compress(planes, asbytes=True)
    return compressed


def _unpacked(data: bytes, count: int, weights: int) -> NDArray[np.uint8]:
    """[weights, count]"""
    return np.frombuffer(_CODEC.decompress(memoryview(data)[1:], weights * count), np.uint8).reshape(weights, count)


def _alike_at(columns: Sequence[Some], rows: NDArray[np.intp], counts: NDArray[np.intp]) -> NDArray[np.int64]:
    """Of columns whose bytes of the same weights are packed."""
    packed, raw = _weights(columns[0].head)
    words = np.empty((len(rows), 8), np.uint8)
    if raw:
        tails = np.frombuffer(b"".join(column.tail for column in columns), np.uint8)
        words[:, _run(raw)] = tails.reshape(len(rows), len(raw))
    if packed:
        lengths = np.array([column.points for column in columns])
        planes = _unpacked_together(columns, len(packed) * int(lengths.sum()))
        at = rows + np.repeat(len(packed) * (np.cumsum(lengths) - lengths), counts)
        further = np.repeat(lengths, counts)
        for weight in packed:
            words[:, weight] = planes[at]
            at += further
    return words.view("<i8").reshape(len(rows))


def _run(weights: list[int]) -> slice | list[int]:
    """What NumPy copies at once, where it is that."""
    consecutive = weights[-1] - weights[0] == len(weights) - 1
    return slice(weights[0], weights[-1] + 1) if consecutive else weights


def _unpacked_together(columns: Sequence[Some], length: int) -> NDArray[np.uint8]:
    """Packed weights of one column after the other: zstandard takes frames that follow each other as one. For each
    alone it would be set up anew, which takes longer than the work."""
    frames = b"".join(memoryview(head)[2 if head[0] in _SPLIT else 1 :] for head, _, _ in columns)
    return np.frombuffer(_CODEC.decompress(frames, length), np.uint8)
