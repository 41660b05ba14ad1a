"""The cursor of a table: where its last page ended, when its first was read, and which question it answers."""

import base64
import binascii
import hashlib
import json
import math
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from app.errors import Invalid
from app.experiments.runs_table_query import Position

_MADE_BY_NOBODY = "this cursor was not given by a table: leave it out for the first page"


def written(position: Position, now: datetime, *question: str) -> str:
    values = [_plain(value) for value in position.values]
    parts = [_digest(question), str(position.run_id), now.isoformat(), values]
    text = json.dumps(parts, allow_nan=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read(cursor: str, *question: str, kinds: Sequence[type]) -> tuple[Position, datetime]:
    """`kinds` are the types of what is sorted by. Raises `Invalid` where it is of another question."""
    try:
        asked, run_id, now, values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if asked != _digest(question):
            raise Invalid("this cursor belongs to another filter or sort: begin with the first page", field="cursor")
        values = tuple(_valued(value, kind) for value, kind in zip(values, kinds, strict=True))
        return Position(values, UUID(run_id)), _moment(now)
    except (binascii.Error, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise Invalid(_MADE_BY_NOBODY, field="cursor") from error


def _digest(question: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(question).encode()).hexdigest()[:12]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, float) and math.isinf(value):
        return str(value)
    return value


def _valued(value: Any, kind: type) -> Any:
    if value is None:
        return None
    if kind is float and not isinstance(value, float | int | str):
        raise ValueError(value)
    if kind is not float and not isinstance(value, str):
        raise ValueError(value)
    return datetime.fromisoformat(value) if kind is datetime else kind(value)


def _moment(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError(value)
    return moment
