from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select

from app.kit.repository import Repository
from app.tables import Dataset, DatasetVersion


class DatasetRepository(Repository[Dataset]):
    table = Dataset


class DatasetVersionRepository(Repository[DatasetVersion]):
    table = DatasetVersion

    async def of_dataset(self, dataset_id: UUID) -> Sequence[DatasetVersion]:
        """The newest first."""
        statement = self.statement().where(DatasetVersion.dataset_id == dataset_id)
        return (await self.session.scalars(statement.order_by(DatasetVersion.version.desc()))).all()

    async def newest(self, dataset_id: UUID) -> int:
        """Its number; 0 where there is none."""
        statement = select(func.coalesce(func.max(DatasetVersion.version), 0))
        found = await self.session.execute(statement.where(DatasetVersion.dataset_id == dataset_id))
        return int(found.scalar_one())
