from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, text
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.kit.repository import Repository
from app.tables import Artifact, ArtifactFile, Experiment, Log, MetricChunk, MetricLatest, Param, Run


class ExperimentRepository(Repository[Experiment]):
    table = Experiment


class RunRepository(Repository[Run]):
    table = Run

    async def detail(self, run_id: UUID) -> Row[*tuple[Any, ...]] | None:
        """(run, params, latest metrics) in one round trip; the last two as JSON, NaN and infinities as strings."""
        params = (
            select(func.coalesce(func.jsonb_object_agg(Param.key, Param.value), text("'{}'::jsonb")))
            .where(Param.run_id == Run.id)
            .scalar_subquery()
        )
        columns = ("name", "step", "value", "time", "points", "minimum", "maximum")
        pairs = [part for name in columns for part in (text(f"'{name}'"), getattr(MetricLatest, name))]
        latest = (
            select(
                func.coalesce(
                    func.jsonb_agg(aggregate_order_by(func.jsonb_build_object(*pairs), MetricLatest.name)),
                    text("'[]'::jsonb"),
                )
            )
            .where(MetricLatest.run_id == Run.id)
            .scalar_subquery()
        )
        statement = self.statement().where(Run.id == run_id).add_columns(params, latest)
        return (await self.session.execute(statement)).one_or_none()

    async def chunks(
        self, run_id: UUID, names: Sequence[str], after: int | None
    ) -> Sequence[Row[str, int, list[int], list[float], list[float]]]:
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
