"""Keyset pages: newest first by UUIDv7 key, so that a page is found without counting."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Protocol, TypeVar
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, ConfigDict

T = TypeVar("T")


class _Keyed(Protocol):
    @property
    def id(self) -> Any: ...


K = TypeVar("K", bound=_Keyed)


@dataclass(frozen=True, slots=True)
class PageRequest:
    limit: int
    before: UUID | None
    """Only rows with a smaller key."""


class Page(BaseModel, Generic[T]):
    model_config = ConfigDict(from_attributes=True)

    items: list[T]
    next_cursor: str | None
    """Pass as `cursor` for what comes after; null on the last page."""


async def page_request(
    limit: Annotated[int, Query(ge=1, le=200, description="Rows of one page.")] = 50,
    cursor: Annotated[UUID | None, Query(description="`next_cursor` of the page before.")] = None,
) -> PageRequest:
    return PageRequest(limit=limit, before=cursor)


@dataclass(frozen=True, slots=True)
class Rows(Generic[K]):
    """What a service returns and a route renders as `Page`."""

    items: list[K]
    next_cursor: str | None


def page(rows: Sequence[K], request: PageRequest) -> Rows[K]:
    """`rows` were read with `limit + 1`: the extra one tells that there is more."""
    shown = list(rows[: request.limit])
    more = len(rows) > request.limit
    return Rows(shown, str(shown[-1].id) if more else None)
