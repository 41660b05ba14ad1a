"""The administrator of the platform: what they may do, that it is written down, and that nobody else may."""

import asyncio
import re
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from app.auth.permissions import Role
from app.kit.db import PLATFORM, Database, Scope
from app.permission_table import operations
from app.tables import Event, Organization
from tests.app.test_isolation import BODIES, one_of_everything
from tests.fixtures.app import client
from tests.fixtures.auth import PASSWORD, Person
from tests.fixtures.db import Prepared
from tests.fixtures.members import join
from tests.fixtures.scheduling import TINY, Desk

HERE = "/api/v1/admin"


async def every(root: Person, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = await root.get(f"/admin/{path}", params={"limit": 200, **cursor})
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}


async def until(http: httpx.AsyncClient, status: int, path: str = "/api/v1/auth/me") -> None:
    async with asyncio.timeout(5):
        while (await http.get(path)).status_code != status:
            continue


def test_there_is_something_to_ask() -> None:
    assert len([name for name, _ in operations() if HERE in name]) >= 9


async def test_to_everybody_else_it_is_not_there(
    web_app: FastAPI, root: Person, ada: Person, bob: Person, desk: Desk
) -> None:
    await join(ada, bob, Role.MEMBER)
    things = await one_of_everything(ada)
    said: set[str] = set()
    key = (await root.api_key())["key"]
    async with client(web_app, key) as administrators_key:
        for name, _ in operations():
            method, path = name.split(" ")
            if not path.startswith(HERE):
                continue
            operation = f"{method.lower()} {path.removeprefix('/api/v1')}"
            address = re.sub(r"\{(\w+)\}", lambda match: things[match[1]], path)
            for asking in (ada.http, bob.http, administrators_key):
                reply = await asking.request(method, address, json=BODIES.get(operation))
                assert reply.status_code == 404, name
                said.add(reply.json()["detail"])
    assert len(said) == 1
    assert (await ada.http.get("/api/v1/auth/me")).status_code == 200, "nothing has been disabled"


async def test_they_see_organizations_and_people_and_nothing_of_theirs(
    root: Person, ada: Person, bob: Person, desk: Desk
) -> None:
    things = await one_of_everything(ada)
    organizations = await every(root, "organizations")
    assert {str(ada.org_id), str(bob.org_id)} <= {each["id"] for each in organizations}
    assert str(PLATFORM) not in {each["id"] for each in organizations}
    people = {each["email"]: each for each in await every(root, "users")}
    assert people[root.email]["is_platform_admin"]
    assert not people[ada.email]["is_platform_admin"]
    assert "password_hash" not in people[ada.email]
    assert (await root.http.get(f"/api/v1/runs/{things['run_id']}")).status_code == 404
    assert (await root.http.get(f"/api/v1/orgs/{ada.org}")).status_code == 404
    assert [each["id"] for each in await root.listed("/orgs")] == [str(root.org_id)]


async def test_a_disabled_person_gets_in_nowhere(
    web_app: FastAPI, root: Person, ada: Person, anonymous: httpx.AsyncClient
) -> None:
    async with client(web_app, (await ada.api_key())["key"]) as by_key:
        disabled = await root.post(f"/admin/users/{ada.user_id}:disable")
        assert disabled["disabled_at"]
        assert await root.post(f"/admin/users/{ada.user_id}:disable") == disabled, "once is enough"
        await until(ada.http, 401)
        await until(by_key, 401)
        login = {"email": ada.email, "password": PASSWORD}
        assert (await anonymous.post("/api/v1/auth/login", json=login)).status_code == 401
        assert (await root.post(f"/admin/users/{ada.user_id}:enable"))["disabled_at"] is None
        await until(by_key, 200)
    assert (await ada.http.get("/api/v1/auth/me")).status_code == 401, "the session had ended"
    assert (await anonymous.post("/api/v1/auth/login", json=login)).status_code == 200
    told = [event for event in await every(root, "events") if event["subject_id"] == str(ada.user_id)]
    assert [event["action"] for event in told] == ["user.enabled", "user.disabled"]
    assert told[1]["actor_id"] == str(root.user_id)
    assert told[1]["data"]["before"] is None
    assert told[1]["data"]["after"]["disabled_at"]
    assert told[1]["data"]["client"]["address"] == "127.0.0.1"


async def test_nothing_goes_on_in_a_disabled_organization(
    web_app: FastAPI, root: Person, ada: Person, bob: Person, desk: Desk
) -> None:
    await join(bob, ada, Role.VIEWER)
    job = await ada.post(f"/projects/{ada.project_id}/training-jobs", TINY)
    async with client(web_app, (await ada.api_key())["key"]) as by_key:
        await root.post(f"/admin/organizations/{ada.org_id}:disable")
        await until(by_key, 401)
        await until(ada.http, 404, f"/api/v1/orgs/{ada.org_id}")
        assert [each["id"] for each in await ada.listed("/orgs")] == [str(bob.org_id)], "their others stay"
        assert (await ada.http.get(f"/api/v1/training-jobs/{job['id']}")).status_code == 404
        await root.post(f"/admin/organizations/{ada.org_id}:enable")
        await until(ada.http, 200, f"/api/v1/orgs/{ada.org_id}")
        await until(by_key, 200)
    workload = (await ada.get(f"/training-jobs/{job['id']}"))["workload"]
    assert (workload["status"], workload["reason"]["code"]) == ("cancelled", "organization_disabled")
    told = (await ada.get("/events/history", params={"action": "organization"}))["items"]
    assert [event["action"] for event in told][:2] == ["organization.enabled", "organization.disabled"]
    told = [event for event in await every(root, "events") if event["subject_id"] == str(ada.org_id)]
    assert [event["action"] for event in told] == ["organization.enabled", "organization.disabled"]


async def test_limits_of_an_organization_are_theirs(root: Person, ada: Person) -> None:
    path = f"{HERE}/organizations/{ada.org_id}/quota"
    reply = await root.http.put(path, json={"resource": "gpu", "hard": 4})
    assert (reply.status_code, reply.json()["hard"]) == (200, 4)
    assert [row["hard"] for row in await ada.get(f"/orgs/{ada.org}/quota")] == [4]
    share = {"resource": "gpu", "hard": 1, "user_id": str(ada.user_id)}
    assert (await root.http.put(path, json=share)).status_code == 422
    (told,) = (await ada.get("/events/history", params={"action": "quota"}))["items"]
    assert (told["actor_id"], told["data"]["after"]["hard"]) == (str(root.user_id), 4)


async def test_who_takes_the_dashboards_token_is_written_down(root: Person, prepared: Prepared) -> None:
    access = await root.post("/admin/dashboard:open")
    assert access["token"] == (prepared.secrets / "ray_token").read_text().strip()
    newest = (await every(root, "events"))[0]
    assert (newest["action"], newest["actor_id"]) == ("dashboard.token_read", str(root.user_id))
    assert access["token"] not in str(newest)


async def test_what_cannot_be(root: Person) -> None:
    for method, path, status in (
        ("POST", f"users/{root.user_id}:disable", 409),
        ("POST", f"users/{uuid4()}:disable", 404),
        ("POST", f"organizations/{uuid4()}:disable", 404),
        ("POST", f"organizations/{PLATFORM}:disable", 404),
        ("PUT", f"organizations/{PLATFORM}/quota", 404),
    ):
        reply = await root.http.request(method, f"{HERE}/{path}", json={"resource": "gpu", "hard": 1})
        assert reply.status_code == status, path


async def test_an_attempt_at_it_is_an_event_of_the_platform(root: Person, bob: Person) -> None:
    assert (await bob.http.get(f"{HERE}/users")).status_code == 404
    async with asyncio.timeout(10):
        while True:
            events = [event for event in await every(root, "events") if event["actor_id"] == str(bob.user_id)]
            if events:
                break
    (event,) = events
    assert (event["action"], event["data"]["operation"]) == ("access.denied", f"GET {HERE}/users")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE users SET is_platform_admin = true WHERE id = :me",
        "INSERT INTO users (id, email, name, is_platform_admin) VALUES (:me, 'eve@example.org', 'Eve', true)",
    ],
)
async def test_nobody_appoints_themselves(ada: Person, app_database: Database, statement: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with app_database.session(ada.scope) as session:
            await session.execute(text(statement), {"me": str(ada.user_id)})


async def test_the_platforms_scope_shows_no_tenants_rows(ada: Person, app_database: Database, desk: Desk) -> None:
    await one_of_everything(ada)
    async with app_database.session(Scope((PLATFORM,))) as session:
        assert ada.org_id in set(await session.scalars(select(Organization.id)))
        assert set(await session.scalars(select(Event.org_id))) <= {PLATFORM}
        for table in ("projects", "runs", "workloads", "api_keys", "memberships", "artifacts", "sessions"):
            assert (await session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one() == 0, table
