"""Telemetry becomes rows: in one round trip, once for a (run, source, sequence), everything of a batch or nothing."""

import json
import math
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg.errors
from uuid_utils.compat import uuid7

from app.experiments.storable import storable, storable_number
from app.kit.db import Scope
from app.kit.pipeline import Pipeline, Statement
from trine.specs.telemetry import Ack, Batch, Series

# The claim finds the run and refuses a batch that was applied before; all that follows hangs on its row.
_CLAIM = """
INSERT INTO ingested_batches (org_id, run_id, source, sequence)
SELECT org_id, id, %(source)s, %(sequence)s FROM runs
WHERE id = %(run)s AND deleted_at IS NULL
  AND (org_id = ANY (%(orgs)s) AND project_id <> ALL (%(without)s::uuid[]) OR project_id = ANY (%(projects)s::uuid[]))
  AND (%(worker)s::uuid IS NULL OR workload_id = %(worker)s)
"""

# Rows of the latest values are written in the order of their names, so that two batches lock them in the same order.
# To PostgreSQL NaN is greater than every number, so only the maximum needs care.
_METRICS = """
WITH claim AS (
  SELECT org_id, run_id FROM ingested_batches
  WHERE run_id = %(run)s AND source = %(source)s AND sequence = %(sequence)s
), chunk AS (
  SELECT * FROM json_to_recordset(%(chunks)s::json) AS chunk (
    id uuid, name text, steps bigint[], values float8[], times float8[], minimum float8, maximum float8)
), stored AS (
  INSERT INTO metrics (id, org_id, run_id, name, attempt, first_step, last_step, steps, values, times)
  SELECT id, org_id, run_id, name, %(attempt)s, steps[1], steps[cardinality(steps)], steps, values, times
  FROM claim, chunk
)
INSERT INTO metric_latest AS old (org_id, run_id, name, attempt, step, value, time, points, minimum, maximum)
SELECT org_id, run_id, name, %(attempt)s, steps[cardinality(steps)], values[cardinality(steps)],
       times[cardinality(steps)], cardinality(steps), minimum, maximum
FROM claim, chunk ORDER BY name
ON CONFLICT (run_id, name) DO UPDATE SET
  attempt = greatest(old.attempt, excluded.attempt),
  step = CASE WHEN (excluded.attempt, excluded.step) >= (old.attempt, old.step) THEN excluded.step ELSE old.step END,
  value = CASE WHEN (excluded.attempt, excluded.step) >= (old.attempt, old.step) THEN excluded.value ELSE old.value END,
  time = CASE WHEN (excluded.attempt, excluded.step) >= (old.attempt, old.step) THEN excluded.time ELSE old.time END,
  points = old.points + excluded.points,
  minimum = least(old.minimum, excluded.minimum),
  maximum = CASE WHEN old.maximum = 'NaN' THEN excluded.maximum WHEN excluded.maximum = 'NaN' THEN old.maximum
            ELSE greatest(old.maximum, excluded.maximum) END
"""

_PARAMS = """
INSERT INTO params (org_id, run_id, key, value)
SELECT org_id, run_id, param.key, param.value
FROM ingested_batches, jsonb_each(%(params)s::jsonb) AS param
WHERE run_id = %(run)s AND source = %(source)s AND sequence = %(sequence)s ORDER BY param.key
ON CONFLICT (run_id, key) DO UPDATE SET value = excluded.value
"""

# Held until the batch is committed, so that no lines appear before others that somebody has already read.
_LOGS_IN_ORDER = "SELECT pg_advisory_xact_lock(hashtextextended('logs/' || %(run)s::text, 0))"

_LOGS = """
INSERT INTO logs (id, org_id, run_id, attempt, source, stream, time, text)
SELECT log.id, org_id, run_id, %(attempt)s, source, log.stream, to_timestamp(log.time), log.text
FROM ingested_batches, json_to_recordset(%(logs)s::json) AS log (id uuid, stream text, time float8, text text)
WHERE run_id = %(run)s AND source = %(source)s AND sequence = %(sequence)s
"""

_RUN = """
UPDATE runs SET tags = tags || %(tags)s::jsonb, summary = summary || %(summary)s::jsonb,
                failure = coalesce(%(failure)s::jsonb, failure), updated_at = now()
FROM ingested_batches AS batch
WHERE runs.id = batch.run_id AND batch.run_id = %(run)s AND batch.source = %(source)s AND sequence = %(sequence)s
"""


@dataclass(frozen=True, slots=True)
class Reach:
    """To which runs somebody may report."""

    orgs: tuple[UUID, ...]
    without: tuple[UUID, ...] = ()
    """Projects of these organizations where they may not."""
    projects: tuple[UUID, ...] = ()
    """Projects of other organizations where they may."""
    worker: UUID | None = None
    """The only workload whose runs they may report to."""


async def apply(pipeline: Pipeline, scope: Scope, *, reach: Reach, run_id: UUID, batch: Batch) -> Ack | None:
    """None where there is no such run within reach."""
    try:
        results = await pipeline.run(scope, statements(reach, run_id, storable(batch)))
    except psycopg.errors.UniqueViolation:
        return Ack(applied=False, points=0)
    if results[0].affected == 0:
        return None
    return Ack(applied=True, points=sum(len(series.steps) for series in batch.metrics.values()))


def statements(reach: Reach, run_id: UUID, batch: Batch) -> list[Statement]:
    key = {"run": run_id, "source": batch.source, "sequence": batch.sequence}
    places = {"orgs": list(reach.orgs), "without": list(reach.without), "projects": list(reach.projects)}
    found = [Statement(_CLAIM, {**key, **places, "worker": reach.worker})]
    if chunks := [_chunk(name, series) for name, series in batch.metrics.items() if series.steps]:
        found.append(Statement(_METRICS, {**key, "attempt": batch.attempt, "chunks": json.dumps(chunks)}))
    if batch.params:
        found.append(Statement(_PARAMS, {**key, "params": json.dumps(batch.params)}))
    if batch.logs:
        logs = [{"id": str(uuid7()), **chunk.model_dump()} for chunk in batch.logs]
        found.append(Statement(_LOGS_IN_ORDER, {"run": run_id}))
        found.append(Statement(_LOGS, {**key, "attempt": batch.attempt, "logs": json.dumps(logs)}))
    if batch.tags or batch.summary or batch.failure:
        failure = batch.failure and {**batch.failure.model_dump(mode="json"), "attempt": batch.attempt}
        merged = {"tags": json.dumps(batch.tags), "summary": json.dumps(batch.summary)}
        found.append(Statement(_RUN, {**key, **merged, "failure": json.dumps(failure) if failure else None}))
    return found


def _chunk(name: str, series: Series) -> dict[str, Any]:
    points = list(zip(series.steps, series.values, series.times, strict=True))
    if any(after < before for before, after in zip(series.steps, series.steps[1:], strict=False)):
        points.sort(key=lambda point: point[0])
    numbers = [value for value in series.values if not math.isnan(value)] or [math.nan]
    return {
        "id": str(uuid7()),
        "name": name,
        "steps": [step for step, _, _ in points],
        "values": [storable_number(value) for _, value, _ in points],
        "times": [time for _, _, time in points],
        "minimum": storable_number(min(numbers)),
        "maximum": storable_number(max(numbers)),
    }
