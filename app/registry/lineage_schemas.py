from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel


class NodeKind(StrEnum):
    DATA = "data"
    """A built-in dataset, or a path: what has no artifact."""
    ENVIRONMENT = "environment"
    """That a policy was trained in."""
    ARTIFACT = "artifact"
    RUN = "run"
    VERSION = "model_version"
    DEPLOYMENT = "deployment"
    SIMULATION = "simulation"


class Node(BaseModel):
    key: str
    """`kind:id`; what edges name."""
    kind: NodeKind
    id: UUID | None
    """None of data and environments."""
    name: str
    status: str | None = None
    """Of a run, or of the work behind a deployment or a simulation."""
    detail: dict[str, str | int] = {}


class VersionInput(BaseModel):
    """Something that the run of a version read."""

    how: str
    """read as data, trained in …"""
    kind: NodeKind
    id: UUID | None
    """Of an artifact; None of data and environments."""
    name: str


class Cost(BaseModel):
    """What the ledger has of attempts that have ended, and of requests."""

    cpu_seconds: float = 0.0
    gpu_seconds: float = 0.0
    requests: int = 0
    tokens: int = 0


class Edge(BaseModel):
    source: str
    target: str
    how: str
    """read as data, read as policy …; wrote; became; deployed; evaluated."""
    workload_id: UUID | None
    """The work that the step was; None: no job of the platform. Who adds up costs counts each workload once."""
    cost: Cost


class Lineage(BaseModel):
    root: str
    """The version that was asked about."""
    nodes: list[Node]
    edges: list[Edge]
    truncated: bool
    """There is more than is shown: further back, or older deployments and simulations."""
