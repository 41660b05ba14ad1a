from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from trine.specs.data import DATASET_NAME

DatasetName = Annotated[str, Field(pattern=DATASET_NAME, max_length=128)]


class DatasetCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: DatasetName
    description: Annotated[str, Field(max_length=4000)] = ""


class DatasetRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    project_id: UUID
    name: str
    description: str
    created_at: datetime


class ColumnRead(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(max_length=1000)]
    type: Annotated[str, Field(max_length=1000)]
    """As Apache Arrow calls it: int64, double, string, list<item: string>."""


class DatasetVersionCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    artifact_id: UUID
    """Of type `dataset`, in the same project."""
    columns: Annotated[list[ColumnRead], Field(max_length=10_000)] | None = None
    """Default: what the files say."""
    rows: Annotated[int, Field(ge=0, lt=2**63)] | None = None
    """Default: what the files say, where they do."""


class DatasetVersionRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    dataset_id: UUID
    version: int
    artifact_id: UUID
    digest: str
    size: int
    columns: list[ColumnRead]
    rows: int | None
    created_by: UUID | None
    created_at: datetime


class DatasetDetail(DatasetRead):
    versions: list[DatasetVersionRead]
    """The newest first."""
