from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, Row, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.deletion import belonging_repository as belonging
from app.deletion.belonging_repository import Part
from app.tables import Artifact, Dataset, DatasetVersion, ModelVersion, RegisteredModel, Workload


class DeletionRepository:
    """Works on rows of a thing that the caller has found, and may delete."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def unfinished(self, thing: object, limit: int) -> Sequence[Row[str, str, str]]:
        """`(kind, name, status)` of workloads that have not ended."""
        statement = select(Workload.kind, Workload.name, Workload.status).where(
            belonging.workloads(thing), Workload.ended_at.is_(None)
        )
        return (await self.session.execute(statement.order_by(Workload.id).limit(limit))).all()

    async def mark(self, part: Part, org_id: object, when: datetime) -> int:
        """Deleted at `when`, but for what was deleted before."""
        table, criterion = part
        return await self._update(table, criterion & table.deleted_at.is_(None), org_id, when)

    async def unmark(self, part: Part, org_id: object, when: datetime) -> int:
        table, criterion = part
        return await self._update(table, criterion & (table.deleted_at == when), org_id, None)

    async def is_there(self, part: Part) -> bool:
        """Locked against being deleted until the transaction ends."""
        table, criterion = part
        statement = select(table.id).where(criterion, table.deleted_at.is_(None)).with_for_update(key_share=True)
        return (await self.session.scalars(statement)).first() is not None

    async def version_of(self, artifact: Artifact) -> Row[str, int] | None:
        """Name of the model and number of a version that is made of it."""
        statement = (
            select(RegisteredModel.name, ModelVersion.version)
            .join(RegisteredModel, RegisteredModel.id == ModelVersion.model_id)
            .where(ModelVersion.artifact_id == artifact.id, ModelVersion.deleted_at.is_(None))
        )
        return (await self.session.execute(statement.limit(1))).one_or_none()

    async def dataset_of(self, artifact: Artifact) -> Row[str, int] | None:
        """Name of the dataset and number of a version that is made of it."""
        statement = (
            select(Dataset.name, DatasetVersion.version)
            .join(Dataset, Dataset.id == DatasetVersion.dataset_id)
            .where(DatasetVersion.artifact_id == artifact.id, Dataset.deleted_at.is_(None))
        )
        return (await self.session.execute(statement.limit(1))).one_or_none()

    async def unmark_what_dataset_is_made_of(self, dataset: Dataset) -> None:
        made_of = select(DatasetVersion.artifact_id).where(DatasetVersion.dataset_id == dataset.id)
        criterion = Artifact.id.in_(made_of) & Artifact.deleted_at.is_not(None)
        await self._update(Artifact, criterion, dataset.org_id, None)

    async def unmark_what_versions_are_made_of(self, thing: RegisteredModel | ModelVersion) -> None:
        mine = ModelVersion.model_id == thing.id if isinstance(thing, RegisteredModel) else ModelVersion.id == thing.id
        made_of = select(ModelVersion.artifact_id).where(mine, ModelVersion.deleted_at.is_(None))
        criterion = Artifact.id.in_(made_of) & Artifact.deleted_at.is_not(None)
        await self._update(Artifact, criterion, thing.org_id, None)

    async def _update(self, table: Any, criterion: ColumnElement[bool], org_id: object, when: datetime | None) -> int:
        statement = update(table).where(table.org_id == org_id, criterion).values(deleted_at=when)
        result: CursorResult[Any] = await self.session.execute(  # type: ignore[assignment]
            statement, execution_options={"synchronize_session": False}
        )
        return result.rowcount
