"""Columns of a chunk as bytes, without loss: every bit of a float64 comes back, NaN included.

The first byte names the encoding.

- `PLAIN`: big-endian, as PostgreSQL's `int8send` and `float8send` write them. What is to be merged soon.
- `EVEN`: first value and stride of integers that lie evenly apart, as mostly steps do.
- `PACKED`: differences between neighbours, of floats those of their bit patterns where that is shorter; bytes of the
  same weight together (the byte-stream split of Apache Parquet's format, Encodings.md), then zstandard.
"""

import struct
from enum import IntEnum
from typing import Any

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


def plain(column: NDArray[Any]) -> bytes:
    return bytes([Encoding.PLAIN]) + column.astype(column.dtype.newbyteorder(">")).tobytes()


def packed_steps(steps: NDArray[np.int64]) -> bytes:
    """Ascending, [N ≥ 1]."""
    strides = np.diff(steps)
    if not len(strides) or (strides == strides[0]).all():
        return bytes([Encoding.EVEN]) + _EVEN.pack(int(steps[0]), int(strides[0]) if len(strides) else 0)
    return _differences(steps)


def packed_floats(column: NDArray[np.float64]) -> bytes:
    """Clocks differ little from one point to the next, losses in all their bits: their differences save nothing, and
    take longer to read."""
    bits = np.ascontiguousarray(column, np.float64).view(np.int64)
    whole, differences = bytes([Encoding.PACKED]) + _shuffled(bits), _differences(bits)
    return differences if len(differences) < WORTH_IT * len(whole) else whole


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
        case Encoding.PACKED:
            return _unshuffled(data, count)
        case Encoding.PACKED_DIFFERENCES:
            return _unzigzag(_unshuffled(data, count)).cumsum()
    raise ValueError(f"no encoding is numbered {data[0]}")


def _differences(column: NDArray[np.int64]) -> bytes:
    # Wraps around where a difference leaves int64, and back again when it is read.
    return bytes([Encoding.PACKED_DIFFERENCES]) + _shuffled(_zigzag(np.diff(column, prepend=np.int64(0))))


def _zigzag(column: NDArray[np.int64]) -> NDArray[np.int64]:
    """Small numbers of either sign as small numbers (Protocol Buffers, Encoding, "Signed Integers")."""
    return (column << 1) ^ (column >> 63)


def _unzigzag(column: NDArray[np.int64]) -> NDArray[np.int64]:
    return ((column.view(np.uint64) >> np.uint64(1)).view(np.int64)) ^ -(column & 1)


def _shuffled(column: NDArray[np.int64]) -> bytes:
    split = np.ascontiguousarray(column.astype("<i8", copy=False).view(np.uint8).reshape(-1, 8).T)
    compressed: bytes = _CODEC.compress(split, asbytes=True)
    return compressed


def _unshuffled(data: bytes, count: int) -> NDArray[np.int64]:
    split = np.frombuffer(_CODEC.decompress(memoryview(data)[1:], 8 * count), np.uint8)
    return np.ascontiguousarray(split.reshape(8, count).T).view("<i8").reshape(count).astype(np.int64, copy=False)
