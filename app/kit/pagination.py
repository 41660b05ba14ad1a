"""Keyset pages: newest first by UUIDv7 key, so that a page is found without counting."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Protocol, TypeVar
from uuid import UUID

from fastapi import Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict

T = TypeVar("T")
_KEY_BYTES = 16


class _Keyed(Protocol):
    @property
    def id(self) -> Any: ...


K = TypeVar("K", bound=_Keyed)


@dataclass(frozen=True, slots=True)
class PageRequest:
    limit: int
    before: UUID | None
    """Only rows with a smaller key."""
    question: bytes
    """Which list is read, and how it is narrowed and sorted: a cursor is good for this alone."""


class Page(BaseModel, Generic[T]):
    model_config = ConfigDict(from_attributes=True)

    items: list[T]
    next_cursor: str | None
    """Pass as `cursor` for what comes after; null on the last page."""


async def page_request(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=200, description="Rows of one page.")] = 50,
    cursor: Annotated[
        str | None, Query(max_length=100, description="`next_cursor` of the page before, of the same list.")
    ] = None,
) -> PageRequest:
    asked = sorted(each for each in request.query_params.multi_items() if each[0] not in {"limit", "cursor"})
    question = hashlib.sha256(repr((request.url.path, asked)).encode()).digest()[:8]
    return PageRequest(limit, _before(cursor, question) if cursor is not None else None, question)


@dataclass(frozen=True, slots=True)
class Rows(Generic[T]):
    """What a service returns and a route renders as `Page`."""

    items: list[T]
    next_cursor: str | None


def page(rows: Sequence[K], request: PageRequest) -> Rows[K]:
    """`rows` were read with `limit + 1`: the extra one tells that there is more."""
    shown = list(rows[: request.limit])
    more = len(rows) > request.limit
    return Rows(shown, _cursor(shown[-1].id, request.question) if more else None)


def _cursor(key: UUID, question: bytes) -> str:
    return base64.urlsafe_b64encode(key.bytes + question).decode()


def _before(cursor: str, question: bytes) -> UUID:
    try:
        held = base64.b64decode(cursor, altchars=b"-_", validate=True)
    except ValueError:
        held = b""
    if len(held) != _KEY_BYTES + len(question) or held[_KEY_BYTES:] != question:
        problem = "not the `next_cursor` of a page of this list, filter and sort: leave it out for the first page"
        raise RequestValidationError([{"type": "value_error", "loc": ("query", "cursor"), "msg": problem}])
    return UUID(bytes=held[:_KEY_BYTES])
