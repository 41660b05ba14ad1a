from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.experiments.runs_table_schemas import ColumnText, FilterText, SortText


class ExportFormat(StrEnum):
    CSV = "csv"
    PARQUET = "parquet"


class RunsExportRequest(BaseModel):
    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    format: ExportFormat = ExportFormat.CSV
    filter: FilterText = ""
    sort: SortText = ""
    columns: Annotated[list[ColumnText], Field(max_length=1000)] | None = None
    """Such as `metrics.loss`, `min(metrics.loss)`, `params.lr`, `status`. Default: all that the runs have. `id` and
    `name` always come."""


class SeriesExportRequest(BaseModel):
    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    format: ExportFormat = ExportFormat.CSV
    run: Annotated[list[UUID], Field(min_length=1, max_length=1000)]
    name: Annotated[list[str], Field(max_length=1000)] | None = None
    """Of metrics. Default: all that the runs have."""
