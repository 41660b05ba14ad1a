"""What a group of reports asks of the database: every statement of it runs in one transaction, in one round trip."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

import uuid_utils
from pydantic_core import to_json

from app.experiments.ingest_points import pack
from app.kit.pipeline import Statement
from trine.specs.telemetry import Batch


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


_REPORTS: LiteralString = """
json_to_recordset(%(reports)s::json) AS report (
  run_id uuid, source text, sequence bigint, attempt integer, place integer, size integer)
"""

# Finds the runs, and leaves out batches that were applied before. All that follows hangs on the rows that this changes.
_CLAIM: LiteralString = f"""
WITH found AS (
  SELECT runs.org_id, runs.id AS run_id, source, sequence, place, size FROM {_REPORTS}
  JOIN runs ON runs.id = report.run_id
  WHERE runs.deleted_at IS NULL
    AND (runs.org_id = ANY (%(orgs)s) AND runs.project_id <> ALL (%(without)s::uuid[])
         OR runs.project_id = ANY (%(projects)s::uuid[]))
    AND (%(worker)s::uuid IS NULL OR runs.workload_id = %(worker)s)
), made AS (
  INSERT INTO batch_sources AS known (org_id, run_id, source, applied)
  SELECT org_id, run_id, source, int8multirange(int8range(sequence, sequence + 1)) FROM found ORDER BY run_id
  ON CONFLICT (run_id, source) DO UPDATE SET applied = known.applied + excluded.applied
  WHERE NOT known.applied @> excluded.applied
  RETURNING run_id
), stored AS (
  INSERT INTO metric_batches (org_id, run_id, points)
  SELECT org_id, run_id, substr(%(points)b, place, size) FROM found JOIN made USING (run_id) WHERE size > 0
)
SELECT found.run_id, made.run_id IS NOT NULL FROM found LEFT JOIN made USING (run_id)
"""

_CLAIMED: LiteralString = f"""
claimed AS (
  SELECT known.org_id, runs.project_id, run_id, report.attempt FROM {_REPORTS}
  JOIN batch_sources AS known USING (run_id, source) JOIN runs ON runs.id = run_id
  WHERE known.xmin = pg_current_xact_id()::xid
)
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
INSERT INTO logs (id, org_id, project_id, run_id, attempt, source, stream, time, text)
SELECT log.id, org_id, project_id, run_id, attempt, log.source, log.stream, to_timestamp(log.time), log.text
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
    points = [pack(batch.attempt, batch.metrics) for _, batch in ordered]
    told = {"reports": _json(_reports(ordered, points))}
    places = {"orgs": list(reach.orgs), "without": list(reach.without), "projects": list(reach.projects)}
    found = [Statement(_CLAIM, {**told, **places, "worker": reach.worker, "points": b"".join(points)})]
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


def _reports(reports: Sequence[Report], points: Sequence[bytes]) -> list[dict[str, Any]]:
    """PostgreSQL counts bytes from 1."""
    ends = list(itertools.accumulate(map(len, points), initial=1))
    return [
        {
            "run_id": run_id,
            "source": batch.source,
            "sequence": batch.sequence,
            "attempt": batch.attempt,
            "place": place,
            "size": len(packed),
        }
        for (run_id, batch), packed, place in zip(reports, points, ends[:-1], strict=True)
    ]


def _changes(batch: Batch) -> bool:
    return bool(batch.tags or batch.summary or batch.failure)


def _change(report: Report) -> dict[str, Any]:
    run_id, batch = report
    failure = batch.failure and {**batch.failure.model_dump(mode="json"), "attempt": batch.attempt}
    return {"run_id": run_id, "tags": batch.tags, "summary": batch.summary, "failure": failure}


def _json(value: object) -> str:
    """JSON has no NaN and no infinities; PostgreSQL reads their names."""
    return to_json(value, inf_nan_mode="strings").decode()
