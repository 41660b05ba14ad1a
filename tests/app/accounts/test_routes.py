import asyncio
import datetime

import httpx
from fastapi import FastAPI
from sqlalchemy import text

from app.kit.clock import now
from app.kit.db import CONTROLLER, Database
from tests.fixtures.app import client
from tests.fixtures.auth import PASSWORD, Person


async def until_refused(app: FastAPI, token: str) -> httpx.Response:
    """Revocations are heard a moment after they are committed."""
    async with asyncio.timeout(5), client(app, token) as asking:
        while (reply := await asking.get("/api/v1/auth/me")).status_code == 200:
            continue
    return reply


async def test_registering_makes_an_account_an_organization_and_a_project(ada: Person) -> None:
    me = await ada.get("/auth/me")
    assert me["user"]["email"] == ada.email
    assert [organization["name"] for organization in me["organizations"]] == ["Analytical Engines"]
    assert [project["slug"] for project in me["projects"]] == ["default"]
    (member,) = await ada.listed(f"/orgs/{ada.org}/members")
    assert (member["email"], member["role"]) == (ada.email, "owner")


async def test_an_address_registers_once(ada: Person, anonymous: httpx.AsyncClient) -> None:
    body = {"email": ada.email.upper(), "password": PASSWORD, "name": "B", "organization": "B"}
    reply = await anonymous.post("/api/v1/auth/register", json=body)
    assert (reply.status_code, reply.json()["code"]) == (409, "account_exists")


async def test_logging_in(ada: Person, anonymous: httpx.AsyncClient) -> None:
    reply = await anonymous.post("/api/v1/auth/login", json={"email": ada.email, "password": PASSWORD})
    assert reply.status_code == 200
    assert reply.json()["user"]["id"] == str(ada.user_id)


async def test_a_wrong_password_and_an_unknown_account_are_answered_alike(
    ada: Person, anonymous: httpx.AsyncClient
) -> None:
    wrong = await anonymous.post("/api/v1/auth/login", json={"email": ada.email, "password": "not the password"})
    absent = await anonymous.post("/api/v1/auth/login", json={"email": "nobody@example.org", "password": PASSWORD})
    assert wrong.status_code == absent.status_code == 401
    assert wrong.json() == absent.json()
    assert wrong.headers["content-type"] == "application/problem+json"
    assert wrong.headers["www-authenticate"] == "Bearer"


async def test_registration_says_what_is_wrong(anonymous: httpx.AsyncClient) -> None:
    body = {"email": "nonsense", "password": "short", "name": "", "organization": "X", "role": "admin"}
    reply = await anonymous.post("/api/v1/auth/register", json=body)
    assert reply.status_code == 422
    assert {error["field"] for error in reply.json()["errors"]} == {"email", "password", "name", "role"}


async def test_logging_out_ends_the_session(web_app: FastAPI, ada: Person) -> None:
    assert (await ada.http.post("/api/v1/auth/logout")).status_code == 204
    reply = await until_refused(web_app, ada.token)
    assert (reply.status_code, reply.json()["code"]) == (401, "unauthenticated")


async def test_a_key_is_shown_once_and_stored_hashed(
    web_app: FastAPI, ada: Person, controller_database: Database
) -> None:
    made = await ada.api_key("laptop")
    assert made["key"].startswith(made["prefix"])
    (listed,) = await ada.listed("/api-keys")
    assert "key" not in listed
    async with controller_database.session(CONTROLLER) as session:
        row = (await session.execute(text("SELECT * FROM api_keys WHERE id = :id"), {"id": made["id"]})).one()
    assert made["key"] not in str(row)
    async with client(web_app, made["key"]) as asking:
        me = (await asking.get("/api/v1/auth/me")).json()
    assert (me["user"]["email"], me["default_project_id"]) == (ada.email, str(ada.project_id))


async def test_a_revoked_key_works_no_more_though_it_was_remembered(web_app: FastAPI, ada: Person) -> None:
    made = await ada.api_key()
    async with client(web_app, made["key"]) as asking:
        assert (await asking.get("/api/v1/auth/me")).status_code == 200
        assert (await ada.http.delete(f"/api/v1/api-keys/{made['id']}")).status_code == 204
        assert (await until_refused(web_app, made["key"])).status_code == 401
    assert (await ada.http.delete(f"/api/v1/api-keys/{made['id']}")).status_code == 404, "revoked once"


async def test_a_key_expires(web_app: FastAPI, ada: Person, controller_database: Database) -> None:
    made = await ada.api_key(expires_at=(now() + datetime.timedelta(hours=1)).isoformat())
    async with client(web_app, made["key"]) as asking:
        assert (await asking.get("/api/v1/auth/me")).status_code == 200
    other = await ada.api_key(expires_at=(now() + datetime.timedelta(hours=1)).isoformat())
    async with controller_database.session(CONTROLLER) as session:
        statement = text("UPDATE api_keys SET expires_at = now() - interval '1 second' WHERE id = :id")
        await session.execute(statement, {"id": other["id"]})
    async with client(web_app, other["key"]) as asking:
        assert (await asking.get("/api/v1/auth/me")).status_code == 401


async def test_an_expiry_is_a_moment_to_come(ada: Person) -> None:
    body = {"name": "k", "project": str(ada.project_id)}
    past = await ada.http.post("/api/v1/api-keys", json=body | {"expires_at": "2001-01-01T00:00:00Z"})
    assert (past.status_code, past.json()["errors"][0]["field"]) == (422, "expires_at")
    naive = await ada.http.post("/api/v1/api-keys", json=body | {"expires_at": "2101-01-01T00:00:00"})
    assert naive.status_code == 422, "of no time zone"


async def test_a_browser_needs_its_token_repeated_to_change_anything(ada: Person, anonymous: httpx.AsyncClient) -> None:
    reply = await anonymous.post("/api/v1/auth/login", json={"email": ada.email, "password": PASSWORD})
    cookie = next(value for value in reply.headers.get_list("set-cookie") if value.startswith("trine_session"))
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    assert (await anonymous.get("/api/v1/auth/me")).status_code == 200
    body = {"slug": "by-browser", "name": "B"}
    for sent in ({}, {"x-csrf-token": "wrong"}, {"x-csrf-token": b"\xe9"}):
        refused = await anonymous.post(f"/api/v1/orgs/{ada.org}/projects", json=body, headers=sent)  # type: ignore[arg-type]
        assert (refused.status_code, refused.json()["code"]) == (403, "csrf")
    headers = {"x-csrf-token": anonymous.cookies["trine_csrf"]}
    made = await anonymous.post(f"/api/v1/orgs/{ada.org}/projects", json=body, headers=headers)
    assert made.status_code == 201
    assert (await anonymous.post("/api/v1/auth/logout", headers=headers)).status_code == 204
    assert "trine_session" not in anonymous.cookies


async def test_without_a_credential_or_with_nonsense(anonymous: httpx.AsyncClient) -> None:
    for headers in ({}, {"Authorization": "Bearer trn_nonsense"}, {"Authorization": "Basic eDp5"}):
        reply = await anonymous.get("/api/v1/projects", headers=headers)
        assert (reply.status_code, reply.headers["content-type"]) == (401, "application/problem+json")


async def test_a_text_that_cannot_be_stored_is_refused(ada: Person) -> None:
    body = {"slug": "nul", "name": "a\x00b"}
    reply = await ada.http.post(f"/api/v1/orgs/{ada.org}/projects", json=body)
    assert (reply.status_code, reply.json()["code"]) == (422, "invalid")


async def test_whoever_asks_is_told_their_roles_and_that_they_do_not_administer_the_platform(ada: Person) -> None:
    me = await ada.get("/auth/me")
    assert me["roles"] == {str(ada.org_id): "owner"}
    assert me["is_platform_admin"] is False


async def test_a_name_is_changed_by_its_person_and_not_by_a_key(web_app: FastAPI, ada: Person) -> None:
    changed = await ada.patch("/auth/me", {"name": "Ada King"})
    assert changed["name"] == "Ada King"
    assert (await ada.get("/auth/me"))["user"]["name"] == "Ada King"
    (event,) = (await ada.get("/events/history", params={"action": "member.renamed"}))["items"]
    assert (event["data"]["before"], event["data"]["after"]) == ({"name": "Ada"}, {"name": "Ada King"})
    key = (await ada.api_key())["key"]
    async with client(web_app, key) as asking:
        refused = await asking.patch("/api/v1/auth/me", json={"name": "Somebody"})
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
