from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.experiments.schemas import ArtifactRead, Sha256

Role = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.-]+$")]


class UploadCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    sha256: Sha256
    """Of the whole file."""
    size: Annotated[int, Field(ge=1, strict=True)]


class PartRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    number: int
    """From 0."""
    sha256: str
    size: int


class UploadRead(BaseModel):
    id: UUID
    sha256: str
    size: int
    part_size: int
    """Of each part but the last."""
    parts: list[PartRead]
    """Those that have arrived."""
    complete: bool
    """The platform has the file: nothing is left to send."""


class UploadComplete(BaseModel):
    model_config = ConfigDict(extra="forbid")

    parts: Annotated[list[Sha256], Field(min_length=1, max_length=100_000)]
    """The digest of each part, in their order."""


class RunInputCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    artifact_id: UUID
    role: Role = "data"
    """What the run read it for."""


class RunInputRead(BaseModel):
    role: str
    created_at: datetime
    artifact: ArtifactRead


class LineageRun(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    experiment_id: UUID
    workload_id: UUID | None
    """Of the job that the run is of."""
    name: str
    kind: str
    status: str
    created_at: datetime


class Reader(LineageRun):
    role: str
    """What it read the artifact for."""


class LineageVersion(BaseModel):
    """A version of a model that is made of the artifact."""

    id: UUID
    model_id: UUID
    model: str
    version: int


class LineageRead(BaseModel):
    artifact_id: UUID
    made_by: LineageRun | None
    """None where the run has been deleted."""
    made_from: list[RunInputRead]
    """What that run read."""
    used_by: list[Reader]
    """The latest first, at most 1,000."""
    versions: list[LineageVersion]
