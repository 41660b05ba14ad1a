"""The gateway behind a real server, asked by OpenAI's own client; only the engine is the test's."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import openai
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from app.cluster.base import ApplicationPhase, EngineUnavailable
from app.config import Settings
from app.inference.gateway_app import build_gateway
from app.kit.db import CONTROLLER, Database
from tests.fixtures.app import serving
from tests.fixtures.auth import Person
from tests.fixtures.scheduling import Desk
from tests.fixtures.services import CHUNK, FakeEngines, client, deploy


@pytest.fixture
async def address(settings: Settings, engines: FakeEngines) -> AsyncIterator[str]:
    app: FastAPI = build_gateway(settings, engines, prefix="/v1")
    async with serving(app, lifespan="on") as found:
        yield found


async def test_a_completion_a_stream_and_the_models(
    ada: Person, bob: Person, desk: Desk, address: str, controller_database: Database
) -> None:
    service = await deploy(ada, desk)
    async with client(address, (await ada.api_key())["key"]) as asking:
        assert [model.id async for model in asking.models.list()] == ["chat"]
        answer = await asking.completions.create(model="chat", prompt="x")
        assert answer.choices[0].text == "hi"
        stream = await asking.completions.create(model="chat", prompt="x", stream=True)
        assert [part.choices[0].text async for part in stream] == ["hi"]
    async with client(address, (await bob.api_key())["key"]) as other:
        assert [model.id async for model in other.models.list()] == []
        with pytest.raises(openai.NotFoundError):
            await other.completions.create(model="chat", prompt="x")
    async with asyncio.timeout(10):
        while await used(controller_database, service) != (2, 6, 4):
            continue


async def used(database: Database, service: str) -> tuple[int, int, int]:
    async with database.session(CONTROLLER) as session:
        statement = text(
            "SELECT coalesce(sum(requests), 0)::int, coalesce(sum(prompt_tokens), 0)::int, "
            "coalesce(sum(completion_tokens), 0)::int FROM usage_ledger WHERE service_id = :id"
        )
        row = (await session.execute(statement, {"id": service})).one()
    return row[0], row[1], row[2]


async def test_the_bytes_of_a_stream_are_the_engines(ada: Person, desk: Desk, address: str) -> None:
    await deploy(ada, desk)
    body = {"model": "chat", "prompt": "x", "stream": True}
    async with httpx.AsyncClient(headers=ada.headers) as http:
        reply = await http.post(f"{address}/v1/completions", json=body)
    assert reply.content == CHUNK + b"data: [DONE]\n\n"


async def test_errors_in_the_shape_of_openai(ada: Person, desk: Desk, engines: FakeEngines, address: str) -> None:
    for key in ("trn_unknown", "nonsense"):
        async with client(address, key) as asking:
            with pytest.raises(openai.AuthenticationError) as refused:
                await asking.models.list()
            assert refused.value.code == "invalid_api_key"
    async with client(address, (await ada.api_key())["key"]) as asking:
        with pytest.raises(openai.NotFoundError):
            await asking.completions.create(model="absent", prompt="x")
        await deploy(ada, desk, ready=False)
        with pytest.raises(openai.InternalServerError) as loading:
            await asking.completions.create(model="chat", prompt="x")
        assert (loading.value.status_code, loading.value.response.headers["retry-after"]) == (503, "1")
        desk.cluster.become(desk.name("chat"), ApplicationPhase.READY)
        await desk.turn()
        async with asyncio.timeout(10):
            while not [model async for model in asking.models.list()]:
                continue
        error = {"message": "too long", "type": "invalid_request_error", "param": "prompt", "code": None}
        engines.head = {"status": 400, "stream": False, "error": error}
        with pytest.raises(openai.BadRequestError, match="too long"):
            await asking.completions.create(model="chat", prompt="x")
        engines.head, engines.failure = None, EngineUnavailable("the replica is gone")
        with pytest.raises(openai.InternalServerError, match="the replica is gone"):
            await asking.completions.create(model="chat", prompt="x")


async def test_a_client_that_goes_away_ends_the_generation(
    ada: Person, desk: Desk, engines: FakeEngines, address: str
) -> None:
    await deploy(ada, desk)
    engines.endless = True
    async with client(address, (await ada.api_key())["key"]) as asking:
        stream = await asking.completions.create(model="chat", prompt="x", stream=True)
        await anext(aiter(stream))
        await stream.close()
        async with asyncio.timeout(10):
            await engines.closed.wait()


async def test_a_client_that_goes_away_is_charged_for_what_it_was_sent(
    ada: Person, desk: Desk, engines: FakeEngines, address: str, controller_database: Database
) -> None:
    service = await deploy(ada, desk)
    engines.endless = True
    engines.head = {"status": 200, "stream": True, "usage": {"prompt_tokens": 7, "completion_tokens": 0}}
    async with client(address, (await ada.api_key())["key"]) as asking:
        stream = await asking.completions.create(model="chat", prompt="x", stream=True)
        read = aiter(stream)
        for _ in range(5):
            await anext(read)
        await stream.close()
    async with asyncio.timeout(10):
        while not (charged := await used(controller_database, service))[0]:
            continue
    assert charged[:2] == (1, 7)
    assert charged[2] >= 5, "every event that left is a token"


async def test_a_deployment_without_weight_gets_nothing(
    ada: Person, desk: Desk, engines: FakeEngines, address: str
) -> None:
    service = await deploy(ada, desk, weight=0)
    idle = set(desk.cluster.states)
    await deploy(ada, desk, weight=1, service=service)
    (busy,) = set(desk.cluster.states) - idle
    async with client(address, (await ada.api_key())["key"]) as asking:
        for _ in range(5):
            await asking.completions.create(model="chat", prompt="x")
    assert set(engines.asked) == {busy}


async def test_a_client_that_leaves_a_whole_answer_ends_the_generation(
    ada: Person, desk: Desk, engines: FakeEngines, address: str
) -> None:
    await deploy(ada, desk)
    engines.silent = True
    async with client(address, (await ada.api_key())["key"]) as asking:
        waiting = asyncio.create_task(asking.completions.create(model="chat", prompt="x"))
        async with asyncio.timeout(10):
            await engines.begun.wait()
        waiting.cancel()
        async with asyncio.timeout(10):
            await engines.closed.wait()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_what_nobody_expected_has_the_shape_of_openai_too(
    ada: Person, desk: Desk, engines: FakeEngines, address: str
) -> None:
    await deploy(ada, desk)
    engines.failure = RuntimeError("a fault of ours")
    async with client(address, (await ada.api_key())["key"]) as asking:
        with pytest.raises(openai.InternalServerError) as failed:
            await asking.completions.create(model="chat", prompt="x")
    assert failed.value.response.headers["content-type"] == "application/json"
    assert (failed.value.status_code, failed.value.code, failed.value.type) == (500, "internal", "server_error")
    assert failed.value.response.headers["x-request-id"] in failed.value.message


async def test_a_completion_of_a_tensor_model_is_refused(
    ada: Person, desk: Desk, engines: FakeEngines, address: str
) -> None:
    await deploy(ada, desk)
    await desk.execute("UPDATE deployments SET engine = 'torch'")
    async with client(address, (await ada.api_key())["key"]) as asking:
        with pytest.raises(openai.BadRequestError, match="/v2/models/chat/infer") as refused:
            await asking.completions.create(model="chat", prompt="x")
    assert (refused.value.code, refused.value.param, engines.asked) == ("wrong_engine", "model", [])
