"""Short tokens that are replaced while they are used, and how a person ends their sessions."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from app.kit.db import CONTROLLER, Database
from tests.app.accounts.test_routes import until_refused
from tests.fixtures.app import client
from tests.fixtures.auth import PASSWORD, Person

ME = "/api/v1/auth/me"
NEW_PASSWORD = "a new horse and a new battery"


async def alter(web_app: FastAPI, database: Database, person: Person, change: str) -> None:
    """Of the sessions of the person; as after that time every replica would have forgotten what it knew."""
    async with database.session(CONTROLLER) as session:
        await session.execute(text(f"UPDATE sessions SET {change} WHERE user_id = :user"), {"user": person.user_id})
    web_app.state.platform.credentials.forget()


async def used_for_long(web_app: FastAPI, database: Database, person: Person) -> None:
    await alter(web_app, database, person, "renewed_at = now() - interval '40 minutes'")


async def sign_in(browser: httpx.AsyncClient, person: Person, password: str = PASSWORD) -> str:
    reply = await browser.post("/api/v1/auth/login", json={"email": person.email, "password": password})
    assert reply.status_code == 200, reply.text
    token: str = reply.json()["token"]
    return token


def session_cookies(reply: httpx.Response) -> list[str]:
    return [value for value in reply.headers.get_list("set-cookie") if value.startswith("trine_session=")]


async def status(web_app: FastAPI, token: str) -> int:
    async with client(web_app, token) as asking:
        return (await asking.get(ME)).status_code


async def test_a_browser_gets_the_next_token_while_it_uses_its_session(
    web_app: FastAPI, ada: Person, anonymous: httpx.AsyncClient, controller_database: Database
) -> None:
    old = await sign_in(anonymous, ada)
    csrf = anonymous.cookies["trine_csrf"]
    assert session_cookies(await anonymous.get(ME)) == [], "not before half of its life is over"
    await used_for_long(web_app, controller_database, ada)
    (cookie,) = session_cookies(await anonymous.get(ME))
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    new = anonymous.cookies["trine_session"]
    assert new != old
    assert anonymous.cookies["trine_csrf"] == csrf, "what is on its way repeats it"
    assert await status(web_app, old) == 200, "nobody has used the new one"
    assert (await anonymous.get(ME)).status_code == 200
    web_app.state.platform.credentials.forget()
    assert await status(web_app, old) == 200, "what was under way goes on"
    await alter(web_app, controller_database, ada, "previous_until = now() - interval '1 second'")
    assert await status(web_app, old) == 401
    changed = await anonymous.patch(
        f"/api/v1/orgs/{ada.org}/members/{ada.user_id}", json={"role": "owner"}, headers={"x-csrf-token": csrf}
    )
    assert changed.status_code == 200


async def test_parallel_requests_of_one_browser_are_offered_one_token(
    web_app: FastAPI, ada: Person, anonymous: httpx.AsyncClient, controller_database: Database
) -> None:
    await sign_in(anonymous, ada)
    await used_for_long(web_app, controller_database, ada)
    replies = await asyncio.gather(*(anonymous.get(ME) for _ in range(8)))
    assert {reply.status_code for reply in replies} == {200}
    assert len([cookie for reply in replies for cookie in session_cookies(reply)]) == 1
    replies = await asyncio.gather(*(anonymous.get(ME) for _ in range(8)))
    assert {reply.status_code for reply in replies} == {200}
    (mine,) = [row for row in (await anonymous.get("/api/v1/auth/sessions")).json() if row["is_current"]]
    assert mine["expires_at"] < mine["ends_at"]


async def test_a_token_that_never_arrived_is_offered_again(
    web_app: FastAPI, ada: Person, anonymous: httpx.AsyncClient, controller_database: Database
) -> None:
    old = await sign_in(anonymous, ada)
    await used_for_long(web_app, controller_database, ada)
    async with client(web_app) as losing:
        losing.cookies.set("trine_session", old)
        assert len(session_cookies(await losing.get(ME))) == 1
    assert session_cookies(await anonymous.get(ME)) == [], "it may still be on its way"
    await alter(web_app, controller_database, ada, "offered_at = now() - interval '2 minutes'")
    assert len(session_cookies(await anonymous.get(ME))) == 1
    assert (await anonymous.get(ME)).status_code == 200
    assert anonymous.cookies["trine_session"] != old


async def test_the_next_token_comes_with_errors_but_not_with_the_end(
    web_app: FastAPI, ada: Person, anonymous: httpx.AsyncClient, controller_database: Database
) -> None:
    await sign_in(anonymous, ada)
    await used_for_long(web_app, controller_database, ada)
    absent = await anonymous.get(f"/api/v1/runs/{uuid4()}")
    assert (absent.status_code, len(session_cookies(absent))) == (404, 1)
    await sign_in(anonymous, ada)
    await used_for_long(web_app, controller_database, ada)
    headers = {"x-csrf-token": anonymous.cookies["trine_csrf"]}
    ended = await anonymous.post("/api/v1/auth/logout", headers=headers)
    assert ended.status_code == 204
    assert "trine_session" not in anonymous.cookies


async def test_an_offered_token_holds_no_longer_than_its_cookie(
    web_app: FastAPI, ada: Person, anonymous: httpx.AsyncClient, controller_database: Database
) -> None:
    await sign_in(anonymous, ada)
    await used_for_long(web_app, controller_database, ada)
    await anonymous.get(ME)
    await alter(web_app, controller_database, ada, "offered_at = now() - interval '61 minutes'")
    assert (await anonymous.get(ME)).status_code == 401


async def test_a_session_ends_however_much_it_is_used(
    web_app: FastAPI, ada: Person, controller_database: Database
) -> None:
    await alter(web_app, controller_database, ada, "ends_at = now() + interval '5 minutes'")
    offered = await ada.post("/auth/sessions:renew")
    (mine,) = await ada.get("/auth/sessions")
    assert offered["expires_at"] == mine["ends_at"]
    async with client(web_app, offered["token"]) as asking:
        assert (await asking.get(ME)).status_code == 200
    await alter(
        web_app, controller_database, ada, "ends_at = now() - interval '1 second', next_hash = NULL, offered_at = NULL"
    )
    reply = await ada.http.post("/api/v1/auth/sessions:renew")
    assert reply.status_code == 401, "also while the token before it holds"


async def test_a_program_asks_for_the_next_token_itself(
    web_app: FastAPI, ada: Person, controller_database: Database
) -> None:
    await used_for_long(web_app, controller_database, ada)
    reply = await ada.http.get(ME)
    assert session_cookies(reply) == [], "nobody would keep it"
    offered = await ada.post("/auth/sessions:renew")
    assert await status(web_app, offered["token"]) == 200
    await alter(web_app, controller_database, ada, "previous_until = now() - interval '1 second'")
    assert await status(web_app, ada.token) == 401
    assert await status(web_app, offered["token"]) == 200


async def test_sessions_are_listed_and_ended_one_by_one_or_all_but_this(
    web_app: FastAPI, ada: Person, bob: Person, anonymous: httpx.AsyncClient
) -> None:
    async with client(web_app) as phone:
        phone.headers["User-Agent"] = "a phone"
        lost = await sign_in(phone, ada)
    forgotten = await sign_in(anonymous, ada)
    listed = await ada.get("/auth/sessions")
    assert [row["is_current"] for row in listed] == [False, False, True]
    assert listed[1]["user_agent"] == "a phone"
    assert not any("token" in name or "hash" in name for row in listed for name in row)
    address = f"/api/v1/auth/sessions/{listed[1]['id']}"
    assert (await bob.http.delete(address)).status_code == 404
    assert (await ada.http.delete(address)).status_code == 204
    assert (await ada.http.delete(address)).status_code == 404, "ended once"
    assert (await until_refused(web_app, lost)).status_code == 401
    assert await status(web_app, forgotten) == 200
    await ada.post("/auth/sessions:revoke-others")
    assert (await until_refused(web_app, forgotten)).status_code == 401
    assert [row["is_current"] for row in await ada.get("/auth/sessions")] == [True]
    told = [event["action"] for event in (await ada.get("/events/history"))["items"]]
    assert (told.count("session.opened"), told.count("session.revoked")) == (3, 2)


async def test_a_changed_password_ends_all_sessions_and_keeps_the_keys(
    web_app: FastAPI, ada: Person, anonymous: httpx.AsyncClient
) -> None:
    other = await sign_in(anonymous, ada)
    key = (await ada.api_key())["key"]
    body: dict[str, Any] = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    wrong = await ada.http.post("/api/v1/auth/password", json=body | {"current_password": "not the password"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "wrong_password")
    assert wrong.json()["errors"][0]["field"] == "current_password"
    assert await status(web_app, other) == 200
    made = await ada.post("/auth/password", body)
    for ended in (other, ada.token):
        assert (await until_refused(web_app, ended)).status_code == 401
    for good in (made["token"], key):
        assert await status(web_app, good) == 200
    reply = await anonymous.post("/api/v1/auth/login", json={"email": ada.email, "password": PASSWORD})
    assert reply.status_code == 401
    await sign_in(anonymous, ada, NEW_PASSWORD)
    async with client(web_app, key) as asking:
        events = (await asking.get("/api/v1/events/history")).json()["items"]
    assert "password.changed" in {event["action"] for event in events}
    assert NEW_PASSWORD not in str(events)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("get", "/auth/sessions", None),
        ("post", "/auth/sessions:renew", None),
        ("post", "/auth/sessions:revoke-others", None),
        ("post", "/auth/password", {"current_password": PASSWORD, "new_password": NEW_PASSWORD}),
    ],
)
async def test_a_key_reaches_no_session(
    web_app: FastAPI, ada: Person, method: str, path: str, body: dict[str, Any] | None
) -> None:
    async with client(web_app, (await ada.api_key())["key"]) as asking:
        reply = await asking.request(method, f"/api/v1{path}", json=body)
    assert (reply.status_code, reply.json()["code"]) == (403, "forbidden")
