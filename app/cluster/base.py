"""What the control plane asks of a Ray cluster. Two implementations: `RayCluster`, and the tests' `FakeCluster`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from trine.specs.inference import EngineSpec
from trine.specs.resources import Bundle


class JobPhase(StrEnum):
    PENDING = "pending"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class JobState:
    phase: JobPhase
    message: str = ""


class ApplicationPhase(StrEnum):
    LOADING = "loading"
    READY = "ready"
    DEGRADED = "degraded"
    """Runs, but not all of its replicas are healthy."""
    FAILED = "failed"
    DELETING = "deleting"


@dataclass(frozen=True, slots=True)
class ApplicationState:
    phase: ApplicationPhase
    message: str = ""


@dataclass(frozen=True, slots=True)
class NodeState:
    node_id: str
    hostname: str
    cpu: float
    gpu: float
    virtual_gpu: bool
    memory: int
    labels: Mapping[str, str]


class ClusterUnreachable(Exception):
    """The cluster gave no usable answer; nothing is known of what runs there."""


class ClusterRefused(Exception):
    """The cluster answered, and will not do it however often it is asked."""


class EngineUnavailable(Exception):
    """The deployment cannot take the request now: overloaded, starting, or gone."""

    def __init__(self, message: str, *, overloaded: bool = False) -> None:
        super().__init__(message)
        self.overloaded = overloaded


class Cluster(Protocol):
    """Every call may raise `ClusterUnreachable`. Names are unique for ever, so that launching twice is harmless."""

    async def submit_job(self, name: str, module: str, *, env: Mapping[str, str], driver: Bundle) -> None:
        """Starts `python -m module`; that a job of this name exists already is success."""

    async def job(self, name: str) -> JobState | None: ...

    async def stop_job(self, name: str) -> None: ...

    async def job_log(self, name: str, *, characters: int) -> str:
        """The end of what the job printed."""

    async def deploy(self, spec: EngineSpec) -> None:
        """Starts the application, and does not wait for it. One that exists is left as it is."""

    async def applications(self) -> Mapping[str, ApplicationState]: ...

    async def delete_application(self, name: str) -> None: ...

    async def nodes(self) -> Sequence[NodeState]: ...

    async def close(self) -> None: ...
