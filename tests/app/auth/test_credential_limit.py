"""Keys and tokens that are not good are counted by the address that they come from, on every door of the platform."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.config import Settings
from app.inference.gateway_app import build_gateway
from app.main import build_app
from app.metrics import RATE_LIMITED
from tests.fixtures.app import client, listening
from tests.fixtures.auth import Person
from tests.fixtures.log_lines import log_lines
from tests.fixtures.redis import RedisServer

HERE, THERE = "203.0.113.7", "198.51.100.9"
RATE = "3/day"


class Doors:
    """The platform once more, behind a proxy that is believed, with limits of its own."""

    def __init__(self, settings: Settings, stack: AsyncExitStack) -> None:
        self._settings = settings
        self._stack = stack

    async def open(self, *, gateway: bool = False, **changes: Any) -> FastAPI:
        settings = self._settings.model_copy(update={"unknown_credential_rate": RATE, **changes})
        app = build_gateway(settings) if gateway else build_app(settings)
        await self._stack.enter_async_context(app.router.lifespan_context(app))
        await listening(app)
        return app


@pytest.fixture
async def doors(settings: Settings, web_app: FastAPI) -> AsyncIterator[Doors]:
    async with AsyncExitStack() as stack:
        yield Doors(settings, stack)


async def ask(app: FastAPI, token: str, *, address: str = HERE, path: str = "/api/v1/auth/me") -> httpx.Response:
    async with client(app, token) as asking:
        return await asking.get(path, headers={"x-forwarded-for": address})


async def use_up(app: FastAPI, *, address: str = HERE, path: str = "/api/v1/auth/me") -> None:
    for number in range(3):
        assert (await ask(app, f"trn_{number:043}", address=address, path=path)).status_code == 401


async def test_beyond_the_limit_of_its_address_no_credential_is_looked_at(
    doors: Doors, ada: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    app, key = await doors.open(), (await ada.api_key())["key"]
    before = RATE_LIMITED.total("credential-address")
    await use_up(app)
    capsys.readouterr()
    guess, good = await ask(app, "trn_" + "x" * 43), await ask(app, key)
    written = capsys.readouterr().out
    for reply in (guess, good):
        assert (reply.status_code, reply.json()["code"]) == (429, "rate_limit_exceeded")
        assert reply.headers["content-type"] == "application/problem+json"
        assert 1 <= int(reply.headers["retry-after"]) <= 86_400
        assert '"credential-address";q=3;w=86400' in reply.headers["ratelimit-policy"]
        assert '"credential-address";r=0' in reply.headers["ratelimit"]
    assert set(guess.headers) == set(good.headers)
    assert guess.json()["detail"].partition(": try again")[0] == good.json()["detail"].partition(": try again")[0]
    told = [line for line in log_lines(written) if line["event"] == "credential.throttled"]
    assert [(line["address"], line["level"]) for line in told] == [(HERE, "warning")], "once, not for each"
    assert key not in written
    assert RATE_LIMITED.total("credential-address") == before + 2


async def test_other_addresses_and_who_has_proven_theirs_go_on(doors: Doors, ada: Person) -> None:
    app, key = await doors.open(), (await ada.api_key())["key"]
    assert (await ask(app, key)).status_code == 200
    await use_up(app)
    app.state.platform.credentials.forget()
    assert (await ask(app, key)).status_code == 200, "a neighbour behind the same address does not lock it out"
    assert (await ask(app, ada.token)).status_code == 429
    assert (await ask(app, ada.token, address=THERE)).status_code == 200


async def test_a_key_that_was_good_and_is_revoked_counts(doors: Doors, ada: Person) -> None:
    app, made = await doors.open(), await ada.api_key()
    assert (await ask(app, made["key"])).status_code == 200
    assert (await ada.http.delete(f"/api/v1/api-keys/{made['id']}")).status_code == 204
    app.state.platform.credentials.forget()
    said = [(await ask(app, made["key"])).status_code for _ in range(5)]
    assert said == [401, 401, 401, 429, 429]


@pytest.mark.parametrize(
    ("forwarded", "refused"),
    [(f"192.0.2.1, {HERE}", 429), (f"{HERE}, {THERE}", 401), ("", 401)],
    ids=["what a client tells", "another seen by the proxy", "nobody tells it"],
)
async def test_only_a_proxy_of_ours_tells_the_address(doors: Doors, forwarded: str, refused: int) -> None:
    app = await doors.open()
    await use_up(app)
    assert (await ask(app, "trn_" + "y" * 43, address=forwarded)).status_code == refused


async def test_no_credential_at_all_is_not_a_wrong_one(doors: Doors) -> None:
    app = await doors.open()
    async with client(app) as asking:
        said = [await asking.get("/api/v1/auth/me", headers={"x-forwarded-for": HERE}) for _ in range(5)]
    assert [reply.status_code for reply in said] == [401] * 5


async def test_codes_of_jobs_are_credentials_too(doors: Doors) -> None:
    app = await doors.open()
    async with client(app) as asking:
        said = [
            await asking.post(
                "/api/v1/enrolments", json={"code": f"code-{number:040}"}, headers={"x-forwarded-for": HERE}
            )
            for number in range(5)
        ]
    assert [reply.status_code for reply in said] == [401, 401, 401, 429, 429]


async def test_the_gateway_says_it_as_openai_does(doors: Doors, ada: Person) -> None:
    app = await doors.open(gateway=True)
    await use_up(app, path="/models")
    reply = await ask(app, ada.token, path="/models")
    assert reply.status_code == 429
    assert reply.json()["error"]["code"] == "rate_limit_exceeded"
    assert int(reply.headers["retry-after"]) >= 1


async def test_web_and_gateway_with_one_redis_count_together(doors: Doors, redis_server: RedisServer) -> None:
    web = await doors.open(redis_url=redis_server.url)
    gateway = await doors.open(gateway=True, redis_url=redis_server.url)
    await use_up(web)
    assert (await ask(gateway, "trn_" + "z" * 43, path="/models")).status_code == 429
    redis_server.kill()
    assert (await ask(gateway, "trn_" + "z" * 43, path="/models")).status_code == 401, "each for itself"
