"""How a service answers, over time: seen by the gateway, written down, read by its organization."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import openai
import pytest

from app.cluster.base import EngineUnavailable
from app.config import Settings
from app.deletion import service_samples
from app.inference.recorder import Recorder
from app.inference.usage import Caller
from app.kit.clock import now
from app.kit.db import Database
from tests.app.inference.test_protection import asking
from tests.fixtures.auth import Person
from tests.fixtures.db import Prepared
from tests.fixtures.scheduling import Desk
from tests.fixtures.services import FakeEngines, deploy

MINUTE = timedelta(minutes=1)


async def read(person: Person, service: str, **query: Any) -> dict[str, Any]:
    found: dict[str, Any] = await person.get(f"/services/{service}/metrics", params=query)
    return found


async def past(desk: Desk, back: timedelta = MINUTE) -> None:
    """What has been written happened earlier."""
    await desk.execute("UPDATE service_samples SET at = at - make_interval(secs => :back)", back=back.total_seconds())


async def test_what_was_answered(ada: Person, desk: Desk, engines: FakeEngines, settings: Settings) -> None:
    service = await deploy(ada, desk)
    async with asking(settings, engines, ada) as one:
        for _ in range(3):
            await one.completions.create(model="chat", prompt="x")
        async for _ in await one.completions.create(model="chat", prompt="x", stream=True):
            pass
    await past(desk)
    await desk.execute("UPDATE workloads SET started_at = started_at - interval '1 minute'")
    found = await read(ada, service)
    assert found["step"] == 10
    assert len(found["times"]) == len(found["requests"]) == len(found["latency"]["p50"]) == 360
    assert sum(found["requests"]) * 10 == pytest.approx(4)
    assert sum(found["completion_tokens"]) * 10 == pytest.approx(8)
    total = found["total"]
    assert {name: total[name] for name in ("requests", "failed", "refused", "abandoned")} == {
        "requests": 4,
        "failed": 0,
        "refused": 0,
        "abandoned": 0,
    }
    assert (total["prompt_tokens"], total["completion_tokens"]) == (12, 8)
    assert 0 < total["p50"] <= total["p95"] <= total["p99"] < 10
    measured = [value for value in found["first_token"]["p50"] if value is not None]
    assert len(measured) == 1
    assert found["replicas"][-1] == 1
    assert found["replicas"][0] == 0


async def test_what_failed_was_refused_or_left(
    ada: Person, desk: Desk, engines: FakeEngines, settings: Settings
) -> None:
    service = await deploy(ada, desk, concurrent=1)
    async with asking(settings, engines, ada, inference_queue=0) as one:
        engines.failure = EngineUnavailable("the replica is gone")
        with pytest.raises(openai.InternalServerError):
            await one.completions.create(model="chat", prompt="x")
        engines.failure, engines.silent = None, True
        engines.begun.clear()
        waiting = asyncio.create_task(one.completions.create(model="chat", prompt="x"))
        async with asyncio.timeout(10):
            await engines.begun.wait()
        with pytest.raises(openai.InternalServerError):
            await one.completions.create(model="chat", prompt="x")
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        async with asyncio.timeout(10):
            await engines.closed.wait()
    await past(desk)
    total = (await read(ada, service))["total"]
    assert total["requests"] == 3
    assert (total["failed"], total["refused"], total["abandoned"], total["p50"]) == (1, 1, 1, None)


async def test_a_service_that_is_not_ready(ada: Person, desk: Desk, engines: FakeEngines, settings: Settings) -> None:
    service = await deploy(ada, desk, ready=False)
    async with asking(settings, engines, ada) as one:
        with pytest.raises(openai.InternalServerError, match="still loading"):
            await one.completions.create(model="chat", prompt="x")
    await past(desk)
    assert (await read(ada, service))["total"]["refused"] == 1


async def test_of_one_deployment(
    ada: Person, bob: Person, desk: Desk, engines: FakeEngines, settings: Settings
) -> None:
    service = await deploy(ada, desk, weight=0)
    await deploy(ada, desk, weight=1, service=service)
    async with asking(settings, engines, ada) as one:
        await one.completions.create(model="chat", prompt="x")
    await past(desk)
    rows = await ada.listed(f"/services/{service}/deployments")
    found = {row["weight"]: (await read(ada, service, deployment_id=row["id"]))["total"]["requests"] for row in rows}
    assert found == {1: 1, 0: 0}
    assert (await bob.http.get(f"/api/v1/services/{service}/metrics")).status_code == 404


async def test_old_samples_become_coarse_and_then_go(
    ada: Person, desk: Desk, engines: FakeEngines, settings: Settings, controller_database: Database
) -> None:
    service = await deploy(ada, desk)
    async with asking(settings, engines, ada) as one:
        await one.completions.create(model="chat", prompt="x")
        async for _ in await one.completions.create(model="chat", prompt="x", stream=True):
            pass
    await past(desk)
    span = {"since": (now() - timedelta(days=4)).isoformat(), "until": (now() - timedelta(days=2)).isoformat()}
    before = (await read(ada, service))["total"]
    await past(desk, timedelta(days=3))
    for _ in range(2):
        await service_samples.sweep(controller_database)
    folded = await read(ada, service, **span)
    assert folded["total"] == before
    assert folded["step"] == 900
    assert len([value for value in folded["first_token"]["p50"] if value is not None]) == 1
    await past(desk, timedelta(days=90))
    await service_samples.sweep(controller_database)
    span = {"since": (now() - timedelta(days=95)).isoformat(), "until": (now() - timedelta(days=91)).isoformat()}
    assert (await read(ada, service, **span))["total"]["requests"] == 0


async def test_a_request_ends_once(ada: Person, desk: Desk, app_database: Database) -> None:
    service = await ada.post(f"/projects/{ada.project_id}/services", {"name": "chat"})
    recorder = Recorder(app_database)
    record = recorder.of(Caller(ada.org_id, ada.project_id, UUID(service["id"]), ada.user_id), None)
    record.refused()
    record.ended("failed")
    await recorder.write()
    assert recorder.backlog == 0
    await past(desk)
    total = (await read(ada, service["id"]))["total"]
    assert (total["requests"], total["refused"], total["failed"]) == (1, 1, 0)


async def check_kept(ada: Person, database: Database) -> None:
    recorder = Recorder(database)
    recorder.of(Caller(ada.org_id, ada.project_id, uuid4(), ada.user_id), None).refused()
    await recorder.write()
    assert recorder.backlog == 1


async def test_what_cannot_be_written_is_kept(ada: Person) -> None:
    away = Database("postgresql://trine_app@127.0.0.1:1/nowhere")
    await check_kept(ada, away)
    await away.close()


async def test_what_no_connection_is_free_for_is_kept(
    ada: Person, prepared: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = Database(prepared.url("app"), pool_size=1)
    monkeypatch.setattr(full.engine.pool, "_timeout", 0.01)
    async with full.engine.connect(), full.engine.connect():
        await check_kept(ada, full)
    await full.close()
