from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from app.scheduler.schemas import WorkloadRead


class EnvironmentRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    description: dict[str, Any]
    """Spaces, parameters, success threshold, scripted policies, a rendered frame."""


class ScenarioRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    environment_id: UUID
    name: str
    parameters: dict[str, Any]


class SimulationRead(BaseModel):
    id: UUID
    project_id: UUID
    run_id: UUID
    model_version_id: UUID | None
    name: str
    environment: str
    spec: dict[str, Any]
    created_at: datetime
    workload: WorkloadRead


class ReportRead(BaseModel):
    """Where the files of a simulation's report are, and its figures."""

    artifact_id: UUID
    files: list[str]
    summary: dict[str, Any]
