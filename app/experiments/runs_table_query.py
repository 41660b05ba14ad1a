"""What is asked of the table of runs, and where a page of it ended."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.experiments.filter_language import SortKey
from app.experiments.filter_tree import Tree


@dataclass(frozen=True, slots=True)
class Position:
    """The last run of a page."""

    values: tuple[Any, ...]
    """Of what it is sorted by."""
    run_id: UUID


@dataclass(frozen=True, slots=True)
class TableQuery:
    project_id: UUID
    tree: Tree | None
    sort: tuple[SortKey, ...]
    """Missing values come last."""
    newest_first: bool
    """Of runs that the keys leave alike."""
    limit: int
    now: datetime
    """Of the first page: what lasts does not grow from page to page."""
    after: Position | None = None
