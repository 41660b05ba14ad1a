"""What the gateway counts of each deployment, and of whom it turns away."""

import asyncio

import openai
import pytest

from app.cluster.base import EngineUnavailable
from app.config import Settings
from app.inference.circuit import CircuitState
from app.inference.gateway_app import build_gateway
from app.metrics import (
    BACKLOG,
    FIRST_TOKEN_SECONDS,
    HTTP_REQUESTS,
    INTER_TOKEN_SECONDS,
    LANE_INSIDE,
    LANE_REFUSED,
    LANE_WAITING,
    MODEL_CIRCUIT,
    MODEL_REQUESTS,
    MODEL_TOKENS,
    RATE_LIMITED,
)
from tests.app.inference.test_protection import asking
from tests.fixtures.app import serving
from tests.fixtures.auth import Person
from tests.fixtures.scheduling import Desk
from tests.fixtures.services import FakeEngines, client, deploy


async def test_an_answer_and_a_stream(ada: Person, desk: Desk, engines: FakeEngines, settings: Settings) -> None:
    await deploy(ada, desk)
    place = ("POST", "/v1/completions", "2xx")
    before = HTTP_REQUESTS.total(*place)
    async with asking(settings, engines, ada) as one:
        await one.completions.create(model="chat", prompt="x")
        async for _ in await one.completions.create(model="chat", prompt="x", stream=True):
            pass
    (application,) = set(engines.asked)
    assert MODEL_REQUESTS.total(application, "succeeded") == 2
    assert (MODEL_TOKENS.total(application, "in"), MODEL_TOKENS.total(application, "out")) == (6, 4)
    assert FIRST_TOKEN_SECONDS.count(application) == 1
    assert INTER_TOKEN_SECONDS.count(application) == 1
    assert FIRST_TOKEN_SECONDS.sum(application) > 0
    assert HTTP_REQUESTS.total(*place) == before + 2


async def test_failures_and_the_circuit(ada: Person, desk: Desk, engines: FakeEngines, settings: Settings) -> None:
    await deploy(ada, desk)
    engines.failure = EngineUnavailable("the replica is gone")
    app = build_gateway(settings, engines, prefix="/v1")
    async with serving(app, lifespan="on") as address, client(address, (await ada.api_key())["key"]) as one:
        for _ in range(6):
            with pytest.raises(openai.InternalServerError):
                await one.completions.create(model="chat", prompt="x")
        (application,) = set(engines.asked)
        app.state.platform.exporter.read()
        assert MODEL_CIRCUIT.value(application) == CircuitState.OPEN
    assert MODEL_REQUESTS.total(application, "failed") == 5
    assert LANE_REFUSED.total(application, "circuit") == 1


async def test_who_works_waits_and_is_refused(
    ada: Person, desk: Desk, engines: FakeEngines, settings: Settings
) -> None:
    await deploy(ada, desk, concurrent=1)
    engines.silent = True
    app = build_gateway(settings, engines, prefix="/v1")
    async with serving(app, lifespan="on") as address, client(address, (await ada.api_key())["key"]) as one:
        tasks = [asyncio.create_task(one.completions.create(model="chat", prompt="x")) for _ in range(3)]
        refused, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        with pytest.raises(openai.InternalServerError):
            refused.pop().result()
        (application,) = set(engines.asked)
        app.state.platform.exporter.read()
        assert (LANE_INSIDE.value(application), LANE_WAITING.value(application)) == (1, 1)
        assert BACKLOG.value("usage") == 0
        assert LANE_REFUSED.total(application, "full") == 1
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_limit_that_is_used_up(ada: Person, desk: Desk, engines: FakeEngines, settings: Settings) -> None:
    before = RATE_LIMITED.total("key")
    async with asking(settings, engines, ada, inference_key_rate="1/hour") as one:
        await one.models.list()
        with pytest.raises(openai.RateLimitError):
            await one.models.list()
    assert RATE_LIMITED.total("key") == before + 1
