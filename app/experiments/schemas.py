from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from trine.specs.telemetry import ParamName

Text = Annotated[str, Field(min_length=1, max_length=200)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class RunStatus(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class RunKind(StrEnum):
    TRAINING = "training"
    TRIAL = "trial"
    STUDY = "study"
    SIMULATION = "simulation"
    CUSTOM = "custom"
    """What a person or program logs on its own."""


ENDED = frozenset({RunStatus.SUCCEEDED, RunStatus.FAILED, RunStatus.CANCELLED})


class ExperimentCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Text
    description: Annotated[str, Field(max_length=4000)] = ""


class ExperimentUpdate(BaseModel):
    """What is not named stays as it is."""

    model_config = ConfigDict(extra="forbid")

    name: Text | None = None
    description: Annotated[str, Field(max_length=4000)] | None = None


class ExperimentRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    project_id: UUID
    name: str
    description: str
    created_at: datetime


class RunCreate(BaseModel):
    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    name: Text
    tags: Annotated[dict[str, str], Field(max_length=200)] = {}
    params: Annotated[dict[ParamName, Any], Field(max_length=2000)] = {}
    started_at: AwareDatetime | None = None
    """Of a run that began before the platform could be told; a time to come is taken for now."""


class RunUpdate(BaseModel):
    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    status: RunStatus | None = None
    ended_at: AwareDatetime | None = None
    """With a status that ends the run: when that was, between its start and now."""
    summary: dict[str, Any] | None = None
    tags: dict[str, str] | None = None


class RunRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    project_id: UUID
    experiment_id: UUID
    workload_id: UUID | None
    name: str
    kind: str
    status: RunStatus
    reason: dict[str, Any]
    tags: dict[str, Any]
    summary: dict[str, Any]
    failure: dict[str, Any] | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


class ResumedRun(RunRead):
    attempt: int
    """Of what is reported from now on."""
    next_step: int
    """The one after the last that was reported."""


class LatestMetric(BaseModel):
    """NaN and infinities are strings."""

    model_config = ConfigDict(from_attributes=True, ser_json_inf_nan="strings")

    name: str
    step: int
    value: float
    time: float
    points: int
    minimum: float
    maximum: float


class RunDetail(RunRead):
    params: dict[str, Any]
    metrics: list[LatestMetric]


class Axis(StrEnum):
    STEP = "step"
    TIME = "time"
    """Seconds since 1970 (UTC)."""
    RELATIVE = "relative"
    """Seconds since the run began."""


class RunSeries(BaseModel):
    """A metric of a run as a chart draws it, NaN and infinities as strings."""

    run_id: UUID
    name: str
    x: list[float]
    """Ascending; times to the millisecond, or of a thinned curve to a hundredth of a column."""
    values: list[float]
    total: int
    """Points there are between the ends that were asked for."""


class SeriesRead(BaseModel):
    """At most `points` points: of each column of the chart the first, least, greatest and last."""

    model_config = ConfigDict(ser_json_inf_nan="strings")

    name: str
    steps: list[int]
    values: list[float]
    times: list[float]
    total: int
    """Points there are."""


class NewPoints(BaseModel):
    """Of one metric and attempt, steps ascending; of points at one step the highest attempt holds. NaN and infinities
    are strings."""

    model_config = ConfigDict(ser_json_inf_nan="strings")

    name: str
    attempt: int
    steps: list[int]
    values: list[float]
    times: list[float]


class LogRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    attempt: int
    source: str
    stream: str
    time: datetime
    text: str


class FileEntry(BaseModel):
    model_config = ConfigDict(extra="forbid", from_attributes=True)

    path: Annotated[str, Field(min_length=1, max_length=1024)]
    sha256: Sha256
    size: Annotated[int, Field(ge=0, strict=True)]


class ArtifactCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Text
    type: Annotated[str, Field(pattern=r"^(model|report|dataset|file|environment)$")] = "file"
    files: Annotated[list[FileEntry], Field(min_length=1, max_length=10_000)]
    metadata: dict[str, Any] = {}


class ArtifactRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    project_id: UUID
    run_id: UUID
    name: str
    type: str
    digest: str
    size: int
    attributes: dict[str, Any]
    created_at: datetime


class ArtifactDetail(ArtifactRead):
    files: list[FileEntry]
