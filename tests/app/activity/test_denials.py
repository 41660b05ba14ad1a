"""Who was refused what: an event, gathered, and seen by those who manage members."""

import asyncio
import time
from collections import Counter
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from app.activity import denials
from app.activity.actor import Actor, Subject
from app.activity.denials import Attempt, Denials
from app.auth.permissions import Role
from app.auth.repository import find_key_owner
from app.config import Settings
from app.inference.gateway_app import build_gateway
from app.kit.db import PLATFORM, Database, Scope
from app.kit.origin import Origin
from app.main import build_app
from app.tables import Event
from tests.fixtures.app import client
from tests.fixtures.auth import Person
from tests.fixtures.factories import make_run
from tests.fixtures.log_lines import log_lines
from tests.fixtures.members import join

HERE = Origin("203.0.113.7", "test")


async def denied(owner: Person, **wanted: Any) -> list[dict[str, Any]]:
    """Oldest first, when there is one with `wanted`."""
    async with asyncio.timeout(10):
        while True:
            page = await owner.get("/events/history", params={"action": denials.ACTION, "limit": 200})
            if any(wanted.items() <= event["data"].items() for event in page["items"]):
                return page["items"][::-1]  # type: ignore[no-any-return]


async def test_what_a_role_may_not_do_is_remembered(ada: Person, bob: Person) -> None:
    run = (await make_run(ada))["id"]
    await join(ada, bob, Role.VIEWER)
    headers = {"User-Agent": "curl/8", "X-Request-ID": "abc", "X-Forwarded-For": "198.51.100.9"}
    assert (await bob.http.patch(f"/api/v1/runs/{run}", json={"tags": {}}, headers=headers)).status_code == 403
    (event,) = await denied(ada, operation="PATCH /api/v1/runs/{run_id}")
    assert (event["actor_type"], event["actor_id"]) == ("user", str(bob.user_id))
    assert (event["subject_type"], event["subject_id"], event["project_id"]) == ("run", run, str(ada.project_id))
    data = event["data"]
    assert (data["status"], data["code"], data["count"]) == (403, "forbidden", 1)
    assert data["client"] == {"address": "198.51.100.9", "agent": "curl/8"}
    assert data["request_id"] == "abc"


async def test_what_a_key_is_not_for_is_remembered_as_the_keys(web_app: FastAPI, ada: Person) -> None:
    key = (await ada.api_key(scopes=["inference"]))["key"]
    async with client(web_app, key) as asking:
        assert (await asking.get("/api/v1/projects")).status_code == 403
    (event,) = await denied(ada, code="insufficient_scope")
    assert (event["actor_type"], event["actor_id"]) == ("api_key", str(ada.user_id))
    assert (event["subject_type"], event["subject_id"]) == ("organization", str(ada.org_id))


async def test_a_key_that_is_no_longer_good_is_its_organizations_to_hear_of(web_app: FastAPI, ada: Person) -> None:
    key = await ada.api_key()
    assert (await ada.http.delete(f"/api/v1/api-keys/{key['id']}")).status_code == 204
    async with client(web_app, key["key"]) as asking, asyncio.timeout(10):
        while (await asking.get("/api/v1/projects")).status_code != 401:
            continue
    (event,) = await denied(ada, status=401)
    assert (event["actor_type"], event["actor_id"]) == ("api_key", str(ada.user_id))
    assert event["data"]["operation"] == "GET /api/v1/projects"


async def test_who_is_in_several_organizations_is_told_to_neither(
    ada: Person, bob: Person, app_database: Database
) -> None:
    await join(ada, bob, Role.VIEWER)
    missing = str(uuid4())
    assert (await bob.http.get(f"/api/v1/runs/{missing}")).status_code == 404
    async with asyncio.timeout(10):
        while True:
            async with app_database.session(Scope((PLATFORM,))) as session:
                if event := await session.scalar(select(Event).where(Event.subject_id == UUID(missing))):
                    break
    assert (event.org_id, event.actor_id) == (PLATFORM, bob.user_id)


async def test_an_attempt_on_a_foreign_thing_is_told_to_ones_own_organization_alone(ada: Person, bob: Person) -> None:
    theirs = (await make_run(ada))["id"]
    assert (await bob.http.get(f"/api/v1/runs/{theirs}")).status_code == 404
    (event,) = await denied(bob, status=404)
    assert (event["org_id"], event["subject_id"]) == (str(bob.org_id), theirs)
    assert (await ada.get("/events/history", params={"subject_id": theirs, "action": "access"}))["items"] == []


async def test_the_gateway_remembers_too(web_app: FastAPI, ada: Person) -> None:
    app = build_gateway(web_app.state.platform.settings)
    async with app.router.lifespan_context(app), client(app, (await ada.api_key(scopes=["read"]))["key"]) as asking:
        assert (await asking.get("/models")).status_code == 403
    (event,) = await denied(ada, code="insufficient_scope")
    assert event["data"]["operation"].endswith("/models")


async def test_only_who_manages_members_sees_who_was_refused(ada: Person, bob: Person) -> None:
    await join(ada, bob, Role.MEMBER)
    assert (await bob.http.get(f"/api/v1/orgs/{ada.org}/invitations")).status_code == 403
    await denied(ada, operation="GET /api/v1/orgs/{org}/invitations")
    mine = (await bob.get("/events/history", params={"action": "access"}))["items"]
    assert {event["actor_id"] for event in mine} == {str(bob.user_id)}, "one's own are seen"


async def test_what_is_not_valid_or_too_much_is_counted_in_the_log(
    settings: Settings, ada: Person, web_app: FastAPI, capsys: pytest.CaptureFixture[str]
) -> None:
    app = build_app(settings.model_copy(update={"api_key_rate": "3/hour"}))
    headers = {"X-Forwarded-For": "198.51.100.9"}
    async with app.router.lifespan_context(app), client(app, ada.token) as asking:
        said = [await asking.get("/api/v1/projects", params={"limit": "many"}, headers=headers) for _ in range(2)]
        said += [await asking.get("/api/v1/orgs", params={"cursor": "none"}, headers=headers) for _ in range(3)]
        await app.state.platform.denials.stop()
    assert [reply.status_code for reply in said] == [422, 422, 422, 429, 429]
    who = {"actor_type": "user", "actor_id": str(ada.user_id), "address": "198.51.100.9"}
    told = Counter[tuple[str, int]]()
    for line in log_lines(capsys.readouterr().out):
        if line["event"] == "access.refused" and who.items() <= line.items():
            told[line["operation"], line["status"]] += line["count"]
    assert told == {("GET /api/v1/projects", 422): 2, ("GET /api/v1/orgs", 422): 1, ("GET /api/v1/orgs", 429): 2}


async def written(database: Database, person: Person, attempt: Attempt) -> list[int]:
    """Counts of its rows, oldest first."""
    async with database.session(person.scope) as session:
        rows = await session.scalars(select(Event).where(Event.actor_id == attempt.actor.id).order_by(Event.id))
        return [row.data["count"] for row in rows]


def attempt_of(person: Person, operation: str = "GET /x") -> Attempt:
    return Attempt(person.org_id, Actor("user", person.user_id), operation, 403, "forbidden")


async def test_a_flood_is_few_rows(ada: Person, app_database: Database) -> None:
    gathering = Denials(app_database, find_key_owner)
    attempt = Attempt(ada.org_id, Actor("user", uuid4()), "GET /x", 403, "forbidden")
    gathering.start()
    gathering.note(attempt, Subject("run", uuid4(), ada.org_id), HERE, "first")
    async with asyncio.timeout(10):
        while await written(app_database, ada, attempt) != [1]:
            continue
    for number in range(10_000):
        origin = Origin(f"203.0.113.{number % 200}", "test")
        gathering.note(attempt, Subject("run", uuid4(), ada.org_id), origin, None)
    assert gathering._due(time.monotonic()) == [], "the next row waits"
    assert gathering._due(time.monotonic() + denials.REST) == [attempt]
    await gathering.stop()
    assert await written(app_database, ada, attempt) == [1, 10_000]


async def test_what_is_kept_in_memory_has_a_bound(ada: Person, app_database: Database) -> None:
    gathering = Denials(app_database, find_key_owner)
    for number in range(denials.MOST + 10):
        gathering.note(attempt_of(ada, f"GET /{number}"), Subject("run", UUID(int=number), ada.org_id), HERE, None)
    assert len(gathering._gathered) == denials.MOST
    flood = attempt_of(ada, "GET /0")
    for _ in range(100):
        gathering.note(flood, Subject("run", uuid4(), ada.org_id), HERE, None)
    assert len(gathering._gathered[flood].subjects) == denials.KEPT


async def test_what_could_not_be_written_is_written_later(ada: Person, app_database: Database) -> None:
    away = Database("postgresql://nobody:x@127.0.0.1:1/none")
    gathering = Denials(away, find_key_owner)
    attempt = Attempt(ada.org_id, Actor("user", uuid4()), "GET /x", 403, "forbidden")
    gathering.note(attempt, Subject("run", uuid4(), ada.org_id), HERE, None)
    await gathering._write([attempt])
    gathering.note(attempt, Subject("run", uuid4(), ada.org_id), HERE, None)
    assert gathering._gathered[attempt].count == 2
    gathering._database = app_database
    await gathering.stop()
    await away.close()
    assert await written(app_database, ada, attempt) == [2]
