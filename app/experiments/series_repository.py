"""Stored points. Bytes come as they lie in the tables."""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.experiments import chunk_codec
from app.experiments.ingest_points import Columns, Reported, readable
from app.experiments.pyramid import Outside, Part


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
    """Empty of a chunk that is told of by its extremes."""
    first_step: int | None = None
    times_length: int | None = None
    values_length: int | None = None
    extremes: bytes | None = None

    def columns(self) -> Columns:
        """Of a chunk."""
        return chunk_codec.columns_of(self.points or 0, self.steps or b"", self.times, self.values)

    def outside(self) -> Outside:
        """Of a chunk that is told of by its extremes."""
        lengths = self.times_length or 0, self.values_length or 0
        return Outside(self.points or 0, self.steps or b"", *lengths, self.extremes or b"")


def reported(stored: Iterable[Stored]) -> Iterator[tuple[UUID, Reported]]:
    """Of each run, what chunks have, then what batches that wait have: of metrics that nobody asked for too."""
    for row in stored:
        if row.waits:
            yield from ((row.run_id, each) for each in readable(row.run_id, row.values))
        else:
            yield row.run_id, Reported(row.name or "", row.attempt or 0, row.columns())


class Wanted(NamedTuple):
    """Parts of the columns of a chunk."""

    chunk: Stored
    part: Part


# In one statement, so that no point is missed that is folded meanwhile. Which series are long is a subquery of the
# columns, and not joined: it is computed once, whatever the planner believes of the table; OFFSET 0 keeps it at once.
_STORED: LiteralString = """
SELECT false AS waits, position, run_id, name, attempt, points, steps,
       CASE WHEN %(times)s AND NOT summarized THEN times END, CASE WHEN summarized THEN '' ELSE values END,
       first_step, length(times), length(values), CASE WHEN summarized THEN extremes END
FROM (
  SELECT *, extremes IS NOT NULL AND (run_id, name) IN (
    SELECT run_id, name FROM metrics WHERE run_id = ANY (%(runs)s) AND name = ANY (%(names)s) AND last_step > %(after)s
    GROUP BY run_id, name HAVING sum(points) >= %(summarized_from)s
  ) AS summarized
  FROM metrics WHERE run_id = ANY (%(runs)s) AND name = ANY (%(names)s) AND last_step > %(after)s OFFSET 0
) AS chunk
UNION ALL
SELECT true, position, run_id, NULL, NULL, NULL, NULL, NULL, points, NULL, NULL, NULL, NULL FROM metric_batches
WHERE run_id = ANY (%(runs)s)
ORDER BY waits, position
"""

# A column is fetched from where PostgreSQL keeps long values once, and then cut: a cut of what is not fetched costs as
# much as the whole. Nothing but OFFSET 0 keeps the planner from fetching it for each cut, and nothing but MATERIALIZED
# from reading the arrays for each chunk.
_PARTS: LiteralString = """
WITH spans AS MATERIALIZED (SELECT %(starts)s::int[] AS starts, %(lengths)s::int[] AS lengths)
SELECT place, (SELECT string_agg(substr(times, starts[at], lengths[at]), '' ORDER BY at)
               FROM generate_series(times_from, values_from - 1) AS at),
              (SELECT string_agg(substr(values, starts[at], lengths[at]), '' ORDER BY at)
               FROM generate_series(values_from, values_end - 1) AS at)
FROM (
  SELECT place, times_from, values_from, values_end, values || ''::bytea AS values,
         CASE WHEN times_from < values_from THEN times || ''::bytea END AS times
  FROM unnest(%(runs)s::uuid[], %(names)s::text[], %(positions)s::bigint[],
              %(times_from)s::int[], %(values_from)s::int[], %(values_end)s::int[]) WITH ORDINALITY AS wanted (
              run_id, name, position, times_from, values_from, values_end, place)
  JOIN metrics USING (run_id, name, position) OFFSET 0
) AS chunk CROSS JOIN spans ORDER BY place
"""
EVER = 2**62


class SeriesRepository:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def stored(
        self,
        run_ids: Sequence[UUID],
        names: Sequence[str],
        after: int | None = None,
        *,
        times: bool = True,
        summarized_from: int | None = None,
    ) -> list[Stored]:
        """As they were written: chunks of these metrics that have steps greater than `after`, then batches that wait.
        Without their times where nobody asks for them; of series with at least `summarized_from` points in chunks,
        those that have extremes with these instead of their points."""
        told = {"runs": list(run_ids), "names": list(names), "after": -1 if after is None else after, "times": times}
        found = await self.rows(_STORED, told | {"summarized_from": summarized_from or EVER})
        return [Stored(*row) for row in found]

    async def parts(self, wanted: Sequence[Wanted]) -> list[tuple[bytes, bytes]] | None:
        """Of times and of values; None where a chunk has been merged with others meanwhile."""
        spans = [(*part.times, *part.values) for _, part in wanted]
        ends = list(itertools.accumulate((len(each) for each in spans), initial=1))
        told = {
            "runs": [chunk.run_id for chunk, _ in wanted],
            "names": [chunk.name for chunk, _ in wanted],
            "positions": [chunk.position for chunk, _ in wanted],
            "starts": [start + 1 for each in spans for start, _ in each],
            "lengths": [length for each in spans for _, length in each],
            "times_from": ends[:-1],
            "values_from": [begin + len(part.times) for begin, (_, part) in zip(ends[:-1], wanted, strict=True)],
            "values_end": ends[1:],
        }
        found = await self.rows(_PARTS, told)
        return [(times or b"", values) for _, times, values in found] if len(found) == len(wanted) else None

    async def rows(self, statement: LiteralString, told: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Of a statement that reads columns of bytes."""
        connection = await (await self.session.connection()).get_raw_connection()
        # The driver's own cursor: as text, bytes are twice as long.
        async with connection.driver_connection.cursor(binary=True) as cursor:  # type: ignore[union-attr]
            await cursor.execute(statement, told)
            found: list[tuple[Any, ...]] = await cursor.fetchall()
            return found
