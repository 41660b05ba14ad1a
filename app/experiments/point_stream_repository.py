from collections.abc import Mapping, Sequence
from typing import LiteralString, NamedTuple
from uuid import UUID

from sqlalchemy import select

from app.experiments.series_repository import SeriesRepository, Stored
from app.tables import MetricLatest


class Reached(NamedTuple):
    """Up to where somebody knows a metric: of an attempt, up to a step."""

    attempt: int
    step: int


# In one statement, so that no point is missed that is folded meanwhile.
_FRESH: LiteralString = """
SELECT waits, position, run_id, name, attempt, points, steps, times, values FROM (
  SELECT false AS waits, position, run_id, name, metrics.attempt, points, steps, times, values
  FROM metrics JOIN unnest(%(names)s::text[], %(attempts)s::integer[], %(steps)s::bigint[])
    AS told (name, attempt, step) USING (name)
  WHERE run_id = %(run)s AND (metrics.attempt, last_step) > (told.attempt, told.step)
  UNION ALL
  SELECT true, position, run_id, NULL, NULL, NULL, NULL, NULL, points FROM metric_batches WHERE run_id = %(run)s
) AS stored ORDER BY waits, position
"""


class PointStreamRepository(SeriesRepository):
    async def fresh(self, run_id: UUID, reached: Mapping[str, Reached]) -> list[Stored]:
        """As they were written: chunks that have points beyond what was reached, then batches that wait."""
        attempts, steps = [each.attempt for each in reached.values()], [each.step for each in reached.values()]
        told = {"run": run_id, "names": list(reached), "attempts": attempts, "steps": steps}
        return [Stored(*row) for row in await self.rows(_FRESH, told)]

    async def attempts(self, run_id: UUID, names: Sequence[str]) -> dict[str, int]:
        """The newest of each metric that has been folded."""
        latest = select(MetricLatest.name, MetricLatest.attempt)
        found = await self.session.execute(latest.where(MetricLatest.run_id == run_id, MetricLatest.name.in_(names)))
        return {row.name: row.attempt for row in found}
