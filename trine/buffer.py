"""What a run has logged and not yet sent: columns in memory, cut into batches small enough for one request."""

import json
import math
import operator
from array import array
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from trine.specs.telemetry import Failure, LogChunk, Series

MAX_POINTS = 1_000_000
"""24 MB of arrays."""
MAX_TEXT = 16 * 1024 * 1024
LARGE_POINTS = 4_096
LARGE_TEXT = 128 * 1024
BATCH_BYTES = 480_000
"""A batch is at most 500 KB on the wire; the rest is for its envelope."""

_POINT_BYTES = 64
"""Longest step, value and time as JSON, with commas."""
_CHUNK_CHARACTERS = 32 * 1024
_MAX_STEP = 2**53


@dataclass
class Piece:
    """The content of one batch: its fields without source, sequence and attempt."""

    metrics: dict[str, Series] = field(default_factory=dict)
    params: dict[str, Any] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    summary: dict[str, Any] = field(default_factory=dict)
    logs: list[LogChunk] = field(default_factory=list)
    failure: Failure | None = None
    bytes: int = 0
    """Upper bound of its size as JSON."""

    @property
    def points(self) -> int:
        return sum(len(series.steps) for series in self.metrics.values())


class _Column:
    __slots__ = ("steps", "times", "values")

    def __init__(self) -> None:
        self.steps = array("q")
        self.values = array("d")
        self.times = array("d")


class Buffer:
    """Thread-safe. `add` takes microseconds; beyond its bounds it drops the newest and counts."""

    def __init__(self, *, max_points: int = MAX_POINTS, max_text: int = MAX_TEXT) -> None:
        self._lock = Lock()
        self._max_points = max_points
        self._max_text = max_text
        self._columns: dict[str, _Column] = {}
        self._logs: deque[tuple[str, float, str]] = deque()
        self._partial: dict[str, tuple[float, str]] = {}
        self._facts: dict[str, dict[str, Any]] = {"params": {}, "tags": {}, "summary": {}}
        self._failure: Failure | None = None
        self._points = 0
        self._text = 0
        self._next_step = 0
        self.dropped_points = 0
        self.dropped_text = 0
        """Characters."""

    @property
    def large(self) -> bool:
        """Worth sending before the next interval."""
        return self._points >= LARGE_POINTS or self._text >= LARGE_TEXT

    @property
    def last_step(self) -> int:
        """The last one that was logged; 0 before the first."""
        return max(0, self._next_step - 1)

    def begin_at(self, step: int) -> None:
        """The step of the first point that comes without one."""
        with self._lock:
            self._next_step = step

    def add(self, metrics: Mapping[str, Any], step: int | None, now: float, *, apart: bool = False) -> None:
        """Adds a point to each metric. Raises what the conversion of a value raises; then adds none.

        What is told `apart` has steps of its own, which the next point without a step does not follow.
        """
        values = [(name, float(value)) for name, value in metrics.items()]
        with self._lock:
            at = self._next_step if step is None else operator.index(step)
            if not 0 <= at < _MAX_STEP:
                raise ValueError(f"step must be from 0 to 2**53 - 1, not {at}")
            if self._points + len(values) > self._max_points:
                self.dropped_points += len(values)
                return
            columns = self._columns
            for name, _ in values:
                if name not in columns:
                    columns[checked_name(name)] = _Column()
            for name, value in values:
                column = columns[name]
                column.steps.append(at)
                column.values.append(value)
                column.times.append(now)
            if not apart:
                self._next_step = at + 1
            self._points += len(values)

    def add_output(self, stream: str, text: str, now: float) -> None:
        """Adds text to a stream. Only whole lines are sent, unless `cut(final=True)`."""
        if stream not in ("stdout", "stderr"):
            raise ValueError(f"stream must be stdout or stderr, not {stream!r}")
        text = _clean_text(text)
        with self._lock:
            if self._text + len(text) > self._max_text:
                self.dropped_text += len(text)
                return
            self._text += len(text)
            begun, before = self._partial.pop(stream, (now, ""))
            end = text.rfind("\n") + 1
            whole, rest = before + text[:end] if end else "", text[end:] if end else before + text
            if whole:
                self._logs.append((stream, begun, whole))
            if len(rest) >= _CHUNK_CHARACTERS:
                self._logs.append((stream, begun if not whole else now, rest))
            elif rest:
                self._partial[stream] = (begun if not whole else now, rest)

    def set(self, kind: str, values: Mapping[str, Any]) -> None:
        """Sets `params`, `tags` or `summary`; a later value of a key replaces an earlier one."""
        plain = {str(key)[:250]: str(value) if kind == "tags" else plain_json(value) for key, value in values.items()}
        with self._lock:
            self._facts[kind].update(plain)

    def fail(self, failure: Failure) -> None:
        with self._lock:
            self._failure = failure

    def cut(self, *, final: bool = False) -> list[Piece]:
        """Takes everything out, in pieces of at most `BATCH_BYTES`."""
        with self._lock:
            columns, self._columns = self._columns, {}
            logs, self._logs = self._logs, deque()
            if final:
                logs.extend((stream, begun, text) for stream, (begun, text) in self._partial.items())
                self._partial = {}
            facts, self._facts = self._facts, {"params": {}, "tags": {}, "summary": {}}
            failure, self._failure = self._failure, None
            self._points = 0
            self._text = sum(len(text) for _, text in self._partial.values())
        return _pieces(columns, logs, facts, failure)


def checked_name(name: object) -> str:
    if not isinstance(name, str) or not 1 <= len(name) <= 250:
        raise ValueError(f"a metric's name must be a string of 1 to 250 characters, not {str(name)[:60]!r}")
    name.encode()  # a lone surrogate has no place in JSON
    return name


def plain_json(value: Any) -> Any:
    """`value` as JSON can hold it: NaN and infinities become strings, unknown objects their `str`."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return _clean_text(value)
    if isinstance(value, float):
        return (
            float(value) if math.isfinite(value) else {math.inf: "Infinity", -math.inf: "-Infinity"}.get(value, "NaN")
        )
    if isinstance(value, Mapping):
        return {_clean_text(str(key)): plain_json(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain_json(each) for each in value]
    if hasattr(value, "tolist"):  # numpy, torch
        return plain_json(value.tolist())
    return _clean_text(str(value))


def _clean_text(text: str) -> str:
    """PostgreSQL stores no NUL, UTF-8 no lone surrogate."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def _pieces(
    columns: dict[str, _Column],
    logs: deque[tuple[str, float, str]],
    facts: dict[str, dict[str, Any]],
    failure: Failure | None,
) -> list[Piece]:
    pieces = [Piece()]

    def room(size: int) -> Piece:
        if pieces[-1].bytes and pieces[-1].bytes + size > BATCH_BYTES:
            pieces.append(Piece())
        pieces[-1].bytes += size
        return pieces[-1]

    for kind, most in (("params", 1_500), ("tags", 150), ("summary", 1_500)):
        for key, value in facts[kind].items():
            size = _size(key) + _size(value) + 2
            if size > BATCH_BYTES:
                value, size = f"<{size} bytes of JSON: too large, log it as an artifact>", _size(key) + 80
            piece = room(size)
            if len(getattr(piece, kind)) >= most:
                piece = Piece(bytes=size)
                pieces.append(piece)
            getattr(piece, kind)[key] = value
    for chunk in _chunks(logs):
        piece = room(_size(chunk.text) + 80)
        piece.logs.append(chunk)
    for name, column in columns.items():
        _spread(name, column, pieces)
    if failure is not None:
        room(_size(failure.message) + _size(failure.traceback) + 100).failure = failure
    return [piece for piece in pieces if piece.bytes]


def _spread(name: str, column: _Column, pieces: list[Piece]) -> None:
    """Puts a column into the last piece, and into new ones as each is full."""
    overhead = _size(name) + 48
    start, count = 0, len(column.steps)
    while start < count:
        piece = pieces[-1]
        take = min((BATCH_BYTES - piece.bytes - overhead) // _POINT_BYTES, count - start)
        if take < 1 or len(piece.metrics) >= 10_000:
            pieces.append(Piece())
            continue
        part = slice(start, start + take)
        piece.metrics[name] = Series.model_construct(
            steps=column.steps[part].tolist(), values=column.values[part].tolist(), times=column.times[part].tolist()
        )
        piece.bytes += overhead + take * _POINT_BYTES
        start += take


def _chunks(logs: deque[tuple[str, float, str]]) -> Iterator[LogChunk]:
    """Neighbours of one stream joined, long ones divided."""
    stream, begun, held = "", 0.0, ""
    for name, time, text in logs:
        if held and (name != stream or len(held) + len(text) > _CHUNK_CHARACTERS):
            yield from _divided(stream, begun, held)
            held = ""
        if not held:
            stream, begun = name, time
        held += text
    if held:
        yield from _divided(stream, begun, held)


def _divided(stream: str, begun: float, text: str) -> Iterator[LogChunk]:
    while text:
        end = len(text)
        if end > _CHUNK_CHARACTERS:
            end = text.rfind("\n", 0, _CHUNK_CHARACTERS) + 1 or _CHUNK_CHARACTERS
        yield LogChunk.model_validate({"stream": stream, "time": begun, "text": text[:end]})
        text = text[end:]


def _size(value: Any) -> int:
    return len(json.dumps(value))
