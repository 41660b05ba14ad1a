"""Batches that wait are folded into chunks and latest values.

One transaction takes the batches of some runs and writes what they become, so a folder that dies leaves either. The
batches of a run are folded by one at a time, under an advisory lock, in the order in which they were written: several
folders may work, and pass by what another has.

Where batches cannot be folded together, each is folded alone; one that cannot be folded even so is set aside with the
reason, and those after it go on.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import structlog
from pydantic_core import to_json
from sqlalchemy import Row, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.ext.asyncio import AsyncSession

from app.experiments.folding import Chunk, Latest, Waiting, fold
from app.kit.db import CONTROLLER, Database

log = structlog.get_logger(__name__)

RUNS_AT_ONCE = 64
BATCHES_AT_ONCE = 64
"""Of one run in one transaction."""
REASON_CHARACTERS = 2000
TOO_LARGE = "54"
"""The class of errors of a limit of the program: of what is written, and not of the database's state."""

LOCKED = "pg_try_advisory_xact_lock(hashtextextended('series/' || run_id::text, 0))"
"""Whoever writes chunks of the run `run_id` has this lock."""

# From run to run along the primary key, whatever waits of each.
_WAITING = text("""
WITH RECURSIVE waiting AS (
  (SELECT run_id FROM metric_batches WHERE run_id > :after ORDER BY run_id LIMIT 1)
  UNION ALL
  SELECT (SELECT run_id FROM metric_batches WHERE run_id > waiting.run_id ORDER BY run_id LIMIT 1)
  FROM waiting WHERE run_id IS NOT NULL
)
SELECT run_id FROM waiting WHERE run_id IS NOT NULL LIMIT :most
""")

_TAKE = text(f"""
WITH mine AS MATERIALIZED (
  SELECT run_id FROM unnest(CAST(:runs AS uuid[])) AS run_id WHERE {LOCKED}
)
DELETE FROM metric_batches AS batch USING mine, LATERAL (
  SELECT position FROM metric_batches WHERE run_id = mine.run_id ORDER BY position LIMIT :most
) AS first
WHERE batch.run_id = mine.run_id AND batch.position = first.position
RETURNING batch.org_id, batch.run_id, batch.position, batch.points
""")

_SET_ASIDE = text("""
INSERT INTO unfolded_batches (org_id, run_id, position, points, reason)
VALUES (:org_id, :run_id, :position, :points, :reason)
""")

_CHUNKS = text("""
INSERT INTO metrics (org_id, run_id, name, level, attempt, points, first_step, last_step,
                     steps, times, values, extremes)
SELECT org_id, run_id, name, level, attempt, points, first_step, last_step,
       substr(:columns, ends[1], ends[2] - ends[1]), substr(:columns, ends[2], ends[3] - ends[2]),
       substr(:columns, ends[3], ends[4] - ends[3]), nullif(substr(:columns, ends[4], ends[5] - ends[4]), '')
FROM json_to_recordset(CAST(:chunks AS json)) AS chunk (
  place integer, org_id uuid, run_id uuid, name text, level smallint, attempt integer, points integer,
  first_step bigint, last_step bigint, ends integer[])
ORDER BY place
""")

# In the order of their names, so that two transactions lock them in the same order. To PostgreSQL NaN is greater than
# every number, so only the maximum needs care.
_LATEST = text("""
INSERT INTO metric_latest AS old (
  org_id, project_id, run_id, name, attempt, step, value, time, points, minimum, maximum)
SELECT told.org_id, project_id, run_id, told.name, attempt, step, value, time, points, minimum, maximum
FROM json_to_recordset(CAST(:latest AS json)) AS told (
  org_id uuid, run_id uuid, name text, attempt integer, step bigint, value float8, time float8, points bigint,
  minimum float8, maximum float8)
JOIN runs ON runs.id = run_id ORDER BY run_id, told.name
ON CONFLICT (run_id, name) DO UPDATE SET
  attempt = greatest(old.attempt, excluded.attempt),
  step = CASE WHEN (excluded.attempt, excluded.step) >= (old.attempt, old.step) THEN excluded.step ELSE old.step END,
  value = CASE WHEN (excluded.attempt, excluded.step) >= (old.attempt, old.step) THEN excluded.value ELSE old.value END,
  time = CASE WHEN (excluded.attempt, excluded.step) >= (old.attempt, old.step) THEN excluded.time ELSE old.time END,
  points = old.points + excluded.points,
  minimum = least(old.minimum, excluded.minimum),
  maximum = CASE WHEN old.maximum = 'NaN' THEN excluded.maximum WHEN excluded.maximum = 'NaN' THEN old.maximum
            ELSE greatest(old.maximum, excluded.maximum) END
""")


async def fold_waiting(database: Database) -> dict[UUID, int]:
    """What waits now, of all runs, some batches of each: how many of which run were folded."""
    folded: dict[UUID, int] = {}
    after: UUID | None = UUID(int=0)
    while after is not None:
        async with database.session(CONTROLLER) as session:
            runs = (await session.scalars(_WAITING, {"after": after, "most": RUNS_AT_ONCE})).all()
        if runs:
            folded |= await _fold_together(database, runs)
        after = runs[-1] if len(runs) == RUNS_AT_ONCE else None
    return folded


async def fold_runs(session: AsyncSession, runs: Sequence[UUID]) -> dict[UUID, int]:
    """Those of them that nobody else folds; how many batches of which."""
    taken = await _take(session, runs, BATCHES_AT_ONCE)
    if taken:
        await _write(session, taken)
    return dict(Counter(batch.run_id for batch in taken))


def is_passing(error: Exception) -> bool:
    """What the state of the database is to blame for, and not what was to be written."""
    if isinstance(error, OperationalError):
        return not (getattr(error.orig, "sqlstate", None) or "").startswith(TOO_LARGE)
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, InterfaceError | NoConnection | OSError)


async def add_chunks(session: AsyncSession, chunks: Sequence[Chunk]) -> None:
    """Written in this order."""
    columns: list[bytes] = []
    rows: list[dict[str, Any]] = []
    end = 1
    for place, chunk in enumerate(chunks):
        ends = [end]
        for column in (chunk.steps, chunk.times, chunk.values, chunk.extremes):
            columns.append(column)
            end += len(column)
            ends.append(end)
        rows.append({"place": place, **_row(chunk), "ends": ends})
    await session.execute(_CHUNKS, {"chunks": _json(rows), "columns": b"".join(columns)})


async def _fold_together(database: Database, runs: Sequence[UUID]) -> dict[UUID, int]:
    try:
        async with database.session(CONTROLLER) as session:
            return await fold_runs(session, runs)
    except Exception as error:
        if is_passing(error):
            raise
    folded: dict[UUID, int] = {}
    for run_id in runs:
        for batches in range(1, BATCHES_AT_ONCE + 1):
            if not await _fold_one(database, run_id):
                break
            folded[run_id] = batches
    return folded


async def _fold_one(database: Database, run_id: UUID) -> bool:
    """The oldest batch of a run, or it is set aside; False where none is there to take."""
    async with database.session(CONTROLLER) as session:
        taken = await _take(session, [run_id], 1)
        if not taken:
            return False
        try:
            async with session.begin_nested():
                await _write(session, taken)
        except Exception as error:
            if is_passing(error):
                raise
            (batch,) = taken
            reason = _reason(error)
            await session.execute(_SET_ASIDE, {**batch._asdict(), "reason": reason})
            log.error("telemetry.set_aside", run=str(run_id), position=batch.position, reason=reason)
    return True


async def _take(session: AsyncSession, runs: Sequence[UUID], most: int) -> list[Row[Any]]:
    """In the order in which they were written, of each run."""
    taken = (await session.execute(_TAKE, {"runs": list(runs), "most": most})).all()
    return sorted(taken, key=lambda batch: (batch.run_id, batch.position))


async def _write(session: AsyncSession, taken: Sequence[Row[Any]]) -> None:
    waiting = [Waiting(batch.org_id, batch.run_id, batch.points) for batch in taken]
    chunks, latest = await asyncio.to_thread(fold, waiting)
    await add_chunks(session, chunks)
    await session.execute(_LATEST, {"latest": _json(_row(each) for each in latest)})


def _reason(error: Exception) -> str:
    """What SQLAlchemy adds to the driver's words are the statement and its parameters: the points themselves."""
    said = error.orig if isinstance(error, DBAPIError) else error
    return f"{type(said).__name__}: {said}".replace("\0", "\ufffd")[:REASON_CHARACTERS]


def _row(thing: Chunk | Latest) -> dict[str, Any]:
    row = thing._asdict()
    metric = row.pop("metric")
    return metric._asdict() | {name: value for name, value in row.items() if not isinstance(value, bytes)}


def _json(rows: Iterable[Mapping[str, Any]]) -> str:
    """JSON has no NaN and no infinities; PostgreSQL reads their names."""
    return to_json(list(rows), inf_nan_mode="strings").decode()
