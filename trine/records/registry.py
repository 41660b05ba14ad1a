from datetime import datetime
from typing import Any
from uuid import UUID

from trine.records.base import Record


class Model(Record):
    id: UUID
    project_id: UUID
    name: str
    description: str
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
    aliases: tuple[str, ...] = ()
    created_at: datetime


class ModelDetail(Model):
    versions: list[ModelVersion]
