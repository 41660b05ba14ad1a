from datetime import datetime
from typing import Any
from uuid import UUID

from trine.records.base import Record

ENDED = frozenset({"succeeded", "failed", "cancelled"})
"""Statuses that a workload does not leave on its own."""


class BundleRecord(Record):
    cpu: float
    gpu: float
    memory: int
    """Bytes."""


class Workload(Record):
    """Anything that asks the scheduler for resources."""

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
    bundles: list[BundleRecord]
    run_id: UUID | None
    created_at: datetime
    admitted_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None

    @property
    def ended(self) -> bool:
        return self.status in ENDED


class WorkRecord(Record):
    """Something that a workload does."""

    workload: Workload


class Explanation(Record):
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
    limits: list[dict[str, Any]] = []
    """Quotas on what it asks for: `project_id`, `user_id`, `resource`, `hard`, `soft`, `used`."""


class Forecast(Record):
    """What work asks for that would be queued if it were submitted now."""

    bundles: list[BundleRecord]
    asks: str
    nodes: int
    """Nodes that are alive; where there is none, nobody can tell yet whether it fits."""
    cluster: str
    waiting_before: int
    """Workloads of the same organization that wait already."""
    limits: list[dict[str, Any]] = []


class Queue(Record):
    id: UUID
    name: str
    description: str


class Node(Record):
    id: UUID
    node_id: str
    hostname: str
    cpu: float
    gpu: float
    virtual_gpu: bool
    memory: int
    """Bytes."""
    alive: bool
    seen_at: datetime
