from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from app.kit.repository import Repository
from app.tables import Artifact, ArtifactFile, Experiment, Log, MetricChunk, MetricLatest, Param, Run


class ExperimentRepository(Repository[Experiment]):
    table = Experiment


class RunRepository(Repository[Run]):
    table = Run

    async def params(self, run_id: UUID) -> dict[str, Any]:
        rows = await self.session.execute(
            select(Param.key, Param.value).where(Param.run_id == run_id).order_by(Param.key)
        )
        return {key: value for key, value in rows}

    async def latest(self, run_ids: Sequence[UUID]) -> Sequence[MetricLatest]:
        statement = select(MetricLatest).where(MetricLatest.run_id.in_(run_ids)).order_by(MetricLatest.name)
        return (await self.session.scalars(statement)).all()

    async def chunks(self, run_id: UUID, names: Sequence[str], after: int | None) -> Sequence[Row[Any]]:
        statement = (
            select(MetricChunk.name, MetricChunk.attempt, MetricChunk.steps, MetricChunk.values, MetricChunk.times)
            .where(MetricChunk.run_id == run_id, MetricChunk.name.in_(names))
            .order_by(MetricChunk.id)
        )
        if after is not None:
            statement = statement.where(MetricChunk.last_step > after)
        return (await self.session.execute(statement)).all()


class LogRepository(Repository[Log]):
    table = Log

    async def after(self, run_id: UUID, last: UUID | None, limit: int) -> Sequence[Log]:
        statement = self.statement().where(Log.run_id == run_id).order_by(Log.id).limit(limit)
        if last:
            statement = statement.where(Log.id > last)
        return (await self.session.scalars(statement)).all()


class ArtifactRepository(Repository[Artifact]):
    table = Artifact

    async def files(self, artifact_id: UUID) -> Sequence[ArtifactFile]:
        statement = select(ArtifactFile).where(ArtifactFile.artifact_id == artifact_id).order_by(ArtifactFile.path)
        return (await self.session.scalars(statement)).all()

    async def file(self, artifact_id: UUID, path: str) -> ArtifactFile | None:
        statement = select(ArtifactFile).where(ArtifactFile.artifact_id == artifact_id, ArtifactFile.path == path)
        return (await self.session.scalars(statement)).one_or_none()
