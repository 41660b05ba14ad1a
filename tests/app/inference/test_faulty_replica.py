"""The circuit in front of a replica of Serve that really fails: through the gateway and Serve's own handles."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import openai
import pytest

from app.cluster.handles import Handles
from app.config import Settings
from app.inference.circuit import CircuitState
from app.inference.gateway_app import build_gateway
from app.metrics import MODEL_CIRCUIT
from tests.fixtures.app import serving
from tests.fixtures.auth import Person
from tests.fixtures.faulty_engine import Fault, FaultyEngine
from tests.fixtures.scheduling import Desk
from tests.fixtures.services import client, deploy

pytestmark = pytest.mark.ray

FAILURES = 5
"""That open the circuit."""


class Model:
    """A service, the replica behind it and its client."""

    def __init__(self, application: str, replica: Any, one: openai.AsyncOpenAI, gateway: Any) -> None:
        self._application = application
        self._one = one
        self._gateway = gateway
        self.replica = replica

    async def ask(self) -> tuple[int, str | None, int | None]:
        """Status, code and `Retry-After` of an answer."""
        try:
            await self._one.completions.create(model="chat", prompt="x")
        except openai.APIStatusError as error:
            wait = error.response.headers.get("retry-after")
            return error.status_code, error.code, int(wait) if wait else None
        return 200, None, None

    async def answers_at_last(self) -> None:
        async with asyncio.timeout(90):
            while (await self.ask())[0] != 200:
                continue

    @property
    def state(self) -> float | None:
        self._gateway.read()
        return MODEL_CIRCUIT.value(self._application)


@asynccontextmanager
async def served(ada: Person, desk: Desk, settings: Settings, *, seconds: float) -> AsyncIterator[Model]:
    import ray.serve

    await deploy(ada, desk)
    (application,) = desk.cluster.states
    replica = await asyncio.to_thread(
        ray.serve.run,
        FaultyEngine.bind(),  # type: ignore[attr-defined]  # Serve's decorator
        name=application,
        route_prefix=None,
    )
    app = build_gateway(settings.model_copy(update={"inference_seconds": seconds}), Handles(), prefix="/v1")
    try:
        async with (
            serving(app, lifespan="on") as address,
            client(address, (await ada.api_key())["key"]) as one,
        ):
            model = Model(application, replica, one, app.state.gateway)
            assert (await model.ask())[0] == 200
            yield model
    finally:
        await asyncio.to_thread(ray.serve.delete, application)


async def test_errors_open_it_and_one_probe_closes_it(
    ray_serve: str, ada: Person, desk: Desk, settings: Settings
) -> None:
    async with served(ada, desk, settings, seconds=30) as model:
        await model.replica.become.remote(Fault.ERROR)
        failed = [await model.ask() for _ in range(FAILURES)]
        assert failed == [(503, "engine_unavailable", 1)] * FAILURES
        assert model.state == CircuitState.OPEN
        status, code, wait = await model.ask()
        assert (status, code) == (503, "circuit_open")
        assert wait in (1, 2)
        assert await model.replica.asked.remote() == FAILURES, "it is left alone"

        async with asyncio.timeout(30):
            while (await model.ask())[1] == "circuit_open":
                continue
        assert await model.replica.asked.remote() == FAILURES + 1, "one probe"
        _, code, wait = await model.ask()
        assert code == "circuit_open"
        assert wait in (3, 4), "the pause doubles where the probe fails"

        await model.replica.become.remote(Fault.NONE)
        await model.answers_at_last()
        assert await model.replica.asked.remote() == 1
        assert model.state == CircuitState.CLOSED


async def test_answers_that_never_come_open_it(ray_serve: str, ada: Person, desk: Desk, settings: Settings) -> None:
    async with served(ada, desk, settings, seconds=2) as model:
        await model.replica.become.remote(Fault.HANG)
        late = await asyncio.gather(*(model.ask() for _ in range(FAILURES)))
        assert late == [(503, "timeout", 1)] * FAILURES
        status, code, wait = await model.ask()
        assert (status, code) == (503, "circuit_open")
        assert wait in (1, 2)
        assert await model.replica.asked.remote() == FAILURES

        await model.replica.become.remote(Fault.NONE)
        await model.answers_at_last()
        assert model.state == CircuitState.CLOSED


async def test_a_replica_that_dies_opens_it_until_serve_has_made_another(
    ray_serve: str, ada: Person, desk: Desk, settings: Settings
) -> None:
    async with served(ada, desk, settings, seconds=2) as model:
        await model.replica.become.remote(Fault.DIE)
        said = await asyncio.gather(*(model.ask() for _ in range(FAILURES)))
        assert {status for status, _, _ in said} == {503}
        assert all(wait is not None for _, _, wait in said)
        assert (await model.ask())[1] == "circuit_open"
        # The new replica knows nothing of the fault.
        await model.answers_at_last()
        assert model.state == CircuitState.CLOSED
