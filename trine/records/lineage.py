from datetime import datetime
from uuid import UUID

from trine.records.base import Record
from trine.records.tracking import Artifact


class RunInput(Record):
    role: str
    created_at: datetime
    artifact: Artifact


class LineageRun(Record):
    id: UUID
    experiment_id: UUID
    workload_id: UUID | None
    name: str
    kind: str
    status: str
    created_at: datetime


class Reader(LineageRun):
    role: str


class LineageVersion(Record):
    id: UUID
    model_id: UUID
    model: str
    version: int


class Lineage(Record):
    artifact_id: UUID
    made_by: LineageRun | None
    made_from: list[RunInput]
    used_by: list[Reader]
    versions: list[LineageVersion]
