"""Metrics of the platform's own parts: routes, pools, and the table of all of them."""

import asyncio
import re
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from app.kit.db import NOBODY, Database
from app.kit.pipeline import Statement
from app.metric_table import render
from app.metrics import (
    BACKLOG,
    DATABASE_CONNECTIONS,
    DATABASE_LIMIT,
    DATABASE_WAITING,
    HTTP_REQUESTS,
    HTTP_SECONDS,
    LISTENING,
    METRICS,
    exported,
)
from tests.fixtures.auth import Person
from tests.fixtures.db import Prepared
from tests.fixtures.factories import make_run

ROOT = Path(__file__).parents[2]


def test_the_docs_say_what_the_table_says() -> None:
    written = (ROOT / "docs/notes/metrics.md").read_text()
    assert written == render(), "run `python -m app.metric_table > docs/notes/metrics.md`"


def test_names_are_prometheus_names_and_each_is_there_once() -> None:
    assert len({metric.name for metric in METRICS}) == len(METRICS)
    for name, labels in exported().items():
        assert re.fullmatch(r"ray_trine_[a-z_]+", name)
        assert all(re.fullmatch(r"[a-z_]+", label) for label in labels)
    for metric in METRICS:
        assert metric.what.endswith(".")
        assert ("seconds" in metric.what) == metric.name.endswith("_seconds"), metric.name


async def test_a_request_counts_for_its_route(ada: Person, anonymous: httpx.AsyncClient) -> None:
    run = await make_run(ada)
    place = ("GET", "/api/v1/runs/{run_id}")
    before = [HTTP_REQUESTS.total(*place, status) for status in ("2xx", "4xx")]
    timed = HTTP_SECONDS.count(*place)
    await ada.get(f"/runs/{run['id']}")
    await anonymous.get(f"/api/v1/runs/{run['id']}")
    after = [HTTP_REQUESTS.total(*place, status) for status in ("2xx", "4xx")]
    assert [late - early for early, late in zip(before, after, strict=True)] == [1, 1]
    assert HTTP_SECONDS.count(*place) == timed + 2
    assert HTTP_SECONDS.sum(*place) > 0


@pytest.mark.parametrize(
    ("method", "path", "place"),
    [
        ("GET", "/api/v1/nowhere", ("GET", "/{path:path}", "4xx")),
        ("DELETE", "/healthz", ("DELETE", "/healthz", "4xx")),
        ("BREW", "/healthz", ("other", "/healthz", "4xx")),
        ("BREW", "/api/v1/runs/1/2/3/4/5", ("other", "/{path:path}", "4xx")),
    ],
)
async def test_what_somebody_makes_up_makes_no_series(
    anonymous: httpx.AsyncClient, method: str, path: str, place: tuple[str, str, str]
) -> None:
    before = HTTP_REQUESTS.total(*place)
    await anonymous.request(method, path)
    assert HTTP_REQUESTS.total(*place) == before + 1


async def test_what_the_platform_holds_open(web_app: FastAPI) -> None:
    platform = web_app.state.platform
    async with platform.database.session() as session:
        await session.connection()
        platform.exporter.read()
        assert DATABASE_CONNECTIONS.value("sessions", "in_use") == 1
    await platform.pipeline.run(NOBODY, [Statement("SELECT 1", {})])
    platform.exporter.read()
    assert DATABASE_CONNECTIONS.value("sessions", "in_use") == 0
    assert DATABASE_CONNECTIONS.value("sessions", "idle")
    assert DATABASE_CONNECTIONS.value("pipeline", "idle")
    assert DATABASE_LIMIT.value("pipeline") == platform.settings.pool_size
    assert DATABASE_WAITING.value("pipeline") == 0
    assert LISTENING.value() == 1
    assert BACKLOG.value("announcements") == 0
    platform.announcer.tell("nothing", "of", "interest")
    platform.exporter.read()
    assert BACKLOG.value("announcements") == 1


async def test_who_waits_for_a_connection(prepared: Prepared) -> None:
    database = Database(prepared.url("app"), pool_size=1)

    async def use(taken: asyncio.Event, enough: asyncio.Event) -> None:
        async with database.session() as session:
            await session.connection()
            taken.set()
            await enough.wait()

    enough = asyncio.Event()
    events = [asyncio.Event() for _ in range(3)]
    tasks = [asyncio.create_task(use(taken, enough)) for taken in events]
    async with asyncio.timeout(10):
        await asyncio.wait([asyncio.create_task(taken.wait()) for taken in events[:2]])
        for _ in range(1000):
            if database.use.waiting:
                break
            await asyncio.sleep(0)
    assert database.use.waiting == 1
    assert (database.use.in_use, database.use.limit) == (2, 2)
    enough.set()
    await asyncio.gather(*tasks)
    assert (database.use.in_use, database.use.waiting) == (0, 0)
    await database.close()
