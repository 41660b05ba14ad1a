"""What an event tells, to whom; how a list of them is narrowed; and all of them taken away."""

import asyncio
import json
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from app.activity import export
from app.activity.repository import EventRepository
from app.auth.permissions import Role
from tests.app.activity.test_stream import history, stream, take
from tests.app.test_isolation import one_of_everything
from tests.app.test_permissions import ask_everything
from tests.fixtures.app import client
from tests.fixtures.auth import Person
from tests.fixtures.factories import make_run
from tests.fixtures.members import join
from tests.fixtures.scheduling import Desk


async def every(person: Person, **filters: str) -> list[dict[str, Any]]:
    """Newest first."""
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = await person.get("/events/history", params={"limit": 200, **filters, **cursor})
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}


async def test_every_change_tells_before_and_after_and_from_where(web_app: FastAPI, ada: Person, desk: Desk) -> None:
    things = await one_of_everything(ada)
    given = await ada.http.put(
        f"/api/v1/projects/{ada.project_id}/members/{things['member_id']}", json={"role": "viewer"}
    )
    assert given.status_code == 200
    await ada.patch(f"/runs/{things['run_id']}", {"summary": {"accuracy": 0.5}})
    await ask_everything(web_app, ada, things)
    events = await every(ada)
    expected = {
        "experiment.created",
        "invitation.created",
        "invitation.revoked",
        "service_account.created",
        "service_account.removed",
        "project.created",
        "project_member.role_changed",
        "run.changed",
        "model_version.created",
        "service.created",
        "service.deleted",
        "workload.queued",
    }
    assert expected - {event["action"] for event in events} == set()
    for event in events:
        if event["actor_type"] != "controller" and not event["action"].startswith("access."):
            assert {"before", "after", "client", "request_id"} <= event["data"].keys(), (event["action"], event["data"])
            assert event["data"]["client"]["address"] == "127.0.0.1"
            assert event["data"]["before"] != event["data"]["after"], event


async def test_a_viewer_sees_work_and_not_who_manages_whom(ada: Person, bob: Person, served: str) -> None:
    await join(ada, bob, Role.VIEWER)
    last = (await history(ada))[0]["id"]
    await ada.post(f"/orgs/{ada.org}/invitations", {"email": "x@example.org"})
    await ada.api_key()
    run = (await make_run(ada))["id"]
    seen = [event for event in await every(bob) if event["org_id"] == str(ada.org_id)]
    families = {event["action"].partition(".")[0] for event in seen if event["actor_id"] != str(bob.user_id)}
    assert families.isdisjoint({"invitation", "api_key", "member", "service_account", "access"})
    assert run in {event["subject_id"] for event in seen}
    for event in seen:
        assert ("client" in event["data"]) == (event["actor_id"] == str(bob.user_id)), event
    assert {"invitation.created", "api_key.created"} <= {event["action"] for event in await every(ada)}
    async with stream(served, bob, last) as events:
        told = await anext(events)
    assert told["action"] == "experiment.created"
    assert "client" not in told["data"]
    async with stream(served, ada, last) as events:
        assert (await anext(events))["action"] == "invitation.created"


async def test_the_stream_has_nothing_of_a_private_project(
    web_app: FastAPI, ada: Person, bob: Person, served: str
) -> None:
    await join(ada, bob, Role.MEMBER)
    other = await ada.post(f"/orgs/{ada.org}/projects", {"slug": "open", "name": "Open"})
    await ada.http.put(f"/api/v1/projects/{ada.project_id}/access", json={"private": True})
    web_app.state.platform.credentials.forget()
    last = (await history(ada))[0]["id"]
    await make_run(ada)
    open_ = await ada.post(f"/projects/{other['id']}/experiments", {"name": "x"})
    async with stream(served, bob, last) as events:
        assert await take(events, 1) == [open_["id"]]


async def test_a_list_is_narrowed(ada: Person) -> None:
    first = await make_run(ada)
    second = await make_run(ada)
    events = await every(ada)
    (event,) = [event for event in events if event["subject_id"] == second["id"]]
    assert [each["subject_id"] for each in await every(ada, action="run.created")] == [second["id"], first["id"]]
    assert {each["action"].partition(".")[0] for each in await every(ada, action="run")} == {"run"}
    assert await every(ada, created_after=event["created_at"]) == events[: events.index(event) + 1]
    assert await every(ada, created_before=event["created_at"]) == events[events.index(event) + 1 :]
    later = (datetime.fromisoformat(event["created_at"]) + timedelta(days=1)).isoformat()
    assert await every(ada, created_after=later) == []
    assert await every(ada, actor_id=str(ada.user_id)) == events
    assert await every(ada, actor_id=str(uuid4())) == []
    assert await every(ada, project_id=str(uuid4())) == []
    for wrong in ({"action": "Run Created"}, {"created_after": "yesterday"}, {"created_after": "2026-01-01T00:00:00"}):
        assert (await ada.http.get("/api/v1/events/history", params=wrong)).status_code == 422


async def exported(http: httpx.AsyncClient, **query: str) -> list[dict[str, Any]]:
    reply = await http.get("/api/v1/events:export", params=query)
    assert reply.status_code == 200, reply.text
    assert reply.headers["content-type"].startswith("application/x-ndjson")
    return [json.loads(line) for line in reply.text.splitlines()]


async def test_everything_is_exported_oldest_first(ada: Person, bob: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    await make_run(bob)
    for _ in range(5):
        await make_run(ada)
    monkeypatch.setattr(export, "AT_ONCE", 2)
    before = await every(ada)
    assert await exported(ada.http) == before[::-1]
    (taken,) = await every(ada, action="events.exported")
    assert taken["actor_id"] == str(ada.user_id)
    assert [event["action"] for event in await exported(ada.http, action="run.created")] == ["run.created"] * 5


async def test_an_export_is_for_admins(web_app: FastAPI, ada: Person, bob: Person) -> None:
    await join(ada, bob, Role.MEMBER)
    path = "/api/v1/events:export"
    assert (await bob.http.get(path)).status_code == 422, "of which organization"
    assert (await bob.http.get(path, params={"org_id": str(ada.org_id)})).status_code == 403
    assert (await ada.http.get(path, params={"org_id": str(bob.org_id)})).status_code == 404
    assert {event["org_id"] for event in await exported(bob.http, org_id=str(bob.org_id))} == {str(bob.org_id)}
    async with client(web_app, (await ada.api_key(scopes=["read"]))["key"]) as reader:
        assert (await reader.get(path)).status_code == 403
    async with client(web_app, (await ada.api_key(scopes=["admin"]))["key"]) as admin:
        assert await exported(admin)


async def test_an_export_breaks_off_where_the_right_to_it_ends(
    ada: Person, served: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(6):
        await make_run(ada)
    monkeypatch.setattr(export, "AT_ONCE", 2)
    key = await ada.api_key(scopes=["admin"])
    headers = {"Authorization": f"Bearer {key['key']}"}
    revoked = asyncio.Event()
    oldest = EventRepository.oldest

    async def slowly(self: Any, *criteria: Any, **options: Any) -> Any:
        found = await oldest(self, *criteria, **options)
        if options["after"] is None:
            await ada.http.delete(f"/api/v1/api-keys/{key['id']}")
            async with httpx.AsyncClient(base_url=served, headers=headers) as asking, asyncio.timeout(10):
                while (await asking.get("/api/v1/projects")).status_code != 401:
                    continue
            revoked.set()
        return found

    monkeypatch.setattr(EventRepository, "oldest", slowly)
    async with httpx.AsyncClient(base_url=served, headers=headers) as asking:
        with pytest.raises(httpx.RemoteProtocolError):
            await asking.get("/api/v1/events:export")
    assert revoked.is_set(), "it broke off for another reason"
    assert revoked.is_set()


async def test_one_organization_of_several(ada: Person, bob: Person) -> None:
    await join(ada, bob, Role.ADMIN)
    both = {event["org_id"] for event in (await bob.get("/events/history"))["items"]}
    assert both == {str(ada.org_id), str(bob.org_id)}
    one = (await bob.get("/events/history", params={"org_id": str(ada.org_id)}))["items"]
    assert {event["org_id"] for event in one} == {str(ada.org_id)}
    assert (await ada.get("/events/history", params={"org_id": str(bob.org_id)}))["items"] == []
