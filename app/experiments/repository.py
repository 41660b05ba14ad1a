from collections.abc import Sequence
from typing import Any, LiteralString
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from app.kit.repository import Repository
from app.tables import Artifact, ArtifactFile, Experiment, Log, Param, Run


class ExperimentRepository(Repository[Experiment]):
    table = Experiment


class RunRepository(Repository[Run]):
    table = Run

    async def add_params(self, run: Run, params: dict[str, Any]) -> None:
        of_run = {"org_id": run.org_id, "project_id": run.project_id, "run_id": run.id}
        self.session.add_all(Param(**of_run, key=key, value=value) for key, value in params.items())
        await self.session.flush()

    async def of_project(self, project_id: UUID, run_ids: Sequence[UUID]) -> Sequence[Run]:
        statement = self.statement().where(Run.project_id == project_id, Run.id.in_(run_ids))
        return (await self.session.scalars(statement)).all()


class LogRepository(Repository[Log]):
    table = Log

    async def after(self, run_id: UUID, last: UUID | None, limit: int, *, first: UUID | None = None) -> Sequence[Log]:
        """In the order of their commits. `last` is the key of an entry; after one that is gone, all are told again.
        `first` is told too, with what came after it."""
        statement = self.statement().where(Log.run_id == run_id).order_by(Log.position).limit(limit)
        if last:
            statement = statement.where(Log.position > _position(run_id, last))
        if first:
            statement = statement.where(Log.position >= _position(run_id, first))
        return (await self.session.scalars(statement)).all()


def _position(run_id: UUID, log_id: UUID) -> ColumnElement[int]:
    read = select(Log.position).where(Log.run_id == run_id, Log.id == log_id).scalar_subquery()
    return func.coalesce(read, 0)


class ArtifactRepository(Repository[Artifact]):
    table = Artifact

    async def newest(self, run_id: UUID, kind: str) -> Artifact | None:
        statement = self.statement().where(Artifact.run_id == run_id, Artifact.type == kind)
        return (await self.session.scalars(statement.order_by(Artifact.id.desc()).limit(1))).one_or_none()

    async def files(self, artifact_id: UUID) -> Sequence[ArtifactFile]:
        statement = select(ArtifactFile).where(ArtifactFile.artifact_id == artifact_id).order_by(ArtifactFile.path)
        return (await self.session.scalars(statement)).all()

    async def file(self, artifact_id: UUID, path: str) -> ArtifactFile | None:
        statement = select(ArtifactFile).where(ArtifactFile.artifact_id == artifact_id, ArtifactFile.path == path)
        return (await self.session.scalars(statement)).one_or_none()


# Runs as `RunDetail`, written by the database; NaN and infinities become strings there too. Of points that wait to be
# folded it knows only the bytes; with them come the attempts of the latest values, by name.
DETAIL: LiteralString = """
SELECT run.id, run.org_id, run.project_id, row_to_json(shown)::text, run.updated_at, waiting.points,
       CASE WHEN waiting.points IS NOT NULL THEN
         (SELECT coalesce(json_object_agg(name, attempt), '{}') FROM metric_latest WHERE run_id = run.id) END
FROM runs AS run, LATERAL (
  SELECT array_agg(points ORDER BY position) AS points FROM metric_batches WHERE run_id = run.id
) AS waiting, LATERAL (
  SELECT run.id, run.project_id, run.experiment_id, run.workload_id, run.name, run.kind, run.status, run.reason,
         run.tags, run.summary, run.failure, run.created_at, run.started_at, run.ended_at,
         (SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM params WHERE run_id = run.id) AS params,
         (SELECT coalesce(json_agg(latest), '[]') FROM (
            SELECT name, step, value, time, points, minimum, maximum
            FROM metric_latest WHERE run_id = run.id ORDER BY name
          ) AS latest) AS metrics
) AS shown
WHERE run.id = ANY (%(runs)s) AND run.org_id = ANY (%(orgs)s) AND run.deleted_at IS NULL
  AND run.project_id <> ALL (%(hidden)s::uuid[])
  AND (%(worker)s::uuid IS NULL OR run.workload_id = %(worker)s)
"""
