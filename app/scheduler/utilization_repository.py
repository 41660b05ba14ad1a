from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, select, text

from app.kit.repository import Repository
from app.span import Span
from app.tables import Cluster, PoolSample, PoolShare

RESOURCES = ("cpu", "gpu", "memory")

_SHARES = text("""
INSERT INTO pool_shares (org_id, project_id, cluster_id, seconds, at, cpu, gpu, memory)
SELECT w.org_id, w.project_id, q.cluster_id, :seconds, :at, sum((b ->> 'cpu')::float8), sum((b ->> 'gpu')::float8),
       sum((b ->> 'memory')::float8)
FROM workloads AS w JOIN scheduling_queues AS q ON q.id = w.queue_id, jsonb_array_elements(w.bundles) AS b
WHERE w.status IN ('admitted', 'starting', 'running', 'stopping')
GROUP BY w.org_id, w.project_id, q.cluster_id
ON CONFLICT DO NOTHING
""")
_POOLS = text("""
INSERT INTO pool_samples (cluster_id, seconds, at, cpu, gpu, memory, cpu_taken, gpu_taken, memory_taken)
SELECT c.id, :seconds, :at, coalesce(n.cpu, 0), coalesce(n.gpu, 0), coalesce(n.memory, 0), coalesce(s.cpu, 0),
       coalesce(s.gpu, 0), coalesce(s.memory, 0)
FROM clusters AS c
LEFT JOIN (SELECT cluster_id, sum(cpu) AS cpu, sum(gpu) AS gpu, sum(memory) AS memory FROM gpu_nodes WHERE alive
           GROUP BY cluster_id) AS n ON n.cluster_id = c.id
LEFT JOIN (SELECT cluster_id, sum(cpu) AS cpu, sum(gpu) AS gpu, sum(memory) AS memory FROM pool_shares
           WHERE seconds = :seconds AND at = :at GROUP BY cluster_id) AS s ON s.cluster_id = c.id
ON CONFLICT DO NOTHING
""")
# A project has no row for a minute in which it had nothing: the mean is over the minutes of the pool.
_FOLD_SHARES = text("""
INSERT INTO pool_shares (org_id, project_id, cluster_id, seconds, at, cpu, gpu, memory)
SELECT s.org_id, s.project_id, s.cluster_id, :coarse, h.at, sum(s.cpu) / h.samples, sum(s.gpu) / h.samples,
       sum(s.memory) / h.samples
FROM pool_shares AS s
JOIN (SELECT cluster_id, date_trunc('hour', at, 'UTC') AS at, count(*) AS samples FROM pool_samples
      WHERE seconds = :fine AND at < :before GROUP BY 1, 2) AS h
  ON h.cluster_id = s.cluster_id AND h.at = date_trunc('hour', s.at, 'UTC')
WHERE s.seconds = :fine AND s.at < :before
GROUP BY s.org_id, s.project_id, s.cluster_id, h.at, h.samples
ON CONFLICT DO NOTHING
""")
_FOLD_POOLS = text("""
INSERT INTO pool_samples (cluster_id, seconds, at, cpu, gpu, memory, cpu_taken, gpu_taken, memory_taken)
SELECT cluster_id, :coarse, date_trunc('hour', at, 'UTC'), avg(cpu), avg(gpu), avg(memory), avg(cpu_taken),
       avg(gpu_taken), avg(memory_taken)
FROM pool_samples WHERE seconds = :fine AND at < :before GROUP BY cluster_id, date_trunc('hour', at, 'UTC')
ON CONFLICT DO NOTHING
""")
_FORGET = (
    text("DELETE FROM pool_shares WHERE seconds = :seconds AND at < :before"),
    text("DELETE FROM pool_samples WHERE seconds = :seconds AND at < :before"),
)


class PoolRepository(Repository[PoolSample]):
    table = PoolSample

    async def sample(self, at: datetime, seconds: int) -> None:
        """Writes what stands now; of two controllers the first."""
        for statement in (_SHARES, _POOLS):
            await self.session.execute(statement, {"at": at, "seconds": seconds})

    async def fold(self, fine: int, coarse: int, before: datetime) -> None:
        """Rows of `fine` seconds that begin before `before`, an hour's beginning, become one an hour."""
        for statement in (_FOLD_SHARES, _FOLD_POOLS):
            await self.session.execute(statement, {"fine": fine, "coarse": coarse, "before": before})
        await self.forget(fine, before)

    async def forget(self, seconds: int, before: datetime) -> None:
        for statement in _FORGET:
            await self.session.execute(statement, {"seconds": seconds, "before": before})

    async def means(self, span: Span) -> Sequence[Row[*tuple[Any, ...]]]:
        """`cluster_id`, `pool`, `step`, `weight` (seconds sampled) and the means, by step."""
        step = span.step_of(PoolSample.at).label("step")
        names = [*RESOURCES, *(f"{name}_taken" for name in RESOURCES)]
        statement = (
            select(
                PoolSample.cluster_id,
                Cluster.name.label("pool"),
                step,
                func.sum(PoolSample.seconds).label("weight"),
                *((_weighted(PoolSample, name) / func.sum(PoolSample.seconds)).label(name) for name in names),
            )
            .join(Cluster, Cluster.id == PoolSample.cluster_id)
            .where(PoolSample.at >= span.since, PoolSample.at < span.until)
            .group_by(PoolSample.cluster_id, Cluster.name, step)
            .order_by(Cluster.name, step)
        )
        return (await self.session.execute(statement)).all()


class ShareRepository(Repository[PoolShare]):
    table = PoolShare

    async def sums(
        self, org_id: UUID, project_id: UUID | None, span: Span
    ) -> dict[tuple[UUID, datetime], dict[str, float]]:
        """(cluster, step) → resource → amount × seconds, of what the session may see."""
        step = span.step_of(PoolShare.at).label("step")
        statement = (
            self.statement()
            .with_only_columns(
                PoolShare.cluster_id, step, *(_weighted(PoolShare, name).label(name) for name in RESOURCES)
            )
            .where(PoolShare.org_id == org_id, PoolShare.at >= span.since, PoolShare.at < span.until)
            .group_by(PoolShare.cluster_id, step)
        )
        if project_id:
            statement = statement.where(PoolShare.project_id == project_id)
        rows = (await self.session.execute(statement)).all()
        return {(row.cluster_id, row.step): {name: getattr(row, name) for name in RESOURCES} for row in rows}


def _weighted(table: type[PoolSample] | type[PoolShare], name: str) -> ColumnElement[float]:
    found: ColumnElement[float] = func.sum(getattr(table, name) * table.seconds)
    return found
