"""Limits: who sets them, what is used of them, what they refuse."""

from typing import Any

import httpx
import psycopg
import pytest
from fastapi import FastAPI

from app.auth.permissions import Role
from app.cluster.base import JobPhase
from app.kit.db import Database
from app.quotas import watch
from tests.fixtures.auth import Person
from tests.fixtures.db import Prepared
from tests.fixtures.factories import make_artifact, make_run, upload
from tests.fixtures.members import join
from tests.fixtures.scheduling import TINY, Desk, hungry


async def put(person: Person, org: Person, **body: Any) -> httpx.Response:
    return await person.http.put(f"/api/v1/orgs/{org.org}/quota", json=body)


async def test_limits_of_projects_and_users(ada: Person, bob: Person, desk: Desk) -> None:
    await join(ada, bob, Role.MEMBER)
    project = {"project": str(ada.project_id), "resource": "storage"}
    assert (await put(ada, ada, **project, hard=1000, soft=500)).json() == {
        "project_id": str(ada.project_id),
        "user_id": None,
        "resource": "storage",
        "hard": 1000,
        "soft": 500,
        "used": 0,
    }
    assert (await put(ada, ada, user_id=str(bob.user_id), resource="tokens_per_day", hard=5)).status_code == 200
    run = await make_run(ada)
    await make_artifact(ada, run["id"], {"x": b"x" * 300})
    found = {row["resource"]: row for row in await bob.get(f"/orgs/{ada.org}/quota")}
    assert found["storage"]["used"] == 300
    assert (found["tokens_per_day"]["user_id"], found["tokens_per_day"]["used"]) == (str(bob.user_id), 0)
    await put(ada, ada, **project, soft=100)
    changed = (await ada.get("/events/history", params={"subject_id": str(ada.project_id)}))["items"][0]
    assert (changed["action"], changed["data"]["resource"]) == ("quota.changed", "storage")
    assert changed["data"]["before"] == {"hard": 1000, "soft": 500}
    assert changed["data"]["after"] == {"hard": None, "soft": 100}
    assert (await put(ada, ada, **project)).json()["hard"] is None
    assert [row["resource"] for row in await ada.get(f"/orgs/{ada.org}/quota")] == ["tokens_per_day"]


async def test_who_may_set_them(ada: Person, bob: Person, desk: Desk) -> None:
    await join(ada, bob, Role.MEMBER)
    project = {"project": str(ada.project_id), "resource": "gpu", "hard": 1}
    assert (await put(bob, ada, **project)).status_code == 403
    whole = await put(ada, ada, resource="gpu", hard=1)
    assert whole.status_code == 403
    assert "platform administrator" in whole.json()["detail"]
    theirs = await put(bob, bob, project=str(ada.project_id), resource="gpu", hard=1)
    assert (theirs.status_code, theirs.json()["errors"][0]["field"]) == (422, "project")
    foreign = await put(ada, ada, user_id=str(ada.org_id), resource="gpu", hard=1)
    assert foreign.status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"resource": "coffee", "hard": 1}, "resource"),
        ({"resource": "gpu", "hard": -1}, "hard"),
        ({"resource": "gpu", "hard": 1, "soft": 2}, "soft"),
        ({"resource": "gpu", "hard": 1, "user_id": "{user}"}, "user_id"),
    ],
)
async def test_limits_that_are_none(ada: Person, body: dict[str, Any], field: str) -> None:
    body = {"project": str(ada.project_id)} | {
        name: str(ada.user_id) if value == "{user}" else value for name, value in body.items()
    }
    refused = await put(ada, ada, **body)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)
    if field == "resource":
        assert "'tokens_per_day'" in refused.json()["detail"], "it names what is allowed"


async def test_a_job_that_asks_for_more_at_once_is_refused(ada: Person, desk: Desk) -> None:
    await put(ada, ada, project=str(ada.project_id), resource="cpu", hard=2)
    path = f"/api/v1/projects/{ada.project_id}/training-jobs"
    refused = await ada.http.post(path, json=hungry(3))
    assert (refused.status_code, refused.json()["code"]) == (422, "over_quota")
    assert "it asks for 4 cpu, and the project may have 2 at most" in refused.json()["detail"]
    job = await ada.post(path.removeprefix("/api/v1"), TINY)
    await desk.turn()
    (limit,) = (await ada.get(f"/workloads/{job['workload']['id']}/explain"))["limits"]
    assert (limit["resource"], limit["hard"], limit["used"]) == ("cpu", 2, 2)


async def test_content_beyond_the_limit_is_refused(ada: Person) -> None:
    await put(ada, ada, project=str(ada.project_id), resource="storage", hard=10)
    run = await make_run(ada)
    await make_artifact(ada, run["id"], {"x": b"12345678"})
    body = {"name": "more", "files": [{"path": "y", **await upload(ada, run["id"], b"123")}]}
    refused = await ada.http.post(f"/api/v1/runs/{run['id']}/artifacts", json=body)
    assert (refused.status_code, refused.json()["code"]) == (422, "over_quota")
    assert "the project may store 10 bytes and has 8: 3 more do not fit" in refused.json()["detail"]
    await put(ada, ada, project=str(ada.project_id), resource="storage", hard=11)
    assert (await ada.http.post(f"/api/v1/runs/{run['id']}/artifacts", json=body)).status_code == 201


async def test_more_than_a_soft_limit_is_told_once_a_period(
    ada: Person, desk: Desk, controller_database: Database
) -> None:
    await put(ada, ada, project=str(ada.project_id), resource="workloads", soft=0)
    await put(ada, ada, project=str(ada.project_id), resource="storage", soft=10)
    await ada.post(f"/projects/{ada.project_id}/training-jobs", TINY)
    await watch.watch(controller_database)
    assert await warnings(ada) == [], "nothing is at work yet"
    await desk.turn()
    for _ in range(3):
        await watch.watch(controller_database)
    (warned,) = await warnings(ada)
    assert (warned["subject_id"], warned["actor_type"]) == (str(ada.project_id), "controller")
    assert {name: warned["data"][name] for name in ("resource", "used", "soft")} == {
        "resource": "workloads",
        "used": 1,
        "soft": 0,
    }
    await desk.execute("UPDATE resource_quotas SET warned_for = '2026-01-01' WHERE org_id = :org", org=ada.org_id)
    await watch.watch(controller_database)
    assert len(await warnings(ada)) == 2, "in another period"


async def warnings(person: Person) -> list[dict[str, Any]]:
    found = (await person.get("/events/history"))["items"]
    return [event for event in found if event["action"] == "quota.soft_limit_reached"]


async def test_usage_by_day_project_and_user(ada: Person, bob: Person, desk: Desk) -> None:
    second = await ada.post(f"/orgs/{ada.org}/projects", {"slug": "second", "name": "Second"})
    for project in (str(ada.project_id), second["id"]):
        job = await ada.post(f"/projects/{project}/training-jobs", TINY)
        await desk.turn()
        await ada.post(f"/training-jobs/{job['id']}:cancel")
    for name in desk.cluster.jobs:
        desk.cluster.end(name, JobPhase.STOPPED)
    await desk.turn(2)
    path = f"/orgs/{ada.org}/usage"
    (day,) = await ada.get(path)
    by_project = await ada.get(path, params={"by": "project"})
    (user,) = await ada.get(path, params={"by": "user"})
    assert {row["project_id"] for row in by_project} == {str(ada.project_id), second["id"]}
    assert user["user_id"] == str(ada.user_id)
    assert day["cpu_seconds"] > 0
    assert sum(row["cpu_seconds"] for row in by_project) == pytest.approx(day["cpu_seconds"])
    (one,) = await ada.get(path, params={"project": second["id"]})
    assert one["cpu_seconds"] < day["cpu_seconds"]
    assert await ada.get(path, params={"first_day": "2020-01-01", "last_day": "2020-12-31"}) == []
    refused = await ada.http.get(f"/api/v1{path}", params={"first_day": "2020-01-02", "last_day": "2020-01-01"})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "first_day")
    unknown = await ada.http.get(f"/api/v1{path}", params={"by": "moon"})
    assert "'day', 'project' or 'user'" in unknown.json()["detail"]
    assert (await bob.http.get(f"/api/v1{path}")).status_code == 404


async def test_limits_of_the_organization(ada: Person, desk: Desk, prepared: Prepared, web_app: FastAPI) -> None:
    """Its own are the platform administrator's, and nobody within it gets a higher one."""
    with psycopg.connect(prepared.owner_url) as connection:
        connection.execute("UPDATE users SET is_platform_admin = true WHERE id = %s", (ada.user_id,))
    web_app.state.platform.credentials.forget()
    assert (await put(ada, ada, resource="gpu", hard=4)).status_code == 200
    above = await put(ada, ada, project=str(ada.project_id), resource="gpu", hard=5)
    assert (above.status_code, above.json()["errors"][0]["field"]) == (422, "hard")
    assert (await put(ada, ada, project=str(ada.project_id), resource="gpu", hard=4)).status_code == 200
    assert (await put(ada, ada, resource="gpu", hard=2)).status_code == 200, "its administrator may lower it"
