from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Row, cast, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from app.kit.repository import Repository
from app.tables import Artifact, ArtifactRetention, ModelVersion, Project, RegisteredModel, Run, RunInput, Upload


class UploadRepository(Repository[Upload]):
    table = Upload

    async def begin(self, run: Run, sha256: str, size: int) -> Upload:
        """The upload of this content to the run, which lives from now on as long as a new one."""
        values = {"id": uuid7(), "org_id": run.org_id, "run_id": run.id, "sha256": sha256, "size": size}
        statement = insert(Upload).values(**values)
        again = {"size": statement.excluded.size, "updated_at": func.now()}
        statement = statement.on_conflict_do_update(index_elements=["run_id", "sha256"], set_=again)
        loaded = statement.returning(Upload).execution_options(populate_existing=True)
        return (await self.session.scalars(loaded)).one()

    async def touched(self, run_id: UUID, upload_id: UUID) -> Upload | None:
        statement = (
            update(Upload)
            .where(Upload.id == upload_id, Upload.run_id == run_id)
            .values(updated_at=func.now())
            .returning(Upload)
        )
        return (await self.session.scalars(statement)).one_or_none()

    async def claim(self, upload_id: UUID, until: datetime) -> bool:
        """False while another has it."""
        free = Upload.claimed_until.is_(None) | (Upload.claimed_until < func.now())
        statement = update(Upload).where(Upload.id == upload_id, free).values(claimed_until=until).returning(Upload.id)
        return (await self.session.scalars(statement)).one_or_none() is not None

    async def renew(self, upload_id: UUID, until: datetime | None) -> None:
        await self.session.execute(
            update(Upload).where(Upload.id == upload_id).values(claimed_until=until, updated_at=func.now())
        )

    async def remove(self, upload_id: UUID) -> None:
        await self.session.execute(delete(Upload).where(Upload.id == upload_id))


class RunInputRepository(Repository[RunInput]):
    table = RunInput

    async def add_once(self, run: Run, artifact_id: UUID, role: str) -> bool:
        """False where it was known."""
        values = {"org_id": run.org_id, "run_id": run.id, "artifact_id": artifact_id, "role": role}
        statement = insert(RunInput).values(**values).on_conflict_do_nothing().returning(RunInput.run_id)
        return (await self.session.scalars(statement)).one_or_none() is not None

    async def of_run(self, run_id: UUID) -> Sequence[Row[RunInput, Artifact]]:
        """With the artifacts; what has been deleted was still read."""
        statement = (
            select(RunInput, Artifact)
            .join(Artifact, Artifact.id == RunInput.artifact_id)
            .where(RunInput.run_id == run_id)
            .order_by(RunInput.created_at, Artifact.id)
        )
        return (await self.session.execute(statement)).all()

    async def readers(self, artifact_id: UUID, limit: int) -> Sequence[Row[RunInput, Run]]:
        """Runs that are there, the latest first."""
        statement = (
            select(RunInput, Run)
            .join(Run, Run.id == RunInput.run_id)
            .where(RunInput.artifact_id == artifact_id, Run.deleted_at.is_(None))
            .order_by(Run.id.desc())
            .limit(limit)
        )
        return (await self.session.execute(statement)).all()

    async def versions(self, artifact_id: UUID, limit: int) -> Sequence[Row[ModelVersion, RegisteredModel]]:
        """Of models, made of the artifact."""
        statement = (
            select(ModelVersion, RegisteredModel)
            .join(RegisteredModel, RegisteredModel.id == ModelVersion.model_id)
            .where(
                ModelVersion.artifact_id == artifact_id,
                ModelVersion.deleted_at.is_(None),
                RegisteredModel.deleted_at.is_(None),
            )
            .order_by(ModelVersion.id.desc())
            .limit(limit)
        )
        return (await self.session.execute(statement)).all()


class RetentionRepository:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def of_project(self, project_id: UUID) -> ArtifactRetention | None:
        statement = select(ArtifactRetention).where(ArtifactRetention.project_id == project_id)
        return (await self.session.scalars(statement)).one_or_none()

    async def replace(self, project: Project, kept: dict[str, Any]) -> None:
        """`kept` has every column of it."""
        statement = insert(ArtifactRetention).values(org_id=project.org_id, project_id=project.id, **kept)
        again = {name: statement.excluded[name] for name in kept} | {"updated_at": func.now()}
        await self.session.execute(statement.on_conflict_do_update(index_elements=["project_id"], set_=again))

    async def by_type(self, project_id: UUID) -> Sequence[Row[str, int, int, int]]:
        """Type, artifacts, bytes, and bytes of those that are deleted."""
        there, deleted = Artifact.deleted_at.is_(None), Artifact.deleted_at.is_not(None)

        def size(which: ColumnElement[bool]) -> ColumnElement[int]:
            return func.coalesce(cast(func.sum(Artifact.size).filter(which), BigInteger), 0)

        statement = (
            select(
                Artifact.type,
                func.count().filter(there),
                size(there),
                size(deleted),
            )
            .where(Artifact.project_id == project_id)
            .group_by(Artifact.type)
            .order_by(Artifact.type)
        )
        return (await self.session.execute(statement)).all()

    async def largest(self, project_id: UUID, limit: int) -> Sequence[Artifact]:
        """Of those that are there."""
        statement = select(Artifact).where(Artifact.project_id == project_id, Artifact.deleted_at.is_(None))
        return (await self.session.scalars(statement.order_by(Artifact.size.desc(), Artifact.id).limit(limit))).all()
