"""How long the chart of a series of 1,000,000 points takes at 1,200 pixels, and where that goes.

`python -m bench.chart [--rounds 20] [--only TEXT] [--keep FOLDER]`. Measured is what a request does in the application:
its session and its transaction, both statements, thinning, JSON and its compression; not HTTP. *Noisy* is a loss with
noise in all its bits and a clock that jitters, *patterned* the series of `bench/tracking.py`, which zstandard shortens
by half. The series take turns, so that what else the machine does meets all of them. Beside the time that passes it
tells processor time, ours and of the connection's backend, which says more on a machine that is not idle. Needs no
platform: it starts a PostgreSQL of its own.
"""

import argparse
import asyncio
import os
import statistics
import time
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import numpy as np
from sqlalchemy import text
from uuid_utils.compat import uuid7

from app.auth.permissions import Role
from app.auth.principal import Principal, PrincipalKind
from app.experiments import readings
from app.experiments.charts import View
from app.experiments.folding import Metric, chunks_of
from app.experiments.ingest_fold import add_chunks
from app.experiments.ingest_points import Columns
from app.experiments.schemas import Axis
from app.kit.db import CONTROLLER, Database
from bench.filling import unguarded
from bench.site import Site, site

POINTS, PIXELS = 1_000_000, 1200
BEGAN = 1.7e9
WARM = 3
TABLES = ("organizations", "projects", "experiments", "runs", "metrics")


class Place(NamedTuple):
    org_id: UUID
    project_id: UUID
    run_id: UUID


class Spent(NamedTuple):
    """Milliseconds of one chart."""

    passed: float
    ours: float
    """Of the processor, in this process."""
    theirs: float
    """Of the processor, in the backend of the connection."""


def main() -> None:
    arguments = _arguments()
    with site(arguments.keep) as made:
        place = _place(made)
        asyncio.run(_measure(made, place, arguments))


async def _measure(made: Site, place: Place, arguments: argparse.Namespace) -> None:
    rounds, only = arguments.rounds, arguments.only
    database = Database((made.home.secrets / "database_app_url").read_text().strip(), pool_size=1)
    principal = Principal(PrincipalKind.USER, uuid7(), uuid7(), {place.org_id: Role.ADMIN})
    cases = [(name, axis) for name in _SERIES for axis in (Axis.STEP, Axis.TIME) if only in f"{name} {axis}"]
    found: dict[tuple[str, Axis], list[Spent]] = {case: [] for case in cases}
    length: dict[tuple[str, Axis], int] = {}
    for number in range(WARM + rounds):
        for case in cases:
            spent, length[case] = await _chart(database, principal, place, *case, arguments.encodings)
            if number >= WARM:
                found[case].append(spent)
    await database.close()
    print(f"{POINTS:,} points at {PIXELS:,} pixels, {os.cpu_count()} cores, {rounds} rounds by turns, milliseconds")
    print(f"{'series':20} {'p50':>7} {'p95':>7} {'CPU ours':>9} {'database':>9} {'KB':>7}")
    for case, each in found.items():
        p95 = float(np.percentile([spent.passed for spent in each], 95))
        passed, ours, theirs = (statistics.median(column) for column in zip(*each, strict=True))
        shown = f"{passed:7.1f} {p95:7.1f} {ours:9.1f} {theirs:9.1f} {length[case] / 1000:7.1f}"
        print(f"{case[0]:11}{case[1]:9} {shown}", flush=True)


async def _chart(
    database: Database, principal: Principal, place: Place, name: str, axis: Axis, encodings: str
) -> tuple[Spent, int]:
    """And the bytes of the answer."""
    view = View(4 * PIXELS, axis)
    async with database.session(principal.scope) as session:
        backend = (await session.execute(text("SELECT pg_backend_pid()"))).scalar_one()
    began = time.perf_counter(), time.process_time(), _processor(backend)
    async with database.session(principal.scope) as session:
        answer = await readings.series_of_runs(
            session,
            principal=principal,
            project=str(place.project_id),
            run_ids=[place.run_id],
            names=[name],
            view=view,
            encodings=encodings,
        )
    ended = time.perf_counter(), time.process_time(), _processor(backend)
    return Spent(*((end - begin) * 1e3 for begin, end in zip(began, ended, strict=True))), len(answer.content)


def _processor(process: int) -> float:
    """Seconds."""
    return int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / 1e9


def _noisy() -> Columns:
    chance = np.random.default_rng(7)
    steps = np.arange(POINTS)
    values = 2.0 / (1 + steps / 50_000) + 0.1 * chance.standard_normal(POINTS)
    return Columns(steps, BEGAN + np.cumsum(0.1 + 0.05 * chance.random(POINTS)), values)


def _patterned() -> Columns:
    steps = np.arange(POINTS)
    values = np.asarray((steps * 0.6180339887498949) % 1.0, np.float64)
    return Columns(steps, np.asarray(BEGAN + steps, np.float64), values)


_SERIES = {"noisy": _noisy, "patterned": _patterned}


def _place(made: Site) -> Place:
    """A run with both series, made where it is not there."""
    with unguarded(made.owner_url, TABLES) as connection:
        found = connection.execute("SELECT org_id, project_id, id FROM runs").fetchone()
        if found:
            return Place(*found)
        place, experiment_id = Place(uuid7(), uuid7(), uuid7()), uuid7()
        connection.execute("INSERT INTO organizations (id, slug, name) VALUES (%s, 'a', 'a')", [place.org_id])
        connection.execute(
            "INSERT INTO projects (id, org_id, slug, name) VALUES (%s, %s, 'a', 'a')", [place.project_id, place.org_id]
        )
        connection.execute(
            "INSERT INTO experiments (id, org_id, project_id, name) VALUES (%s, %s, %s, 'bench')",
            [experiment_id, place.org_id, place.project_id],
        )
        connection.execute(
            "INSERT INTO runs "
            "(org_id, project_id, experiment_id, id, name, kind, status, reason, tags, summary, started_at) "
            "VALUES (%s, %s, %s, %s, 'bench', 'custom', 'running', '{}', '{}', '{}', to_timestamp(%s))",
            [place.org_id, place.project_id, experiment_id, place.run_id, BEGAN],
        )
        asyncio.run(_fill(made, place))
    return place


async def _fill(made: Site, place: Place) -> None:
    database = Database((made.home.secrets / "database_controller_url").read_text().strip())
    for name, points in _SERIES.items():
        async with database.session(CONTROLLER) as session:
            metric = Metric(place.org_id, place.run_id, name)
            await add_chunks(session, chunks_of(metric, 1, points(), merged=True))
    await database.close()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20, help="of each series and axis")
    parser.add_argument("--only", default="", metavar="TEXT", help="series and axes whose name has it")
    parser.add_argument("--encodings", default="gzip, deflate, br, zstd", help="that the client takes, as browsers say")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="of a database that is filled once and stays")
    return parser.parse_args()


if __name__ == "__main__":
    main()
