from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from app.experiments.runs_table_schemas import ColumnText, Cursor, FilterText, Limit
from app.experiments.runs_table_schemas import SortText as RunsSortText


class RunsGroupsRequest(BaseModel):
    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    by: Annotated[list[ColumnText], Field(min_length=1, max_length=5)]
    """Such as `params.lr`, `tags.team`, `experiment`."""
    metrics: Annotated[list[ColumnText], Field(max_length=20)] = []
    """Such as `metrics.loss` or `min(metrics.loss)`."""
    filter: FilterText = ""
    sort: RunsSortText = ""
    """By one of `by`, or the mean of one of `metrics`, or several of them. Empty: by `by`."""
    limit: Limit = 50
    cursor: Cursor = None


class Spread(BaseModel):
    """Of the values of a metric in a group. Null where there are none."""

    model_config = ConfigDict(from_attributes=True)

    count: int
    """Runs that have a finite value: those that the rest is about."""
    mean: float | None
    deviation: float | None
    """The standard deviation of a sample (n - 1); null of fewer than two."""
    minimum: float | None
    maximum: float | None
    others: int
    """Runs whose value is NaN, infinite, or beyond 1e150, whose square no float64 holds."""


class RunsGroup(BaseModel):
    keys: list[Any]
    """In the order of `by`: a number, a text, or null for runs that do not have it. A parameter that writes a number is
    one: `0.001` and the text `1e-3` are together."""
    runs: int
    metrics: list[Spread]
    """In the order of `metrics`."""
    filter: str | None
    """That finds the runs of the group; null where it would be longer than a filter may be."""


class RunsGroups(BaseModel):
    items: list[RunsGroup]
    next_cursor: str | None
    """Pass as `cursor`, with all else the same, for what comes after; null on the last page."""
