from datetime import datetime
from uuid import UUID

from trine.records.base import Record


class Dataset(Record):
    id: UUID
    project_id: UUID
    name: str
    description: str
    created_at: datetime


class Column(Record):
    name: str
    type: str
    """As Apache Arrow calls it."""


class DatasetVersion(Record):
    id: UUID
    dataset_id: UUID
    version: int
    artifact_id: UUID
    digest: str
    size: int
    """Bytes."""
    columns: list[Column]
    rows: int | None
    created_by: UUID | None
    created_at: datetime


class DatasetDetail(Dataset):
    versions: list[DatasetVersion]
    """The newest first."""
