"""Stored points. Bytes come as they lie in the tables."""

from collections.abc import Sequence
from typing import LiteralString, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.experiments import chunk_codec
from app.experiments.ingest_points import Columns


class Stored(NamedTuple):
    """A chunk; or, where it waits to be folded, a batch: then `values` has all its points, and the rest is null."""

    waits: bool
    position: int
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
_STORED: LiteralString = """
SELECT false AS waits, position, run_id, name, attempt, points, steps, CASE WHEN %(times)s THEN times END, values
FROM metrics WHERE run_id = ANY (%(runs)s) AND name = ANY (%(names)s) AND last_step > %(after)s
UNION ALL
SELECT true, position, run_id, NULL, NULL, NULL, NULL, NULL, points FROM metric_batches WHERE run_id = ANY (%(runs)s)
ORDER BY waits, position
"""


class SeriesRepository:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def stored(
        self, run_ids: Sequence[UUID], names: Sequence[str], after: int | None = None, *, times: bool = True
    ) -> list[Stored]:
        """As they were written: chunks of these metrics that have steps greater than `after`, then batches that wait.
        Without their times where nobody asks for them."""
        connection = await (await self.session.connection()).get_raw_connection()
        # The driver's own cursor: as text, bytes are twice as long.
        async with connection.driver_connection.cursor(binary=True) as cursor:  # type: ignore[union-attr]
            told = {"runs": list(run_ids), "names": list(names), "after": -1 if after is None else after}
            await cursor.execute(_STORED, told | {"times": times})
            return [Stored(*row) for row in await cursor.fetchall()]
