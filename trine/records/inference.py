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
