"""Two replicas on one database: what is revoked at the one is refused by the other as soon as it hears of it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from fastapi import FastAPI

from app.auth.credentials import TOPIC
from app.auth.permissions import Role
from app.config import Settings
from app.main import build_app
from tests.fixtures.app import client, listening
from tests.fixtures.auth import PASSWORD, Person
from tests.fixtures.members import join

ME = "/api/v1/auth/me"
Revoke = Callable[[], Awaitable[object]]


@pytest.fixture
async def replica(settings: Settings, web_app: FastAPI) -> AsyncIterator[FastAPI]:
    app = build_app(settings)
    async with app.router.lifespan_context(app):
        await listening(app)
        yield app


async def of_a_key(ada: Person, bob: Person) -> tuple[str, Revoke]:
    made = await ada.api_key()
    return made["key"], lambda: ada.http.delete(f"/api/v1/api-keys/{made['id']}")


async def of_a_service_account(ada: Person, bob: Person) -> tuple[str, Revoke]:
    account = await ada.post(f"/orgs/{ada.org}/service-accounts", {"name": "robot"})
    body = {"name": "k", "project": str(ada.project_id)}
    key = (await ada.post(f"/service-accounts/{account['id']}/keys", body))["key"]
    return key, lambda: ada.http.delete(f"/api/v1/service-accounts/{account['id']}")


async def of_a_membership(ada: Person, bob: Person) -> tuple[str, Revoke]:
    await join(ada, bob, Role.MEMBER)
    key = (await bob.post("/api-keys", {"name": "k", "project": str(ada.project_id)}))["key"]
    return key, lambda: ada.http.delete(f"/api/v1/orgs/{ada.org}/members/{bob.user_id}")


async def by_logging_out(ada: Person, bob: Person) -> tuple[str, Revoke]:
    return ada.token, lambda: ada.http.post("/api/v1/auth/logout")


async def by_ending_all_other_sessions(ada: Person, bob: Person) -> tuple[str, Revoke]:
    other = (await ada.post("/auth/login", {"email": ada.email, "password": PASSWORD}))["token"]
    ada.http.cookies.clear()
    return other, lambda: ada.http.post("/api/v1/auth/sessions:revoke-others")


async def by_changing_the_password(ada: Person, bob: Person) -> tuple[str, Revoke]:
    other = (await ada.post("/auth/login", {"email": ada.email, "password": PASSWORD}))["token"]
    body = {"current_password": PASSWORD, "new_password": "another horse, another battery"}
    return other, lambda: ada.http.post("/api/v1/auth/password", json=body)


@pytest.mark.parametrize(
    "credential",
    [
        of_a_key,
        of_a_service_account,
        of_a_membership,
        by_logging_out,
        by_ending_all_other_sessions,
        by_changing_the_password,
    ],
)
async def test_what_one_replica_revokes_the_other_refuses(
    replica: FastAPI,
    ada: Person,
    bob: Person,
    credential: Callable[[Person, Person], Awaitable[tuple[str, Revoke]]],
) -> None:
    token, revoke = await credential(ada, bob)
    known = replica.state.platform.credentials
    heard = asyncio.Event()
    # Told after the replica's own credentials, which were there first.
    replica.state.platform.listener.on_message(TOPIC, heard.set)
    async with client(replica, token) as asking:
        # What was told before may still arrive, and empties what is remembered.
        async with asyncio.timeout(10):
            while not len(known._known):
                assert (await asking.get(ME)).status_code == 200
        heard.clear()
        assert (await revoke()).status_code in {200, 204}  # type: ignore[attr-defined]
        async with asyncio.timeout(10):
            while (reply := await asking.get(ME)).status_code == 200:
                await heard.wait()
                heard.clear()
    assert (reply.status_code, reply.json()["code"]) == (401, "unauthenticated")


async def test_a_replica_that_hears_nothing_remembers_nothing(replica: FastAPI, ada: Person) -> None:
    made = await ada.api_key()
    await replica.state.platform.listener.stop()
    replica.state.platform.credentials.trust(False)
    async with client(replica, made["key"]) as asking:
        assert (await asking.get(ME)).status_code == 200
        assert (await ada.http.delete(f"/api/v1/api-keys/{made['id']}")).status_code == 204
        assert (await asking.get(ME)).status_code == 401
