"""What the files of a dataset say of themselves. They are read while no session is open."""

from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

from app.auth.principal import Principal
from app.experiments import artifacts, previews
from app.experiments.preview_schemas import TablePreview
from app.kit.db import Database
from app.storage.store import ArtifactStore

TABLES = frozenset({".csv", ".tsv", ".jsonl", ".ndjson", ".parquet"})
LOOKED_AT = 20
"""Files; of more the rows are not known."""


@dataclass(frozen=True, slots=True)
class Description:
    columns: list[dict[str, Any]] = field(default_factory=list)
    rows: int | None = None


async def describe(database: Database, store: ArtifactStore, *, principal: Principal, artifact_id: UUID) -> Description:
    """Columns of the first table, and how many rows there are in all. Raises `NotFound`."""
    async with database.session(principal.scope) as session:
        _, files = await artifacts.get(session, principal=principal, artifact_id=artifact_id)
    tables = [file for file in files if PurePosixPath(file.path.lower()).suffix in TABLES]
    found: list[TablePreview] = []
    for file in tables[:LOOKED_AT]:
        preview = await previews.preview(store, org_id=file.org_id, file=file)
        if isinstance(preview, TablePreview):
            found.append(preview)
        if not found or preview is not found[-1] or found[-1].total is None:
            break
    if not found:
        return Description()
    totals = [preview.total for preview in found if preview.total is not None]
    columns = [column.model_dump() for column in found[0].columns]
    return Description(columns, sum(totals) if len(totals) == len(tables) else None)
