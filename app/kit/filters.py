"""What lists can be narrowed by: the same everywhere."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import Query
from pydantic import AwareDatetime
from sqlalchemy import ColumnElement

After = Annotated[AwareDatetime | None, Query(description="Made at this moment or later: RFC 3339, with its offset.")]
Before = Annotated[AwareDatetime | None, Query(description="Made before this moment: RFC 3339, with its offset.")]
Named = Annotated[
    str | None, Query(min_length=1, max_length=200, description="A part of the name, in capitals or not.")
]
Deleted = Annotated[bool, Query(description="What was deleted instead, for those who may undelete it.")]


@dataclass(frozen=True, slots=True)
class Filters:
    name: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    deleted: bool = False

    def of(self, table: Any) -> list[ColumnElement[bool]]:
        """Criteria of rows of `table`; which are deleted is the repository's."""
        found: list[ColumnElement[bool]] = []
        if self.name is not None:
            found.append(table.name.icontains(self.name, autoescape=True))
        if self.created_after is not None:
            found.append(table.created_at >= self.created_after)
        if self.created_before is not None:
            found.append(table.created_at < self.created_before)
        return found


async def filters(name: Named = None, created_after: After = None, created_before: Before = None) -> Filters:
    return Filters(name, created_after, created_before)


async def filters_and_deleted(
    name: Named = None, created_after: After = None, created_before: Before = None, deleted: Deleted = False
) -> Filters:
    return Filters(name, created_after, created_before, deleted)
