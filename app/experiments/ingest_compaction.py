"""Small chunks become large ones: a point costs few bytes, and a chart few rows.

Chunks as folded (level 0) of one metric are always merged all together, with the newest merged chunk where that is not
full: so whatever is unmerged was written after whatever is merged, and the newest of several points at one step stays
the newest. Only a chunk's bytes change, and each metric's in one transaction.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from app.experiments import chunk_codec
from app.experiments.folding import TARGET_POINTS, Chunk, Metric, chunks_of, ordered
from app.experiments.ingest_fold import LOCKED, add_chunks
from app.experiments.ingest_points import Columns
from app.kit.db import CONTROLLER, Database

METRICS_AT_ONCE = 16
CHUNKS_AT_ONCE = 512
"""Of one run in one transaction."""

_UNMERGED_RUNS = text("""
WITH RECURSIVE unmerged AS (
  (SELECT run_id FROM metrics WHERE level = 0 ORDER BY run_id LIMIT 1)
  UNION ALL
  SELECT (SELECT run_id FROM metrics WHERE level = 0 AND run_id > unmerged.run_id ORDER BY run_id LIMIT 1)
  FROM unmerged WHERE run_id IS NOT NULL
)
SELECT run_id FROM unmerged JOIN runs ON runs.id = run_id WHERE runs.deleted_at IS NULL
""")

_LOCK = text(f"SELECT {LOCKED} FROM (SELECT CAST(:run AS uuid) AS run_id) AS run")

_UNMERGED_NAMES = text("""
SELECT name, count(*) AS chunks FROM metrics WHERE run_id = :run AND level = 0 AND name > :after
GROUP BY name ORDER BY name LIMIT :most
""")

_TAKE = text("""
DELETE FROM metrics AS chunk USING (
  SELECT name, attempt FROM metrics WHERE run_id = :run AND level = 0 AND name = ANY (:names) GROUP BY name, attempt
) AS unmerged
WHERE chunk.run_id = :run AND chunk.name = unmerged.name AND chunk.attempt = unmerged.attempt
  AND (chunk.level = 0 OR chunk.points < :target AND chunk.position = (
    SELECT max(position) FROM metrics AS other
    WHERE other.run_id = :run AND other.name = chunk.name AND other.attempt = chunk.attempt AND other.level = 1))
RETURNING chunk.org_id, chunk.name, chunk.attempt, chunk.position, chunk.points, chunk.steps, chunk.times, chunk.values
""")


async def unmerged_runs(database: Database) -> list[UUID]:
    async with database.session(CONTROLLER) as session:
        return list((await session.scalars(_UNMERGED_RUNS)).all())


async def compact(database: Database, run_id: UUID) -> None:
    """Merges what was folded of a run; nothing where somebody else is at it."""
    after: str | None = ""
    while after is not None:
        after = await _compact_some(database, run_id, after)


async def _compact_some(database: Database, run_id: UUID, after: str) -> str | None:
    """The name after which to go on."""
    async with database.session(CONTROLLER) as session:
        if not (await session.execute(_LOCK, {"run": run_id})).scalar_one():
            return None
        found = await session.execute(_UNMERGED_NAMES, {"run": run_id, "after": after, "most": METRICS_AT_ONCE})
        names: list[str] = []
        chunks = 0
        for name, count in found:
            if names and chunks + count > CHUNKS_AT_ONCE:
                break
            names.append(name)
            chunks += count
        if not names:
            return None
        taken = await session.execute(_TAKE, {"run": run_id, "names": names, "target": TARGET_POINTS})
        await add_chunks(session, await asyncio.to_thread(_merge, run_id, taken.all()))
    return names[-1]


def _merge(run_id: UUID, taken: Sequence[Row[Any]]) -> list[Chunk]:
    parts: defaultdict[tuple[Metric, int], list[Columns]] = defaultdict(list)
    for chunk in sorted(taken, key=lambda chunk: chunk.position):
        parts[Metric(chunk.org_id, run_id, chunk.name), chunk.attempt].append(
            chunk_codec.columns_of(chunk.points, chunk.steps, chunk.times, chunk.values)
        )
    return [
        chunk
        for (metric, attempt), each in sorted(parts.items())
        for chunk in chunks_of(metric, attempt, ordered(each), merged=True)
    ]
