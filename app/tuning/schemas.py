from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.scheduler.schemas import WorkloadRead
from trine.specs.telemetry import ParamName


class TrialStatus(StrEnum):
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    STOPPED = "stopped"
    """Ended early, because others did better."""
    FAILED = "failed"


class StudyExtend(BaseModel):
    model_config = ConfigDict(extra="forbid")

    trials: Annotated[int, Field(ge=1, le=10_000, strict=True)]
    """In all, those that the study has among them."""


class TrialCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    number: Annotated[int, Field(ge=0, strict=True)]
    params: dict[ParamName, Any]


class TrialUpdate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    status: TrialStatus
    value: Annotated[float, Field(strict=True)] | None = None
    """Of the study's metric; null where there is none, or where it is not a number."""


class TrialRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    study_id: UUID
    run_id: UUID
    number: int
    status: TrialStatus
    params: dict[str, Any]
    value: float | None
    created_at: datetime
    ended_at: datetime | None


class StudyRead(BaseModel):
    id: UUID
    project_id: UUID
    run_id: UUID
    name: str
    metric: str
    mode: str
    spec: dict[str, Any]
    created_at: datetime
    workload: WorkloadRead
    best: TrialRead | None = None
    """Of the trials so far; only where one study is read."""
