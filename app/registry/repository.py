from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from app.kit.clock import now
from app.kit.repository import Repository
from app.tables import ModelAlias, ModelVersion, RegisteredModel


class ModelRepository(Repository[RegisteredModel]):
    table = RegisteredModel


class VersionRepository(Repository[ModelVersion]):
    table = ModelVersion

    async def of_model(self, model_id: UUID) -> Sequence[ModelVersion]:
        statement = self.statement().where(ModelVersion.model_id == model_id).order_by(ModelVersion.version.desc())
        return (await self.session.scalars(statement)).all()

    async def next_number(self, model_id: UUID) -> int:
        """The model's row is locked by the caller. Deleted versions keep their numbers."""
        statement = select(func.coalesce(func.max(ModelVersion.version), 0)).where(ModelVersion.model_id == model_id)
        return int((await self.session.execute(statement)).scalar_one()) + 1

    async def aliases(self, model_id: UUID) -> dict[str, UUID]:
        rows = await self.session.execute(
            select(ModelAlias.alias, ModelAlias.version_id)
            .where(ModelAlias.model_id == model_id)
            .order_by(ModelAlias.alias)
        )
        return dict(rows.all())

    async def alias(self, model_id: UUID, alias: str) -> tuple[ModelVersion, datetime] | None:
        """The version that it points at, and since when."""
        statement = (
            self.statement()
            .add_columns(ModelAlias.updated_at)
            .join(ModelAlias, ModelAlias.version_id == ModelVersion.id)
            .where(ModelAlias.model_id == model_id, ModelAlias.alias == alias)
        )
        row = (await self.session.execute(statement)).one_or_none()
        return (row[0], row[1]) if row else None

    async def number_of(self, model_id: UUID, alias: str) -> int | None:
        """Of the version that the alias points at."""
        statement = (
            select(ModelVersion.version)
            .join(ModelAlias, ModelAlias.version_id == ModelVersion.id)
            .where(ModelAlias.model_id == model_id, ModelAlias.alias == alias)
        )
        return (await self.session.scalars(statement)).one_or_none()

    async def set_alias(self, model: RegisteredModel, alias: str, version_id: UUID) -> None:
        row = {
            "org_id": model.org_id,
            "model_id": model.id,
            "alias": alias,
            "version_id": version_id,
            "updated_at": now(),
        }
        statement = insert(ModelAlias).values(row)
        await self.session.execute(
            statement.on_conflict_do_update(
                index_elements=["model_id", "alias"],
                set_={"version_id": version_id, "updated_at": statement.excluded.updated_at},
            )
        )

    async def remove_alias(self, model_id: UUID, alias: str) -> bool:
        statement = delete(ModelAlias).where(ModelAlias.model_id == model_id, ModelAlias.alias == alias)
        return (await self.session.execute(statement.returning(ModelAlias.alias))).first() is not None
