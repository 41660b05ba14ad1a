from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import to_json

from app.experiments.runs_table_schemas import Columns, ColumnText, FilterText, SortText

LAYOUT = 16 * 1024
"""Bytes of JSON."""


def _small(layout: dict[str, Any]) -> dict[str, Any]:
    if len(to_json(layout)) > LAYOUT:
        raise ValueError(f"at most {LAYOUT:,} bytes of JSON")
    return layout


Name = Annotated[str, Field(min_length=1, max_length=200)]
GroupBy = Annotated[list[ColumnText], Field(max_length=5)]
Layout = Annotated[dict[str, Any], AfterValidator(_small)]


class RunViewCreate(BaseModel):
    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    name: Name
    shared: bool = False
    """With everybody who sees the project; else it is one's own."""
    filter: FilterText = ""
    sort: SortText = ""
    columns: Columns = None
    group_by: GroupBy = []
    """Such as `params.lr`; empty: the runs themselves."""
    layout: Layout = {}
    """What a page wants to remember beside; the platform does not look into it."""


class RunViewUpdate(RunViewCreate):
    """What is not named stays as it is."""

    name: Name = ""


class RunViewRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    project_id: UUID
    created_by: UUID | None
    name: str
    shared: bool
    filter: str
    sort: str
    columns: list[str] | None
    group_by: list[str]
    layout: dict[str, Any]
    created_at: datetime
    updated_at: datetime
