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
from pathlib import Path
from uuid import UUID

import numpy as np
import psycopg
from uuid_utils.compat import uuid7

from app.experiments import runs_table
from app.experiments.runs_table_repository import RunsTableRepository
from app.experiments.runs_table_schemas import RunsTableRequest
from app.kit import clock
from app.kit.db import Database, Scope
from bench.filling import unguarded
from bench.site import site

METRICS = PARAMS = 20
LIMIT, FAR = 50, 500
STRIDE = 200
"""Runs at once, on the way to a page that is far."""
FILTERS = {
    "param 0.1 %": "params.p3 < 0.001",
    "param 60 %": "params.p3 < 0.6",
    "metric 0.1 %": "metrics.m3 < 0.001",
    "metric 60 %": "metrics.m3 < 0.6",
}
MOST, NOTHING = FILTERS["param 60 %"], "tags.team = 'cv'"
CASES = {
    **{name: (text, "metrics.m7") for name, text in FILTERS.items()},
    "least of a metric": (MOST, "min(metrics.m7)"),
    "greatest of a metric": (MOST, "max(metrics.m7) desc"),
    "12 values, a metric": (MOST, "params.p19, metrics.m7"),
    "a parameter, a metric": (MOST, "params.p5, metrics.m7 desc"),
    "name": (MOST, "name"),
    "status, name": (MOST, "status, name desc"),
    "a tag": (MOST, "tags.seed"),
    "the same tag, a metric": (MOST, "tags.team, metrics.m7"),
    "the summary": (MOST, "summary.best"),
    "a tag that none has": (NOTHING, "metrics.m7"),
    "a tag of a sixteenth": ("tags.seed = '3'", "metrics.m7"),
}
"""Filter and order."""
COLUMNS = ["metrics.m3", "metrics.m7", "params.p3", "status"]
BATCH = 5_000
TABLES = ("organizations", "projects", "experiments", "runs", "run_fields", "params", "metric_latest")
RUNS = """
INSERT INTO runs (org_id, project_id, experiment_id, id, name, kind, status, reason, tags, summary, started_at)
SELECT %s, %s, %s, id, 'run-' || right(id::text, 6), 'custom', 'running', '{"code": "created", "message": "created"}',
       jsonb_build_object('team', 'nlp', 'seed', right(id::text, 1)),
       jsonb_build_object('note', 'made for a measurement', 'best', random()), now()
FROM unnest(%s::uuid[]) AS id
"""
FEW_VALUES = 12
"""Of one parameter, as learning rates are."""
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
    with site(arguments.keep) as made:
        org_id, project_id = fill(made.owner_url, arguments.runs)
        url = (made.home.secrets / "database_app_url").read_text().strip()
        asyncio.run(_measure(url, org_id, project_id, arguments.rounds, arguments.only))


async def _measure(url: str, org_id: UUID, project_id: UUID, rounds: int, only: str) -> None:
    database, scope = Database(url), Scope((org_id,))
    print(f"{os.cpu_count()} cores, {rounds} rounds")
    print(f"{'filter or order':24} {'page':>5} {'p50 ms':>8} {'p95 ms':>8} {'least':>8} {'most':>8}")
    for name, (text, sort) in CASES.items():
        if only not in name:
            continue
        for page, cursor in {1: None, **await _far(database, scope, project_id, text, sort)}.items():
            request = _request(text, sort, cursor)
            spent = [await _spent(database, scope, project_id, request) for _ in range(rounds)]
            p50, p95 = statistics.median(spent), float(np.percentile(spent, 95))
            shown = f"{p50:8.1f} {p95:8.1f} {min(spent):8.1f} {max(spent):8.1f}"
            print(f"{name:24} {page:5} {shown}", flush=True)
    counted = {} if only else FILTERS
    for name, text in counted.items():
        runs, spent = await _count(database, scope, project_id, text, rounds)
        p50, p95 = statistics.median(spent), float(np.percentile(spent, 95))
        print(f"{name:24} count {p50:8.1f} {p95:8.1f}   {runs} runs")
    await database.close()


def _request(text: str, sort: str, cursor: str | None, limit: int = LIMIT) -> RunsTableRequest:
    return RunsTableRequest(filter=text, sort=sort, columns=COLUMNS, limit=limit, cursor=cursor)


async def _far(database: Database, scope: Scope, project_id: UUID, text: str, sort: str) -> dict[int, str]:
    """The number and the cursor of a page: the farthest, or the last where there are not so many. None of the first."""
    page, cursor = await _turned(database, scope, project_id, _request(text, sort, None, STRIDE))
    if page < FAR:
        page, cursor = await _turned(database, scope, project_id, _request(text, sort, None))
    return {page: cursor} if cursor else {}


async def _turned(
    database: Database, scope: Scope, project_id: UUID, request: RunsTableRequest
) -> tuple[int, str | None]:
    """The last page that can be reached in steps of the request's limit, and its cursor."""
    page, cursor = 1, request.cursor
    while page < FAR:
        size = min(request.limit, (FAR - page) * LIMIT)
        asked = request.model_copy(update={"limit": size, "cursor": cursor})
        async with database.session(scope) as session:
            table = await runs_table.of_project(session, project_id=project_id, request=asked)
        if table.next_cursor is None:
            break
        page, cursor = page + size // LIMIT, table.next_cursor
    return page, cursor


async def _spent(database: Database, scope: Scope, project_id: UUID, request: RunsTableRequest) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    async with database.session(scope) as session:
        table = await runs_table.of_project(session, project_id=project_id, request=request)
    spent = (time.perf_counter() - began) * 1e3
    assert bool(table.items) is not (request.filter == NOTHING)
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
    """An organization with a project of so many runs, another with a tenth of them, and statistics. What is there
    already stays, so that a database that is kept is filled once, however often that is interrupted."""
    with unguarded(owner_url, TABLES) as connection:
        filled = [_organization(connection, slug, number) for slug, number in {"a": runs, "b": runs // 10}.items()]
    return filled[0]


def _organization(connection: psycopg.Connection, slug: str, runs: int) -> tuple[UUID, UUID]:
    org_id, project_id, experiment_id = _project(connection, slug)
    there = connection.execute("SELECT count(*) FROM runs WHERE project_id = %s", [project_id]).fetchone()
    for first in range(there[0] if there else 0, runs, BATCH):
        random = np.random.default_rng((len(slug), first))
        ids = [uuid7() for _ in range(min(BATCH, runs - first))]
        with connection.transaction():
            connection.execute(RUNS, [org_id, project_id, experiment_id, ids])
            for number in range(PARAMS):
                values = random.random(len(ids))
                if number == PARAMS - 1:
                    values = np.floor(values * FEW_VALUES)
                connection.execute(PARAM, [org_id, project_id, f"p{number}", ids, values.tolist()])
            for number in range(METRICS):
                values = random.random(len(ids))
                connection.execute(METRIC, [org_id, project_id, f"m{number}", ids, values.tolist()])
    return org_id, project_id


def _project(connection: psycopg.Connection, slug: str) -> tuple[UUID, UUID, UUID]:
    """Of this organization, which is made where it is not there."""
    found = connection.execute(
        "SELECT org_id, project_id, id FROM experiments WHERE org_id = (SELECT id FROM organizations WHERE slug = %s)",
        [slug],
    ).fetchone()
    if found:
        return found[0], found[1], found[2]
    org_id, project_id, experiment_id = uuid7(), uuid7(), uuid7()
    with connection.transaction():
        connection.execute("INSERT INTO organizations (id, slug, name) VALUES (%s, %s, %s)", [org_id, slug, slug])
        connection.execute(
            "INSERT INTO projects (id, org_id, slug, name) VALUES (%s, %s, %s, %s)", [project_id, org_id, slug, slug]
        )
        connection.execute(
            "INSERT INTO experiments (id, org_id, project_id, name) VALUES (%s, %s, %s, 'bench')",
            [experiment_id, org_id, project_id],
        )
    return org_id, project_id, experiment_id


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=40, help="of each case")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="of a database that is filled once and stays")
    parser.add_argument("--only", default="", metavar="TEXT", help="cases whose name has it")
    return parser.parse_args()


if __name__ == "__main__":
    main()
