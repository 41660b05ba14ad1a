"""Large answers, compressed where the client takes it."""

import gzip
from typing import NamedTuple

WORTH = 4096
"""Bytes from which it pays."""
LEVEL = 4


class Compressed(NamedTuple):
    content: bytes
    headers: dict[str, str]


def compressed(content: bytes, encodings: str) -> Compressed:
    """`encodings` as of `Accept-Encoding`."""
    headers = {"Vary": "Accept-Encoding"}
    if len(content) < WORTH or "gzip" not in encodings.lower():
        return Compressed(content, headers)
    return Compressed(gzip.compress(content, LEVEL, mtime=0), headers | {"Content-Encoding": "gzip"})
