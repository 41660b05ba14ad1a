"""States of a workload, and which may follow which."""

from enum import StrEnum

from app.experiments.schemas import RunStatus


class Status(StrEnum):
    QUEUED = "queued"
    ADMITTED = "admitted"
    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    PREEMPTED = "preempted"
    PAUSED = "paused"


class Phase(StrEnum):
    """Of a deployment that is starting or running."""

    LOADING = "loading"
    READY = "ready"
    DEGRADED = "degraded"


ACTIVE = frozenset({Status.ADMITTED, Status.STARTING, Status.RUNNING, Status.STOPPING})
"""Hold resources of the cluster."""
ENDED = frozenset({Status.SUCCEEDED, Status.FAILED, Status.CANCELLED})

NEXT: dict[Status, frozenset[Status]] = {
    Status.QUEUED: frozenset({Status.ADMITTED, Status.CANCELLED, Status.PAUSED, Status.FAILED}),
    Status.ADMITTED: frozenset({Status.STARTING, Status.RUNNING, Status.STOPPING, Status.QUEUED, Status.FAILED}),
    Status.STARTING: frozenset({Status.RUNNING, Status.STOPPING, Status.QUEUED, Status.SUCCEEDED, Status.FAILED}),
    Status.RUNNING: frozenset({Status.STOPPING, Status.QUEUED, Status.SUCCEEDED, Status.FAILED}),
    Status.STOPPING: frozenset({Status.CANCELLED, Status.FAILED, Status.SUCCEEDED, Status.PREEMPTED}),
    Status.PREEMPTED: frozenset({Status.QUEUED, Status.CANCELLED}),
    Status.PAUSED: frozenset({Status.QUEUED, Status.CANCELLED}),
    Status.SUCCEEDED: frozenset({Status.QUEUED}),
    Status.FAILED: frozenset({Status.QUEUED}),
    Status.CANCELLED: frozenset({Status.QUEUED}),
}
"""From the ends only a retry, or more work of the same, that a person asks for leads back."""

RUN_STATUS: dict[Status, RunStatus] = {
    Status.QUEUED: RunStatus.QUEUED,
    Status.ADMITTED: RunStatus.QUEUED,
    Status.STARTING: RunStatus.QUEUED,
    Status.RUNNING: RunStatus.RUNNING,
    Status.STOPPING: RunStatus.RUNNING,
    Status.SUCCEEDED: RunStatus.SUCCEEDED,
    Status.FAILED: RunStatus.FAILED,
    Status.CANCELLED: RunStatus.CANCELLED,
    Status.PREEMPTED: RunStatus.QUEUED,
    Status.PAUSED: RunStatus.QUEUED,
}
"""What a workload's status means for its run."""
