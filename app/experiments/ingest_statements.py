"""What a group of reports asks of the database: every statement of it runs in one transaction, in one round trip."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

import uuid_utils
from pydantic_core import to_json

from app.kit.pipeline import Statement
from trine.specs.telemetry import Batch, Series


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


class Report(NamedTuple):
    run_id: UUID
    batch: Batch


_REPORTS: LiteralString = (
    "json_to_recordset(%(reports)s::json) AS report (run_id uuid, source text, sequence bigint, attempt integer)"
)

# Finds the runs, and leaves out batches that were applied before. All that follows hangs on the rows that this makes.
_CLAIM: LiteralString = f"""
WITH found AS (
  SELECT runs.org_id, runs.id AS run_id, source, sequence FROM {_REPORTS} JOIN runs ON runs.id = report.run_id
  WHERE runs.deleted_at IS NULL
    AND (runs.org_id = ANY (%(orgs)s) AND runs.project_id <> ALL (%(without)s::uuid[])
         OR runs.project_id = ANY (%(projects)s::uuid[]))
    AND (%(worker)s::uuid IS NULL OR runs.workload_id = %(worker)s)
), made AS (
  INSERT INTO ingested_batches (org_id, run_id, source, sequence)
  SELECT org_id, run_id, source, sequence FROM found ORDER BY run_id
  ON CONFLICT DO NOTHING RETURNING run_id
)
SELECT found.run_id, made.run_id IS NOT NULL FROM found LEFT JOIN made USING (run_id)
"""

_CLAIMED: LiteralString = f"""
claimed AS (
  SELECT batch.org_id, runs.project_id, run_id, report.attempt FROM {_REPORTS}
  JOIN ingested_batches AS batch USING (run_id, source, sequence) JOIN runs ON runs.id = run_id
  WHERE batch.xmin = pg_current_xact_id()::xid
)
"""

# Rows of the latest values are written in the order of their names, so that two batches lock them in the same order.
# To PostgreSQL NaN is greater than every number, so only the maximum needs care.
_METRICS: LiteralString = f"""
WITH {_CLAIMED}, chunk AS (
  SELECT * FROM json_to_recordset(%(chunks)s::json) AS chunk (
    run_id uuid, id uuid, name text, steps bigint[], values float8[], times float8[], minimum float8, maximum float8)
), stored AS (
  INSERT INTO metrics (id, org_id, run_id, name, attempt, first_step, last_step, steps, values, times)
  SELECT id, org_id, run_id, name, attempt, steps[1], steps[cardinality(steps)], steps, values, times
  FROM claimed JOIN chunk USING (run_id)
)
INSERT INTO metric_latest AS old (
  org_id, project_id, run_id, name, attempt, step, value, time, points, minimum, maximum)
SELECT org_id, project_id, run_id, name, attempt, steps[cardinality(steps)], values[cardinality(steps)],
       times[cardinality(steps)], cardinality(steps), minimum, maximum
FROM claimed JOIN chunk USING (run_id) ORDER BY run_id, name
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

_PARAMS: LiteralString = f"""
WITH {_CLAIMED}
INSERT INTO params (org_id, project_id, run_id, key, value)
SELECT org_id, project_id, run_id, param.key, param.value
FROM claimed JOIN json_to_recordset(%(params)s::json) AS given (run_id uuid, params jsonb) USING (run_id),
     jsonb_each(given.params) AS param ORDER BY run_id, param.key
ON CONFLICT (run_id, key) DO UPDATE SET value = excluded.value
"""

# Held until the batch is committed, so that no lines appear before others that somebody has already read.
_LOGS_IN_ORDER: LiteralString = """
SELECT pg_advisory_xact_lock(hashtextextended('logs/' || run_id::text, 0)) FROM unnest(%(runs)s::uuid[]) AS run_id
"""

_LOGS: LiteralString = f"""
WITH {_CLAIMED}
INSERT INTO logs (id, org_id, run_id, attempt, source, stream, time, text)
SELECT log.id, org_id, run_id, attempt, log.source, log.stream, to_timestamp(log.time), log.text
FROM claimed JOIN json_to_recordset(%(logs)s::json)
  AS log (run_id uuid, id uuid, source text, stream text, time float8, text text) USING (run_id)
"""

_RUNS_IN_ORDER: LiteralString = "SELECT FROM runs WHERE id = ANY (%(runs)s) ORDER BY id FOR NO KEY UPDATE"

_RUNS: LiteralString = f"""
WITH {_CLAIMED}
UPDATE runs SET tags = runs.tags || told.tags, summary = runs.summary || told.summary,
                failure = coalesce(told.failure, runs.failure), updated_at = now()
FROM claimed JOIN json_to_recordset(%(told)s::json) AS told (run_id uuid, tags jsonb, summary jsonb, failure jsonb)
  USING (run_id)
WHERE runs.id = claimed.run_id
"""


def statements(reach: Reach, reports: Sequence[Report]) -> list[Statement]:
    """Of reports to different runs, storable."""
    ordered = sorted(reports, key=lambda report: report.run_id)
    told = {"reports": _json([_report(report) for report in ordered])}
    places = {"orgs": list(reach.orgs), "without": list(reach.without), "projects": list(reach.projects)}
    found = [Statement(_CLAIM, {**told, **places, "worker": reach.worker})]
    if chunks := [
        _chunk(run_id, name, series)
        for run_id, batch in ordered
        for name, series in batch.metrics.items()
        if series.steps
    ]:
        found.append(Statement(_METRICS, {**told, "chunks": _json(chunks)}))
    if params := [{"run_id": run_id, "params": batch.params} for run_id, batch in ordered if batch.params]:
        found.append(Statement(_PARAMS, {**told, "params": _json(params)}))
    if logs := [
        {"run_id": run_id, "id": str(uuid_utils.uuid7()), "source": batch.source, **chunk.model_dump()}
        for run_id, batch in ordered
        for chunk in batch.logs
    ]:
        found.append(Statement(_LOGS_IN_ORDER, {"runs": [run_id for run_id, batch in ordered if batch.logs]}))
        found.append(Statement(_LOGS, {**told, "logs": _json(logs)}))
    if changes := [_change(report) for report in ordered if _changes(report.batch)]:
        found.append(Statement(_RUNS_IN_ORDER, {"runs": [change["run_id"] for change in changes]}))
        found.append(Statement(_RUNS, {**told, "told": _json(changes)}))
    return found


def _report(report: Report) -> dict[str, Any]:
    run_id, batch = report
    return {"run_id": run_id, "source": batch.source, "sequence": batch.sequence, "attempt": batch.attempt}


def _chunk(run_id: UUID, name: str, series: Series) -> dict[str, Any]:
    steps, values, times = series.steps, series.values, series.times
    if steps != sorted(steps):
        points = sorted(zip(steps, values, times, strict=True), key=lambda point: point[0])
        steps, values, times = (list(column) for column in zip(*points, strict=True))
    numbers = [value for value in values if not math.isnan(value)] or [math.nan]
    return {
        "run_id": run_id,
        "id": str(uuid_utils.uuid7()),
        "name": name,
        "steps": steps,
        "values": values,
        "times": times,
        "minimum": min(numbers),
        "maximum": max(numbers),
    }


def _changes(batch: Batch) -> bool:
    return bool(batch.tags or batch.summary or batch.failure)


def _change(report: Report) -> dict[str, Any]:
    run_id, batch = report
    failure = batch.failure and {**batch.failure.model_dump(mode="json"), "attempt": batch.attempt}
    return {"run_id": run_id, "tags": batch.tags, "summary": batch.summary, "failure": failure}


def _json(value: object) -> str:
    """JSON has no NaN and no infinities; PostgreSQL reads their names."""
    return to_json(value, inf_nan_mode="strings").decode()
