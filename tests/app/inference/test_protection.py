"""What the gateway refuses, quickly and in OpenAI's shape."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import openai
import pytest

from app.cluster.base import EngineUnavailable
from app.config import Settings
from app.inference.gateway_app import build_gateway
from tests.fixtures.app import serving
from tests.fixtures.auth import Person
from tests.fixtures.scheduling import Desk
from tests.fixtures.services import FakeEngines, client, deploy


@asynccontextmanager
async def asking(
    settings: Settings, engines: FakeEngines, ada: Person, **changes: Any
) -> AsyncIterator[openai.AsyncOpenAI]:
    """A client of a gateway whose settings have these `changes`."""
    app = build_gateway(settings.model_copy(update=changes), engines, prefix="/v1")
    async with (
        serving(app, lifespan="on") as address,
        client(address, (await ada.api_key())["key"]) as opened,
    ):
        yield opened


async def test_a_key_that_asks_too_often(ada: Person, desk: Desk, engines: FakeEngines, settings: Settings) -> None:
    await deploy(ada, desk)
    async with asking(settings, engines, ada, inference_key_rate="2/hour") as one:
        answer = await one.completions.with_raw_response.create(model="chat", prompt="x")
        assert '"key";r=1;' in answer.headers["ratelimit"]
        assert '"organization";q=500;w=1' in answer.headers["ratelimit-policy"]
        assert answer.headers["x-ratelimit-remaining-requests"] == "1"
        assert answer.headers["x-ratelimit-limit-tokens"] == "10000000"
        stream = await one.completions.with_raw_response.create(model="chat", prompt="x", stream=True)
        assert stream.headers["x-ratelimit-remaining-requests"] == "0"
        with pytest.raises(openai.RateLimitError) as refused:
            await one.models.list()
    assert (refused.value.type, refused.value.code) == ("requests", "rate_limit_exceeded")
    assert int(refused.value.response.headers["retry-after"]) >= 1
    assert len(engines.asked) == 2


async def test_an_organization_out_of_tokens(ada: Person, desk: Desk, engines: FakeEngines, settings: Settings) -> None:
    await deploy(ada, desk)
    async with asking(settings, engines, ada, inference_organization_tokens="5/hour") as one:
        await one.completions.create(model="chat", prompt="x")
        with pytest.raises(openai.RateLimitError) as refused:
            await one.completions.create(model="chat", prompt="x")
    assert refused.value.type == "tokens"
    assert refused.value.response.headers["x-ratelimit-remaining-tokens"] == "0"
    assert int(refused.value.response.headers["retry-after"]) > 60


async def test_a_request_that_is_too_large(ada: Person, desk: Desk, engines: FakeEngines, settings: Settings) -> None:
    await deploy(ada, desk)
    async with asking(settings, engines, ada, inference_body_bytes=1000) as one:
        await one.completions.create(model="chat", prompt="x")
        with pytest.raises(openai.APIStatusError, match="larger than 1000 bytes") as announced:
            await one.completions.create(model="chat", prompt="x" * 1000)
        assert (announced.value.status_code, announced.value.response.json()["error"]["code"]) == (413, "too_large")

        async def unannounced() -> AsyncIterator[bytes]:
            for _ in range(20):
                yield b"x" * 100

        async with httpx.AsyncClient(headers=ada.headers) as http:
            reply = await http.post(f"{one.base_url}completions", content=unannounced())
        assert reply.status_code == 413
    assert len(engines.asked) == 1


async def test_a_request_that_never_ends(ada: Person, engines: FakeEngines, settings: Settings) -> None:
    async with asking(settings, engines, ada, inference_body_seconds=0.05) as one:
        url = one.base_url
        reader, writer = await asyncio.open_connection(url.host, url.port)
        head = ("POST /v1/completions HTTP/1.1", "Host: x", f"Authorization: Bearer {ada.token}", "Content-Length: 9")
        writer.write("\r\n".join((*head, "", "{")).encode())
        async with asyncio.timeout(10):
            answer = await reader.readuntil(b"}}")
        writer.close()
    assert b" 408 " in answer
    assert b'"code":"too_slow"' in answer


async def test_an_answer_that_takes_too_long(ada: Person, desk: Desk, engines: FakeEngines, settings: Settings) -> None:
    await deploy(ada, desk)
    engines.silent = True
    async with asking(settings, engines, ada, inference_seconds=0.2) as one:
        with pytest.raises(openai.InternalServerError, match="the answer took longer") as late:
            await one.completions.create(model="chat", prompt="x")
        assert (late.value.status_code, late.value.code) == (503, "timeout")
        assert late.value.response.headers["retry-after"] == "1"
        async with asyncio.timeout(10):
            await engines.closed.wait()
        engines.closed.clear()
        stream = await one.completions.create(model="chat", prompt="x", stream=True)
        with pytest.raises(openai.APIError, match="the answer took longer"):
            await anext(aiter(stream))
        async with asyncio.timeout(10):
            await engines.closed.wait()


async def test_a_deployment_that_fails_is_left_alone_until_a_probe_succeeds(
    ada: Person, desk: Desk, engines: FakeEngines, settings: Settings
) -> None:
    await deploy(ada, desk)
    engines.failure = EngineUnavailable("the replica is gone")
    async with asking(settings, engines, ada) as one:
        for _ in range(5):
            with pytest.raises(openai.InternalServerError, match="the replica is gone"):
                await one.completions.create(model="chat", prompt="x")
        with pytest.raises(openai.InternalServerError, match="left alone") as refused:
            await one.completions.create(model="chat", prompt="x")
        assert (refused.value.status_code, refused.value.code) == (503, "circuit_open")
        assert 1 <= int(refused.value.response.headers["retry-after"]) <= 2
        assert len(engines.asked) == 5
        engines.failure = None
        async with asyncio.timeout(20):
            while (await answered(one)) != 200:
                continue
        assert len(engines.asked) == 6
        assert await answered(one) == 200


async def answered(one: openai.AsyncOpenAI) -> int:
    try:
        await one.completions.create(model="chat", prompt="x")
    except openai.APIStatusError as error:
        return error.status_code
    return 200


async def test_what_a_client_did_wrong_opens_no_circuit(
    ada: Person, desk: Desk, engines: FakeEngines, settings: Settings
) -> None:
    await deploy(ada, desk)
    engines.head = {"status": 400, "stream": False, "error": {"message": "too long"}}
    async with asking(settings, engines, ada) as one:
        assert [await answered(one) for _ in range(10)] == [400] * 10


async def test_more_than_the_deployment_and_its_queue_can_take_is_refused_at_once(
    ada: Person, desk: Desk, engines: FakeEngines, settings: Settings
) -> None:
    await deploy(ada, desk, concurrent=1)
    engines.silent = True
    async with asking(settings, engines, ada, inference_queue_seconds=60) as one:
        both = [asyncio.create_task(answered(one)) for _ in range(2)]
        async with asyncio.timeout(10):
            await engines.begun.wait()
        # One is at work and one waits, or will, before or after the third.
        third = asyncio.create_task(answered(one))
        done, waiting = await asyncio.wait((*both, third), timeout=10, return_when=asyncio.FIRST_COMPLETED)
        assert [task.result() for task in done] == [503]
        assert len(engines.asked) == 1
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        async with asyncio.timeout(10):
            await engines.closed.wait()
        engines.silent = False
        async with asyncio.timeout(10):
            while (await answered(one)) != 200:
                continue


async def test_a_stream_holds_its_place_until_it_ends(
    ada: Person, desk: Desk, engines: FakeEngines, settings: Settings
) -> None:
    await deploy(ada, desk, concurrent=1)
    engines.endless = True
    async with asking(settings, engines, ada, inference_queue=0) as one:
        stream = await one.completions.create(model="chat", prompt="x", stream=True)
        await anext(aiter(stream))
        with pytest.raises(openai.InternalServerError) as refused:
            await one.completions.create(model="chat", prompt="x")
        assert (refused.value.code, refused.value.response.headers["retry-after"]) == ("overloaded", "1")
        await stream.close()
        async with asyncio.timeout(10):
            await engines.closed.wait()
        engines.endless = False
        async with asyncio.timeout(10):
            while (await answered(one)) != 200:
                continue
