"""Lists are narrowed by the same names everywhere, and say what is allowed where something else is asked."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from tests.fixtures.auth import Person
from tests.fixtures.factories import make_run
from tests.fixtures.paging import check_pages
from tests.fixtures.scheduling import TINY, Desk

SHARED = {"name", "created_after", "created_before"}
LISTS = (
    "/projects",
    "/projects/{project}/experiments",
    "/projects/{project}/runs",
    "/projects/{project}/models",
    "/projects/{project}/services",
    "/projects/{project}/training-jobs",
    "/projects/{project}/studies",
    "/projects/{project}/simulations",
    "/workloads",
    "/runs/{run_id}/artifacts",
)


async def names(person: Person, path: str, **query: Any) -> list[str]:
    found = await person.get(path, params=query)
    return sorted(row["name"] for row in (found["items"] if isinstance(found, dict) else found))


@pytest.mark.parametrize("path", LISTS)
def test_every_list_takes_them(web_app: FastAPI, path: str) -> None:
    operation = web_app.openapi()["paths"][f"/api/v1{path}"]["get"]
    assert {each["name"] for each in operation["parameters"]} >= SHARED


async def test_by_a_part_of_the_name(ada: Person) -> None:
    path = f"/projects/{ada.project_id}/experiments"
    for name in ("Alpha one", "alpha two", "beta", "50% off", "5000"):
        await ada.post(path, {"name": name})
    assert await names(ada, path, name="ALPHA") == ["Alpha one", "alpha two"]
    assert await names(ada, path, name="50%") == ["50% off"], "a sign of the pattern is itself"
    assert await names(ada, path, name="_") == []
    assert await names(ada, path, name="gamma") == []


async def test_by_time(ada: Person, desk: Desk) -> None:
    path = f"/projects/{ada.project_id}/models"
    old = await ada.post(path, {"name": "old"})
    await ada.post(path, {"name": "new"})
    await desk.execute("UPDATE models SET created_at = created_at - interval '2 days' WHERE id = :id", id=old["id"])
    yesterday = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    assert await names(ada, path) == ["new", "old"]
    assert await names(ada, path, created_after=yesterday) == ["new"]
    assert await names(ada, path, created_before=yesterday) == ["old"]
    assert await names(ada, path, created_before=yesterday, name="new") == []


async def test_by_state(ada: Person, desk: Desk) -> None:
    project = f"/projects/{ada.project_id}"
    first = await ada.post(f"{project}/training-jobs", TINY | {"name": "first"})
    await ada.post(f"{project}/training-jobs", TINY | {"name": "second"})
    await ada.post(f"/training-jobs/{first['id']}:cancel")
    await make_run(ada, name="by hand")
    assert await names(ada, f"{project}/training-jobs", status="cancelled") == ["first"]
    assert await names(ada, f"{project}/training-jobs", status=["cancelled", "queued"]) == ["first", "second"]
    assert await names(ada, f"{project}/runs", status="running") == ["by hand"]
    assert await names(ada, f"{project}/runs", status="queued", kind="training") == ["second"]
    assert await names(ada, "/workloads", status="queued", name="SEC") == ["second"]


@pytest.mark.parametrize(
    ("path", "query", "said"),
    [
        ("/projects/{project}/runs", {"status": "tired"}, "'queued', 'running', 'succeeded', 'failed' or 'cancelled'"),
        ("/projects/{project}/runs", {"kind": "coffee"}, "'training', 'trial', 'study', 'simulation' or 'custom'"),
        ("/projects/{project}/training-jobs", {"status": "tired"}, "'preempted' or 'paused'"),
        ("/workloads", {"kind": "coffee"}, "'training', 'study', 'simulation' or 'deployment'"),
        ("/projects/{project}/models", {"created_after": "2026-01-01T00:00:00"}, "should have timezone info"),
        ("/projects/{project}/models", {"created_after": "yesterday"}, "valid datetime"),
        ("/projects/{project}/models", {"name": ""}, "at least 1 character"),
        ("/projects/{project}/models", {"deleted": "maybe"}, "valid boolean"),
    ],
)
async def test_what_is_not_allowed_is_told(ada: Person, path: str, query: dict[str, str], said: str) -> None:
    reply = await ada.http.get(f"/api/v1{path.format(project=ada.project_id)}", params=query)
    assert reply.status_code == 422
    assert said in reply.json()["detail"]
    assert reply.json()["errors"][0]["field"].startswith(next(iter(query)))


async def test_filters_and_pages_together(ada: Person) -> None:
    path = f"/projects/{ada.project_id}/experiments"
    made = []
    for number in range(5):
        made.append((await ada.post(path, {"name": f"wanted {number}"}))["id"])
        await ada.post(path, {"name": f"other {number}"})
    await check_pages(ada, path, made, name="wanted")
