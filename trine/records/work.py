"""Training jobs, studies, simulations: each has a workload, and a run that it reports to."""

from datetime import datetime
from typing import Any
from uuid import UUID

from trine.records.base import Record
from trine.records.scheduling import WorkRecord


class TrainingJob(WorkRecord):
    id: UUID
    project_id: UUID
    run_id: UUID
    name: str
    recipe: str
    spec: dict[str, Any]
    created_at: datetime


class Trial(Record):
    id: UUID
    study_id: UUID
    run_id: UUID
    number: int
    status: str
    params: dict[str, Any]
    value: float | None
    created_at: datetime
    ended_at: datetime | None


class Study(WorkRecord):
    id: UUID
    project_id: UUID
    run_id: UUID
    name: str
    metric: str
    mode: str
    spec: dict[str, Any]
    created_at: datetime
    best: Trial | None = None
    """Of the trials so far; only where one study is read."""


class Environment(Record):
    id: UUID
    name: str
    description: dict[str, Any]


class Scenario(Record):
    id: UUID
    environment_id: UUID
    name: str
    parameters: dict[str, Any]


class Simulation(WorkRecord):
    id: UUID
    project_id: UUID
    run_id: UUID
    model_version_id: UUID | None
    name: str
    environment: str
    spec: dict[str, Any]
    created_at: datetime


class Report(Record):
    """Where the files of a simulation's report are, and its figures."""

    artifact_id: UUID
    files: list[str]
    summary: dict[str, Any]
