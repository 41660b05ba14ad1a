"""How long a page of the runs table takes: 100,000 runs with 20 metrics and 20 parameters each.

`python -m bench.runs_table [--runs 100000] [--rounds 40]`. A filter keeps 0.1 % or 60 % of the runs, by a parameter or
by a metric, and another metric sorts them. Measured is what a request does in the application: its session and its
transaction, under row-level security, the rows of the page with the columns that are asked for; not HTTP. Where 0.1 %
are no 500 pages, their last page stands for it. Needs no platform: it starts a PostgreSQL of its own.
"""

import argparse
import asyncio
import os
import statistics
import time
from uuid import UUID

import numpy as np
import psycopg
from uuid_utils.compat import uuid7

from app.experiments import runs_table
from app.experiments.runs_table_repository import RunsTableRepository
from app.experiments.runs_table_schemas import RunsTableRequest
from app.kit import clock
from app.kit.db import Database, Scope
from bench.site import site

METRICS = PARAMS = 20
LIMIT, FAR = 50, 500
FILTERS = {
    "param 0.1 %": "params.p3 < 0.001",
    "param 60 %": "params.p3 < 0.6",
    "metric 0.1 %": "metrics.m3 < 0.001",
    "metric 60 %": "metrics.m3 < 0.6",
}
SORT = "metrics.m7"
COLUMNS = ["metrics.m3", "metrics.m7", "params.p3", "status"]
BATCH = 10_000
RUNS = """
INSERT INTO runs (org_id, project_id, experiment_id, id, name, kind, status, reason, tags, summary, started_at)
SELECT %s, %s, %s, id, 'run-' || right(id::text, 6), 'custom', 'running', '{"code": "created", "message": "created"}',
       jsonb_build_object('team', 'nlp', 'seed', right(id::text, 1)), '{"note": "made for a measurement"}', now()
FROM unnest(%s::uuid[]) AS id
"""
PARAM = """
INSERT INTO params (org_id, project_id, key, run_id, value)
SELECT %s, %s, %s, id, to_jsonb(value) FROM unnest(%s::uuid[], %s::float8[]) AS made (id, value)
"""
METRIC = """
INSERT INTO metric_latest (
  org_id, project_id, name, run_id, attempt, step, value, time, points, minimum, maximum)
SELECT %s, %s, %s, id, 0, 1000, value, 1.7e9, 1001, value - 1, value + 1
FROM unnest(%s::uuid[], %s::float8[]) AS made (id, value)
"""


def main() -> None:
    arguments = _arguments()
    with site() as made:
        org_id, project_id = fill(made.owner_url, arguments.runs)
        url = (made.home.secrets / "database_app_url").read_text().strip()
        asyncio.run(_measure(url, org_id, project_id, arguments.rounds))


async def _measure(url: str, org_id: UUID, project_id: UUID, rounds: int) -> None:
    database, scope = Database(url), Scope((org_id,))
    print(f"{os.cpu_count()} cores, {rounds} rounds")
    print(f"{'filter':14} {'page':>5} {'p50 ms':>8} {'p95 ms':>8} {'least':>8} {'most':>8}")
    for name, text in FILTERS.items():
        places = await _cursors(database, scope, project_id, text)
        for page in (1, min(FAR, len(places))):
            spent = [await _spent(database, scope, project_id, _request(text, places[page - 1])) for _ in range(rounds)]
            p50, p95 = statistics.median(spent), float(np.percentile(spent, 95))
            shown = f"{p50:8.1f} {p95:8.1f} {min(spent):8.1f} {max(spent):8.1f}"
            print(f"{name:14} {page:5} {shown}", flush=True)
    counted = {name: await _count(database, scope, project_id, text, rounds) for name, text in FILTERS.items()}
    for name, (runs, spent) in counted.items():
        p50, p95 = statistics.median(spent), float(np.percentile(spent, 95))
        print(f"{name:14} count {p50:8.1f} {p95:8.1f}   {runs} runs")
    await database.close()


def _request(text: str, cursor: str | None) -> RunsTableRequest:
    return RunsTableRequest(filter=text, sort=SORT, columns=COLUMNS, limit=LIMIT, cursor=cursor)


async def _cursors(database: Database, scope: Scope, project_id: UUID, text: str) -> list[str | None]:
    """Of each page up to the farthest."""
    found: list[str | None] = [None]
    while len(found) < FAR:
        async with database.session(scope) as session:
            table = await runs_table.of_project(session, project_id=project_id, request=_request(text, found[-1]))
        if table.next_cursor is None:
            break
        found.append(table.next_cursor)
    return found


async def _spent(database: Database, scope: Scope, project_id: UUID, request: RunsTableRequest) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    async with database.session(scope) as session:
        table = await runs_table.of_project(session, project_id=project_id, request=request)
    spent = (time.perf_counter() - began) * 1e3
    assert table.items
    return spent


async def _count(database: Database, scope: Scope, project_id: UUID, text: str, rounds: int) -> tuple[int, list[float]]:
    spent, runs = [], 0
    for _ in range(max(3, rounds // 4)):
        began = time.perf_counter()
        async with database.session(scope) as session:
            runs = await RunsTableRepository(session).count(project_id, runs_table.filter_of(text), clock.now())
        spent.append((time.perf_counter() - began) * 1e3)
    return runs, spent


def fill(owner_url: str, runs: int) -> tuple[UUID, UUID]:
    """An organization with a project of so many runs, another with a tenth of them, and statistics."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        for table in ("organizations", "projects", "experiments", "runs", "params", "metric_latest"):
            # The owner is under the policies too.
            connection.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY".encode())
        filled = [_organization(connection, slug, number) for slug, number in {"a": runs, "b": runs // 10}.items()]
        for table in ("organizations", "projects", "experiments", "runs", "params", "metric_latest"):
            connection.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY".encode())
            connection.execute(f"VACUUM ANALYZE {table}".encode())
    return filled[0]


def _organization(connection: psycopg.Connection, slug: str, runs: int) -> tuple[UUID, UUID]:
    org_id, project_id, experiment_id = uuid7(), uuid7(), uuid7()
    connection.execute("INSERT INTO organizations (id, slug, name) VALUES (%s, %s, %s)", [org_id, slug, slug])
    connection.execute(
        "INSERT INTO projects (id, org_id, slug, name) VALUES (%s, %s, %s, %s)", [project_id, org_id, slug, slug]
    )
    connection.execute(
        "INSERT INTO experiments (id, org_id, project_id, name) VALUES (%s, %s, %s, 'bench')",
        [experiment_id, org_id, project_id],
    )
    random = np.random.default_rng(len(slug) + runs)
    for first in range(0, runs, BATCH):
        ids = [uuid7() for _ in range(min(BATCH, runs - first))]
        connection.execute(RUNS, [org_id, project_id, experiment_id, ids])
        for number in range(PARAMS):
            connection.execute(PARAM, [org_id, project_id, f"p{number}", ids, random.random(len(ids)).tolist()])
        for number in range(METRICS):
            connection.execute(METRIC, [org_id, project_id, f"m{number}", ids, random.random(len(ids)).tolist()])
    return org_id, project_id


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=40, help="of each case")
    return parser.parse_args()


if __name__ == "__main__":
    main()
