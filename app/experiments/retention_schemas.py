from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.experiments.schemas import ArtifactRead


class KeepRule(BaseModel):
    """An artifact goes when it is neither one of the last nor young enough; without either number it is kept."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["model", "report", "dataset", "file"] | None = None
    """None: of whatever type."""
    keep_last: Annotated[int, Field(ge=1, le=100_000)] | None = None
    """Of those with the same type and name, so many, the newest."""
    keep_days: Annotated[int, Field(ge=1, le=36_500)] | None = None


class RetentionSet(BaseModel):
    model_config = ConfigDict(extra="forbid")

    rules: Annotated[list[KeepRule], Field(max_length=20)]
    """The first that is of an artifact's type decides; without one it is kept."""


class RetentionRead(BaseModel):
    rules: list[KeepRule]


class GoingRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    run_id: UUID
    name: str
    type: str
    size: int
    created_at: datetime


class RetentionPreview(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    going: list[GoingRead]
    """The oldest first, at most 1,000."""
    artifacts: int
    """In all."""
    bytes: int


class StoredType(BaseModel):
    type: str
    artifacts: int
    bytes: int
    """Of all of them, as quotas count; content that is in several is stored once."""
    deleted_bytes: int
    """Of those that can still be undeleted."""


class StorageRead(BaseModel):
    types: list[StoredType]
    largest: list[ArtifactRead]
