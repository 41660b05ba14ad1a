"""Large answers, compressed where the client takes it."""

import gzip
from typing import NamedTuple

WORTH = 4096
"""Bytes from which it pays."""
LEVEL = 4
LARGE = 512 * 1024
"""Bytes from which time counts for more than length."""


class Compressed(NamedTuple):
    content: bytes
    headers: dict[str, str]


def compressed(content: bytes, encodings: str) -> Compressed:
    """`encodings` as of `Accept-Encoding`."""
    headers = {"Vary": "Accept-Encoding"}
    if len(content) < WORTH or "gzip" not in encodings.lower():
        return Compressed(content, headers)
    return Compressed(
        gzip.compress(content, LEVEL if len(content) < LARGE else 1, mtime=0), headers | {"Content-Encoding": "gzip"}
    )
