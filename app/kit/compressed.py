"""Large answers, compressed where the client takes it."""

import gzip
from typing import NamedTuple

import pyarrow

WORTH = 4096
"""Bytes from which it pays."""
LEVEL = 4
LARGE = 512 * 1024
"""Bytes from which time counts for more than length."""
_ZSTANDARD = pyarrow.Codec("zstd", compression_level=1)
"""Of numbers it finds nothing more at 3 and takes twice as long; gzip takes seven times as long."""


class Compressed(NamedTuple):
    content: bytes
    headers: dict[str, str]


def compressed(content: bytes, encodings: str) -> Compressed:
    """`encodings` as of `Accept-Encoding`."""
    headers = {"Vary": "Accept-Encoding"}
    taken = encodings.lower()
    if len(content) < WORTH:
        return Compressed(content, headers)
    if "zstd" in taken:
        return Compressed(_ZSTANDARD.compress(content, asbytes=True), headers | {"Content-Encoding": "zstd"})
    if "gzip" in taken:
        level = LEVEL if len(content) < LARGE else 1
        return Compressed(gzip.compress(content, level, mtime=0), headers | {"Content-Encoding": "gzip"})
    return Compressed(content, headers)
