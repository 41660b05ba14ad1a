from datetime import datetime
from typing import Any
from uuid import UUID

from trine.records.base import Record
from trine.records.scheduling import WorkRecord


class Service(Record):
    """A name that users call."""

    id: UUID
    project_id: UUID
    name: str
    description: str
    created_at: datetime


class Deployment(WorkRecord):
    """One model version behind a service."""

    id: UUID
    service_id: UUID
    project_id: UUID
    model: str
    version: int
    model_version_id: UUID
    engine: str
    spec: dict[str, Any]
    weight: int
    created_at: datetime


class Quantiles(Record):
    """Seconds, within 2 %, at each time; None where nothing was measured."""

    p50: list[float | None]
    p95: list[float | None]
    p99: list[float | None]


class ServiceTotals(Record):
    requests: int
    failed: int
    refused: int
    abandoned: int
    prompt_tokens: int
    completion_tokens: int
    p50: float | None
    p95: float | None
    p99: float | None


class ServiceMetrics(Record):
    """Lists have a number for each time; those of counts are per second."""

    step: int
    """Seconds."""
    times: list[datetime]
    requests: list[float]
    failed: list[float]
    refused: list[float]
    abandoned: list[float]
    prompt_tokens: list[float]
    completion_tokens: list[float]
    latency: Quantiles
    first_token: Quantiles
    replicas: list[int]
    total: ServiceTotals
