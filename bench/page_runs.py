"""The same runs on both sides of a measurement of pages: a parameter `lr`, the last value of `loss`, ended.

Written into the databases as the servers themselves write them: to send so many one by one takes minutes.
"""

import sqlite3
import time
from pathlib import Path
from uuid import UUID

from uuid_utils.compat import uuid7

from bench.filling import unguarded

EXPERIMENT = 0
"""MLflow's first."""
GUARDED = ("experiments", "runs", "params", "metric_latest")
RUNS = """
INSERT INTO runs (
  org_id, project_id, experiment_id, id, name, kind, status, reason, tags, summary, started_at, ended_at)
SELECT %s, %s, %s, id, 'run-' || number, 'custom', 'succeeded', '{"code": "finished", "message": "finished"}', '{}',
       '{}', now() - interval '1 minute', now()
FROM unnest(%s::uuid[]) WITH ORDINALITY AS made (id, number)
"""
PARAM = """
INSERT INTO params (org_id, project_id, key, run_id, value)
SELECT %s, %s, 'lr', id, to_jsonb(number * 1e-5) FROM unnest(%s::uuid[]) WITH ORDINALITY AS made (id, number)
"""
METRIC = """
INSERT INTO metric_latest (org_id, project_id, name, run_id, attempt, step, value, time, points, minimum, maximum)
SELECT %s, %s, 'loss', id, 0, 0, number, 1.7e9, 1, number, number
FROM unnest(%s::uuid[]) WITH ORDINALITY AS made (id, number)
"""
MLFLOW_METRIC = (
    "INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES ('loss', ?, ?, ?, 0, 0)",
    "INSERT INTO latest_metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES ('loss', ?, ?, ?, 0, 0)",
)


def fill(owner_url: str, *, org_id: UUID, project_id: UUID, runs: int) -> None:
    experiment_id, ids = uuid7(), [uuid7() for _ in range(runs)]
    with unguarded(owner_url, GUARDED) as connection:
        connection.execute(
            "INSERT INTO experiments (id, org_id, project_id, name) VALUES (%s, %s, %s, 'many')",
            [experiment_id, org_id, project_id],
        )
        connection.execute(RUNS, [org_id, project_id, experiment_id, ids])
        connection.execute(PARAM, [org_id, project_id, ids])
        connection.execute(METRIC, [org_id, project_id, ids])


def fill_mlflow(database: Path, *, runs: int) -> None:
    now = int(time.time() * 1000)
    ids = [f"{number:032x}" for number in range(runs)]
    with sqlite3.connect(database, timeout=60) as connection:
        connection.executemany(
            "INSERT INTO runs (run_uuid, name, source_type, user_id, status, start_time, end_time, lifecycle_stage, "
            "artifact_uri, experiment_id) VALUES (?, ?, 'LOCAL', 'ada', 'FINISHED', ?, ?, 'active', ?, ?)",
            [
                (each, f"run-{number}", now - 60_000 + number, now + number, f"mlflow-artifacts:/0/{each}", EXPERIMENT)
                for number, each in enumerate(ids)
            ],
        )
        connection.executemany(
            "INSERT INTO tags (key, value, run_uuid) VALUES ('mlflow.runName', ?, ?)",
            [(f"run-{number}", each) for number, each in enumerate(ids)],
        )
        connection.executemany(
            "INSERT INTO params (key, value, run_uuid) VALUES ('lr', ?, ?)",
            [(str(number * 1e-5), each) for number, each in enumerate(ids)],
        )
        for statement in MLFLOW_METRIC:
            connection.executemany(statement, [(float(number), now, each) for number, each in enumerate(ids)])
