from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, field_validator

from app.quotas.schemas import QuotaRead
from trine.specs.resources import Bundle


class WorkloadRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    project_id: UUID
    kind: str
    name: str
    status: str
    phase: str | None
    reason: dict[str, Any]
    status_since: datetime
    attempt: int
    max_attempts: int
    bundles: list[Bundle]
    run_id: UUID | None
    created_at: datetime
    admitted_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None

    @field_validator("reason", mode="after")
    @classmethod
    def _without_others(cls, reason: dict[str, Any]) -> dict[str, Any]:
        """What it waits for may be another organization's; `explain` tells where the reader may know."""
        return {name: value for name, value in reason.items() if name != "blocked_by"}


class WorkloadCount(BaseModel):
    kind: str
    status: str
    count: int


class Explanation(BaseModel):
    """Why a workload is in its state, since when, blocked by what, and what would change it."""

    workload_id: UUID
    status: str
    since: datetime
    code: str
    message: str
    blocked_by: UUID | None = None
    position: int | None = None
    """In the queue; 1 is the head."""
    asks: str
    would_change: str
    limits: list[QuotaRead] = []
    """Quotas on what it asks for, of its organization, project and person. Hard ones refuse what asks for more at once;
    admission does not wait for them yet."""


class Forecast(BaseModel):
    """What work asks for that would be queued if it were submitted now."""

    bundles: list[Bundle]
    """All of them start together, each within one node."""
    asks: str
    """Their sum, in words."""
    nodes: int
    """Nodes that are alive; where there is none, nobody can tell yet whether it fits."""
    cluster: str
    """What those nodes have in all, in words."""
    waiting_before: int
    """Workloads of the same organization that wait already; those of others are not told."""
    limits: list[QuotaRead]
    """Quotas on what it asks for, of its organization, project and person."""


class QueueRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    description: str


class NodeRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    node_id: str
    hostname: str
    cpu: float
    gpu: float
    virtual_gpu: bool
    memory: int
    alive: bool
    seen_at: datetime


class EnrolmentRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: str
