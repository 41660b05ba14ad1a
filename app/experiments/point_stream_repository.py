from collections.abc import Mapping, Sequence
from typing import LiteralString, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.experiments import chunk_codec
from app.experiments.ingest_points import Columns


class Reached(NamedTuple):
    """Up to where somebody knows a metric: of an attempt, up to a step."""

    attempt: int
    step: int


class Fresh(NamedTuple):
    """A chunk; or, where it waits to be folded, a batch: then `values` has all its points, and the rest is null."""

    waits: bool
    run_id: UUID
    name: str | None
    attempt: int | None
    points: int | None
    steps: bytes | None
    times: bytes | None
    values: bytes

    def columns(self) -> Columns:
        """Of a chunk."""
        return chunk_codec.columns_of(self.points or 0, self.steps or b"", self.times, self.values)


# In one statement, so that no point is missed that is folded meanwhile.
_FRESH: LiteralString = """
SELECT waits, run_id, name, attempt, points, steps, times, values FROM (
  SELECT false AS waits, position, run_id, name, metrics.attempt, points, steps, times, values
  FROM metrics JOIN unnest(%(names)s::text[], %(attempts)s::integer[], %(steps)s::bigint[])
    AS told (name, attempt, step) USING (name)
  WHERE run_id = %(run)s AND (metrics.attempt, last_step) > (told.attempt, told.step)
  UNION ALL
  SELECT true, position, run_id, NULL, NULL, NULL, NULL, NULL, points FROM metric_batches WHERE run_id = %(run)s
) AS stored ORDER BY waits, position
"""
_ATTEMPTS: LiteralString = """
SELECT name, attempt FROM metric_latest WHERE run_id = %(run)s AND name = ANY (%(names)s)
"""


class PointStreamRepository:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def fresh(self, run_id: UUID, reached: Mapping[str, Reached]) -> list[Fresh]:
        """As they were written: chunks that have points beyond what was reached, then batches that wait."""
        attempts, steps = [each.attempt for each in reached.values()], [each.step for each in reached.values()]
        told = {"run": run_id, "names": list(reached), "attempts": attempts, "steps": steps}
        connection = await (await self.session.connection()).get_raw_connection()
        # The driver's own cursor: as text, bytes are twice as long.
        async with connection.driver_connection.cursor(binary=True) as cursor:  # type: ignore[union-attr]
            await cursor.execute(_FRESH, told)
            return [Fresh(*row) for row in await cursor.fetchall()]

    async def attempts(self, run_id: UUID, names: Sequence[str]) -> dict[str, int]:
        """The newest of each metric that has been folded."""
        connection = await (await self.session.connection()).get_raw_connection()
        async with connection.driver_connection.cursor() as cursor:  # type: ignore[union-attr]
            await cursor.execute(_ATTEMPTS, {"run": run_id, "names": list(names)})
            return dict(await cursor.fetchall())
