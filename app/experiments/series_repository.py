"""Stored points. Bytes come as they lie in the tables."""

import itertools
import struct
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
# from reading the arrays for each chunk. Chunks come some in a row: of smaller ones the driver wakes for every 8 KiB,
# and of larger ones the database gets new memory each time. Both aggregates of a row see its chunks in the same order.
_PARTS: LiteralString = """
WITH spans AS MATERIALIZED (SELECT %(starts)s::int[] AS starts, %(lengths)s::int[] AS lengths)
SELECT places, parts FROM generate_series(0, %(chunks)s - 1, %(together)s) AS before CROSS JOIN LATERAL (
  SELECT string_agg(int4send((before + place - 1)::int), '') AS places, string_agg(
    coalesce((SELECT string_agg(substr(times, starts[at], lengths[at]), '' ORDER BY at)
              FROM generate_series(times_from, values_from - 1) AS at), '') ||
    (SELECT string_agg(substr(values, starts[at], lengths[at]), '' ORDER BY at)
     FROM generate_series(values_from, values_end - 1) AS at), '') AS parts
  FROM (
    SELECT place, times_from, values_from, values_end, values || ''::bytea AS values,
           CASE WHEN times_from < values_from THEN times || ''::bytea END AS times
    FROM unnest((%(runs)s::uuid[])[before + 1 : before + %(together)s],
                (%(names)s::text[])[before + 1 : before + %(together)s],
                (%(positions)s::bigint[])[before + 1 : before + %(together)s],
                (%(times_from)s::int[])[before + 1 : before + %(together)s],
                (%(values_from)s::int[])[before + 1 : before + %(together)s],
                (%(values_end)s::int[])[before + 1 : before + %(together)s]) WITH ORDINALITY AS wanted (
                run_id, name, position, times_from, values_from, values_end, place)
    JOIN metrics USING (run_id, name, position) OFFSET 0
  ) AS chunk CROSS JOIN spans
) AS row
"""
TOGETHER = 16
"""Chunks whose parts come in one row."""
EVER = 2**62
_PLACE = struct.Struct(">i")


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
        values_from = [begin + len(part.times) for begin, (_, part) in zip(ends[:-1], wanted, strict=True)]
        told = {
            "chunks": len(wanted),
            "together": TOGETHER,
            "names": [chunk.name for chunk, _ in wanted],
            "runs": _array(chunk.run_id for chunk, _ in wanted),
            "positions": _array(chunk.position for chunk, _ in wanted),
            "starts": _array(start + 1 for each in spans for start, _ in each),
            "lengths": _array(length for each in spans for _, length in each),
            "times_from": _array(ends[:-1]),
            "values_from": _array(values_from),
            "values_end": _array(ends[1:]),
        }
        found: dict[int, tuple[bytes, bytes]] = {}
        for places, parts in await self.rows(_PARTS, told):
            at = 0
            for (place,) in _PLACE.iter_unpack(places or b""):
                part = wanted[place].part
                values_at = at + sum(length for _, length in part.times)
                end = values_at + sum(length for _, length in part.values)
                found[place] = parts[at:values_at], parts[values_at:end]
                at = end
        return [found[place] for place in range(len(wanted))] if len(found) == len(wanted) else None

    async def rows(self, statement: LiteralString, told: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Of a statement that reads columns of bytes."""
        connection = await (await self.session.connection()).get_raw_connection()
        # The driver's own cursor: as text, bytes are twice as long.
        async with connection.driver_connection.cursor(binary=True) as cursor:  # type: ignore[union-attr]
            await cursor.execute(statement, told)
            found: list[tuple[Any, ...]] = await cursor.fetchall()
            return found


def _array(values: Iterable[int | UUID]) -> str:
    """As PostgreSQL reads it: the driver takes each element of a list by itself, and longer than the database takes
    for the statement."""
    return "{" + ",".join(map(str, values)) + "}"
