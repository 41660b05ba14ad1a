"""Attempts to sign in are counted, and nothing that is answered tells whether there is an account."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import argon2
import httpx
import pytest
from fastapi import FastAPI

from app.auth.attempts import Attempts
from app.auth.journal import Journal
from app.config import Settings
from app.errors import TooMany
from app.kit import crypto
from app.kit.db import Database
from app.main import build_app
from tests.fixtures.app import client, listening
from tests.fixtures.auth import PASSWORD, Person
from tests.fixtures.log_lines import log_lines
from tests.fixtures.redis import RedisServer

HERE, THERE = "203.0.113.7", "198.51.100.9"
GUESS = "not the password, but long enough"
Strict = Callable[..., Any]


@pytest.fixture
async def strict(settings: Settings, web_app: FastAPI) -> AsyncIterator[Strict]:
    """The platform of the suite once more, with limits of its own, behind a proxy that is believed."""
    async with AsyncExitStack() as stack:

        async def make(**limits: str) -> FastAPI:
            app = build_app(settings.model_copy(update=limits))
            await stack.enter_async_context(app.router.lifespan_context(app))
            await listening(app)
            return app

        yield make


async def log_in(app: FastAPI, email: str, password: str = GUESS, *, address: str = HERE) -> httpx.Response:
    async with client(app) as asking:
        headers = {"x-forwarded-for": address}
        return await asking.post("/api/v1/auth/login", json={"email": email, "password": password}, headers=headers)


async def refusals(person: Person) -> list[dict[str, Any]]:
    found = (await person.get("/events/history", params={"subject_id": str(person.user_id)}))["items"]
    return [event for event in found if event["action"].startswith("sign_in.")]


def without_request(reply: httpx.Response) -> tuple[int, Any, dict[str, str]]:
    headers = {name: value for name, value in reply.headers.items() if name != "x-request-id"}
    return reply.status_code, reply.json(), headers


async def test_known_and_unknown_accounts_are_answered_and_refused_alike(strict: Strict, ada: Person) -> None:
    app = await strict(sign_in_here_rate="3/day")
    for attempt in range(5):
        known, unknown = await log_in(app, ada.email), await log_in(app, "nobody-at-all@example.org")
        assert known.status_code == unknown.status_code == (401 if attempt < 3 else 429)
        if attempt < 3:
            assert without_request(known) == without_request(unknown)
            continue
        assert known.json()["code"] == unknown.json()["code"] == "too_many_attempts"
        assert set(known.headers) == set(unknown.headers)
        assert int(known.headers["retry-after"]) >= 1
    assert (await log_in(app, ada.email, PASSWORD)).status_code == 429, "the right password is not looked at either"
    assert (await log_in(app, ada.email, PASSWORD, address=THERE)).status_code == 200, "its owner is elsewhere"


@pytest.mark.usefixtures("strong_passwords")
def test_the_work_for_an_account_that_does_not_exist_is_that_of_one_that_does() -> None:
    absent, present = (argon2.extract_parameters(each) for each in (crypto._ABSENT, crypto.hash_password("x")))
    assert absent == present
    assert (absent.type, absent.memory_cost >= 19 * 1024) == (argon2.Type.ID, True)
    assert not crypto.verify_password(None, GUESS)


async def test_an_address_has_so_many_attempts_on_whatever_accounts(strict: Strict, ada: Person) -> None:
    app = await strict(sign_in_address_rate="3/day")
    for number in range(3):
        assert (await log_in(app, f"somebody-{number}@example.org")).status_code == 401
    assert (await log_in(app, ada.email, PASSWORD)).status_code == 429
    spoofed = f"192.0.2.1, {HERE}"
    assert (await log_in(app, ada.email, PASSWORD, address=spoofed)).status_code == 429, "only the proxy is believed"
    body = {"email": "new@example.org", "password": PASSWORD, "name": "N", "organization": "N"}
    async with client(app) as asking:
        reply = await asking.post("/api/v1/auth/register", json=body, headers={"x-forwarded-for": HERE})
    assert reply.status_code == 429, "registering is an attempt too"
    assert (await log_in(app, ada.email, PASSWORD, address=THERE)).status_code == 200


async def test_a_network_of_version_6_is_one_address(strict: Strict) -> None:
    app = await strict(sign_in_address_rate="2/day")
    for host in ("1", "2"):
        assert (await log_in(app, f"six-{host}@example.org", address=f"2001:db8:1:2::{host}")).status_code == 401
    assert (await log_in(app, "six@example.org", address="2001:db8:1:2::3")).status_code == 429
    assert (await log_in(app, "six@example.org", address="2001:db8:1:3::3")).status_code == 401


async def test_an_account_has_so_many_attempts_from_everywhere(strict: Strict, ada: Person) -> None:
    app = await strict(sign_in_account_rate="3/day")
    for number in range(3):
        assert (await log_in(app, ada.email.upper(), address=f"192.0.2.{number}")).status_code == 401
    assert (await log_in(app, ada.email, PASSWORD, address=THERE)).status_code == 429


async def test_who_knows_the_password_has_their_attempts_back(strict: Strict, ada: Person) -> None:
    app = await strict(sign_in_here_rate="2/day", sign_in_account_rate="2/day", sign_in_address_rate="9/day")
    for _ in range(4):
        assert (await log_in(app, ada.email)).status_code == 401
        assert (await log_in(app, ada.email, PASSWORD)).status_code == 200
    await log_in(app, ada.email)
    assert (await log_in(app, ada.email, PASSWORD)).status_code == 429, "but the address has not"


async def test_a_password_is_not_guessed_in_a_session_that_was_left_open(strict: Strict, ada: Person) -> None:
    app = await strict(sign_in_here_rate="2/day")
    body = {"current_password": GUESS, "new_password": PASSWORD}
    async with client(app, ada.token) as asking:
        said = [(await asking.post("/api/v1/auth/password", json=body)).status_code for _ in range(3)]
    assert said == [422, 422, 429]


async def test_what_was_refused_is_an_event_and_a_line_without_what_was_typed(
    strict: Strict, ada: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    app = await strict(sign_in_here_rate="2/day")
    capsys.readouterr()
    async with app.state.platform.listener.subscribe("activity") as told:
        for _ in range(3):
            await log_in(app, ada.email)
            await log_in(app, "nobody-at-all@example.org")
        async with asyncio.timeout(20):
            events = await refusals(ada)
            while sum(event["data"]["count"] for event in events) < 3:
                await told.get()
                events = await refusals(ada)
    counts: Counter[str] = Counter()
    for event in events:
        counts[event["action"]] += event["data"]["count"]
        assert (event["actor_type"], event["data"]["client"]) == ("anonymous", {"address": HERE})
    assert counts == {"sign_in.failed": 2, "sign_in.throttled": 1}
    written = capsys.readouterr().out
    lines = [line for line in log_lines(written) if line["event"] == "sign_in.refused"]
    assert [line["outcome"] for line in lines].count("failed") == 4
    assert [line["outcome"] for line in lines].count("throttled") == 2
    assert GUESS not in written + str(events)
    assert ada.email not in written
    assert "nobody-at-all" not in written


async def test_a_closed_registration_tells_of_no_account(strict: Strict, ada: Person) -> None:
    app = await strict(registration="closed")
    answers = []
    async with client(app) as asking:
        for email in (ada.email, "nobody-at-all@example.org"):
            body = {"email": email, "password": PASSWORD, "name": "N", "organization": "N"}
            answers.append(without_request(await asking.post("/api/v1/auth/register", json=body)))
    assert answers[0] == answers[1]
    assert answers[0][0] == 403


@asynccontextmanager
async def counted(database: Database, prepared_home: Path, **changes: Any) -> AsyncIterator[Attempts]:
    attempts = Attempts(Settings(home=prepared_home, **changes), Journal(database))
    try:
        yield attempts
    finally:
        await attempts.close()


async def test_replicas_with_one_redis_count_together(
    redis_server: RedisServer, app_database: Database, settings: Settings
) -> None:
    changes = {"redis_url": redis_server.url, "sign_in_here_rate": "3/day"}
    async with (
        counted(app_database, settings.home, **changes) as one,
        counted(app_database, settings.home, **changes) as other,
    ):
        for replica in (one, other, one):
            await replica.admit("ada@example.org", HERE)
        for replica in (one, other):
            with pytest.raises(TooMany, match="too many attempts to sign in"):
                await replica.admit("Ada@example.org", HERE)
        await other.succeeded("ada@example.org", HERE)
        await one.admit("ada@example.org", HERE)
