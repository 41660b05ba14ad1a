from datetime import datetime
from typing import Any
from uuid import UUID

from trine.records.base import Record
from trine.records.tracking import File
from trine.specs.registry import Rule, Signature


class Model(Record):
    id: UUID
    project_id: UUID
    name: str
    description: str
    tags: dict[str, str]
    created_at: datetime


class ModelVersion(Record):
    id: UUID
    model_id: UUID
    version: int
    artifact_id: UUID
    run_id: UUID
    digest: str
    framework: str
    size: int
    """Bytes."""
    metrics: dict[str, Any]
    signature: Signature | None
    licence: str | None
    """An SPDX expression."""
    description: str
    tags: dict[str, str]
    aliases: tuple[str, ...] = ()
    created_by: UUID | None
    """Its author."""
    created_at: datetime


class VersionInput(Record):
    """Something that the run of a version read."""

    how: str
    kind: str
    """artifact, data or environment."""
    id: UUID | None
    name: str


class ModelVersionDetail(ModelVersion):
    files: list[File]
    inputs: list[VersionInput]


class ModelDetail(Model):
    versions: list[ModelVersion]


class ModelCard(Record):
    markdown: str
    written: bool
    """By a person; otherwise it is made from the run."""


class ModelGate(Record):
    project_id: UUID
    model_id: UUID | None
    """None: it holds for every model of the project."""
    alias: str
    rules: list[Rule]
    updated_at: datetime


class GateOutcome(Record):
    rule: Rule
    passed: bool
    message: str


class GateCheck(Record):
    passed: bool
    outcomes: list[GateOutcome]
    """One a rule; none where the alias has no gate."""


class ModelApproval(Record):
    alias: str
    user_id: UUID
    name: str | None
    """Of who approved; None: they have left the organization."""
    comment: str
    created_at: datetime


class LineageNode(Record):
    key: str
    """`kind:id`; what edges name."""
    kind: str
    """data, environment, artifact, run, model_version, deployment or simulation."""
    id: UUID | None
    name: str
    status: str | None
    detail: dict[str, str | int]


class LineageCost(Record):
    """What the ledger has of attempts that have ended, and of requests."""

    cpu_seconds: float
    gpu_seconds: float
    requests: int
    tokens: int


class LineageEdge(Record):
    source: str
    target: str
    how: str
    workload_id: UUID | None
    """The work that the step was. Who adds up costs counts each workload once."""
    cost: LineageCost


class Lineage(Record):
    root: str
    nodes: list[LineageNode]
    edges: list[LineageEdge]
    truncated: bool
