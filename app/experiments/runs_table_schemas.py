from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.experiments.filter_language import LENGTH
from app.experiments.schemas import RunStatus

FilterText = Annotated[
    str,
    Field(
        max_length=LENGTH,
        description='Such as `metrics.loss < 0.3 and params.lr = 1e-3 and tags.team = "nlp"`. Empty: all runs.',
    ),
]
SortText = Annotated[
    str,
    Field(
        max_length=LENGTH,
        description="Such as `min(metrics.loss), created_at desc`. What a run does not have comes last. Empty: newest "
        "first.",
    ),
]
ColumnText = Annotated[str, Field(min_length=1, max_length=1000)]
Columns = Annotated[
    list[ColumnText] | None,
    Field(
        max_length=200,
        description="Which metrics, parameters, tags and parts of the summary come with each run, such as "
        "`metrics.loss`. Default: all.",
    ),
]
Limit = Annotated[int, Field(ge=1, le=200, description="Rows of one page.")]
Cursor = Annotated[str | None, Field(max_length=8000, description="`next_cursor` of the page before.")]


class RunsTableRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    filter: FilterText = ""
    sort: SortText = ""
    columns: Columns = None
    limit: Limit = 50
    cursor: Cursor = None


class RunsCountRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    filter: FilterText = ""


class RunsCount(BaseModel):
    runs: int
    """That match, exactly."""


class MetricCell(BaseModel):
    """NaN and infinities are strings."""

    model_config = ConfigDict(from_attributes=True, ser_json_inf_nan="strings")

    step: int
    value: float
    """The last."""
    minimum: float
    maximum: float


class RunRow(BaseModel):
    """With the metrics, parameters, tags and parts of the summary that were asked for."""

    model_config = ConfigDict(from_attributes=True, ser_json_inf_nan="strings")

    id: UUID
    experiment_id: UUID
    workload_id: UUID | None
    name: str
    kind: str
    status: RunStatus
    created_by: UUID | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    tags: dict[str, Any]
    summary: dict[str, Any]
    params: dict[str, Any]
    metrics: dict[str, MetricCell]


class RunsTable(BaseModel):
    model_config = ConfigDict(ser_json_inf_nan="strings")

    items: list[RunRow]
    next_cursor: str | None
    """Pass as `cursor`, with the same filter and sort, for what comes after; null on the last page."""
