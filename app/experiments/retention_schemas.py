from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.experiments.schemas import ArtifactRead

Days = Annotated[int, Field(ge=1, le=36_500)]


class KeepRule(BaseModel):
    """An artifact goes when it is neither one of the last nor young enough; without either number it is kept."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["model", "report", "dataset", "file"] | None = None
    """None: of whatever type."""
    keep_last: Annotated[int, Field(ge=1, le=100_000)] | None = None
    """Of those with the same type and name, so many, the newest."""
    keep_days: Days | None = None


class RetentionSet(BaseModel):
    model_config = ConfigDict(extra="forbid")

    rules: Annotated[list[KeepRule], Field(max_length=20)]
    """The first that is of an artifact's type decides; without one it is kept."""
    log_days: Days | None = None
    """Entries of logs go so many days after they came; null keeps them."""
    metric_days: Days | None = None
    """Points go so many days after their run ended, but for runs that versions of models are made of. Last values,
    extremes and parameters stay; null keeps all."""


class RetentionRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    rules: list[KeepRule]
    log_days: int | None
    metric_days: int | None


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
    log_entries: int
    runs: int
    """Whose points would go."""


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
