"""An exception as data for a log: what kind, and where. Its message is left out: that may quote what a user sent."""

import traceback
from collections.abc import Iterator
from typing import Any

import psycopg

SAFE = (OSError, psycopg.OperationalError, ModuleNotFoundError, NotImplementedError)
"""Their messages are the operating system's, or the database's about a connection."""
DEEPEST = 10
FRAMES = 30


def described(error: BaseException) -> list[dict[str, Any]]:
    """The exception and what led to it, the last first; the frames of each from the outside in."""
    return [_described(each) for each, _ in zip(_chain(error), range(DEEPEST), strict=False)]


def _chain(error: BaseException) -> Iterator[BaseException]:
    yield error
    if isinstance(error, BaseExceptionGroup):
        for member in error.exceptions:
            yield from _chain(member)
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _chain(before)


def _described(error: BaseException) -> dict[str, Any]:
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    described: dict[str, Any] = {
        "type": f"{type(error).__module__}.{type(error).__qualname__}",
        "frames": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }
    if isinstance(error, SAFE):
        described["message"] = str(error)
    if isinstance(error, psycopg.Error) and error.sqlstate:
        described |= {"sqlstate": error.sqlstate, "constraint": error.diag.constraint_name}
    return described
