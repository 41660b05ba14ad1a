from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

# Limits of the platform hold for every project.
_PROJECTS = text("""
SELECT p.id, p.org_id, least(r.log_days, CAST(:log_days AS integer)) AS log_days,
       least(r.metric_days, CAST(:metric_days AS integer)) AS metric_days
FROM projects AS p LEFT JOIN artifact_retentions AS r ON r.project_id = p.id
WHERE p.deleted_at IS NULL
  AND num_nonnulls(r.log_days, r.metric_days, CAST(:log_days AS integer), CAST(:metric_days AS integer)) > 0
ORDER BY p.id
""")
_MAKE = text("""
SELECT make_log_partition((now() AT TIME ZONE 'UTC' + make_interval(months => ahead))::date)
FROM generate_series(0, :ahead) AS ahead
""")
_DROP = text("SELECT drop_log_partitions(:before)")
_LOGS = text("SELECT count(*) FROM logs WHERE project_id = :project_id AND id < first_key(:before)")
# The project and the key lead to the rows by an index; nothing else tells of two partitions' rows which is which.
_FORGET_LOGS = text("""
DELETE FROM logs WHERE project_id = :project_id AND id IN (
  SELECT id FROM logs WHERE project_id = :project_id AND id < first_key(:before) ORDER BY id LIMIT :most
) RETURNING 1
""")
# The source of a version of a model is kept whole.
_RUNS = """
FROM runs AS r WHERE r.project_id = :project_id AND r.deleted_at IS NULL
  AND r.status IN ('succeeded', 'failed', 'cancelled') AND r.ended_at < :before
  AND EXISTS (SELECT FROM metrics AS m WHERE m.run_id = r.id)
  AND NOT EXISTS (SELECT FROM model_versions AS v WHERE v.run_id = r.id AND v.deleted_at IS NULL)
"""
_COUNT_RUNS = text(f"SELECT count(*) {_RUNS}")
_NEXT_RUN = text(f"SELECT r.id {_RUNS} AND r.id >= :after ORDER BY r.id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED")
_FORGET_POINTS = text("""
DELETE FROM metrics WHERE run_id = :run_id AND ctid IN (
  SELECT ctid FROM metrics WHERE run_id = :run_id LIMIT :most
) RETURNING points
""")


class TelemetryRepository:
    """Of all organizations."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def projects(self, log_days: int | None, metric_days: int | None) -> Sequence[Row[Any]]:
        """Those that do not keep everything: `(id, org_id, log_days, metric_days)`."""
        return (await self.session.execute(_PROJECTS, {"log_days": log_days, "metric_days": metric_days})).all()

    async def make_partitions(self, months_ahead: int) -> None:
        await self.session.execute(_MAKE, {"ahead": months_ahead})

    async def drop_partitions(self, before: datetime) -> list[str]:
        """Those with nothing that came later."""
        return list(await self.session.scalars(_DROP, {"before": before}))

    async def count_logs(self, project_id: UUID, before: datetime) -> int:
        """Entries that came before."""
        return int((await self.session.execute(_LOGS, {"project_id": project_id, "before": before})).scalar_one())

    async def forget_logs(self, project_id: UUID, before: datetime, most: int) -> int:
        which = {"project_id": project_id, "before": before, "most": most}
        return len((await self.session.execute(_FORGET_LOGS, which)).all())

    async def count_runs(self, project_id: UUID, before: datetime) -> int:
        """Runs with points that ended before."""
        which = {"project_id": project_id, "before": before}
        return int((await self.session.execute(_COUNT_RUNS, which)).scalar_one())

    async def next_run(self, project_id: UUID, before: datetime, after: UUID) -> UUID | None:
        """The first of them that is not before `after`, locked: it cannot be resumed meanwhile."""
        which = {"project_id": project_id, "before": before, "after": after}
        return (await self.session.execute(_NEXT_RUN, which)).scalar()

    async def forget_points(self, run_id: UUID, most: int) -> list[int]:
        """Points of each chunk that was removed."""
        return list(await self.session.scalars(_FORGET_POINTS, {"run_id": run_id, "most": most}))
