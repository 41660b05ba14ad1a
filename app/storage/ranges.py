"""Ranges of bytes (RFC 9110, section 14): one range is answered with it, several with the whole."""

import re
from dataclasses import dataclass

from app.errors import PlatformError

_ONE = re.compile(r"\s*bytes\s*=\s*([0-9]{0,19})\s*-\s*([0-9]{0,19})\s*", re.IGNORECASE)


class RangeNotSatisfiable(PlatformError):
    status, code = 416, "range_not_satisfiable"


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes from `start` up to but not including `end`."""

    start: int
    end: int

    def of(self, size: int) -> str:
        """As `Content-Range`."""
        return f"bytes {self.start}-{self.end - 1}/{size}"


def span(header: str | None, size: int) -> Span | None:
    """What is asked of a file of `size` bytes; None where it is the whole. Raises `RangeNotSatisfiable`."""
    asked = _ONE.fullmatch(header) if header else None
    if asked is None or asked.groups() == ("", ""):
        return None
    first, last = asked.groups()
    if first and last and int(last) < int(first):
        return None  # That is no range, and what is no range is ignored.
    start = int(first) if first else size - min(int(last), size)
    end = min(int(last) + 1, size) if first and last else size
    if start >= end:
        raise RangeNotSatisfiable(
            f"the file has {size} bytes and none in the range {header!r}: ask for bytes below {size}",
            headers={"Content-Range": f"bytes */{size}"},
        )
    return Span(start, end)
