"""Roles in one project: more or less than in the organization, private projects, and every operation under them."""

import asyncio
import re
from typing import Any

import pytest
from fastapi import FastAPI

from app.auth.permissions import GIVEN, Action, Role, in_project
from app.inference.gateway_app import build_gateway
from app.kit.db import Database
from tests.app.test_isolation import one_of_everything
from tests.app.test_permissions import MANAGED, NAMED, ask_everything
from tests.fixtures.app import client
from tests.fixtures.auth import Person, Register
from tests.fixtures.factories import make_run
from tests.fixtures.members import join
from tests.fixtures.scheduling import Desk


async def give(app: FastAPI, owner: Person, member_id: object, role: Role) -> dict[str, Any]:
    reply = await owner.http.put(f"/api/v1/projects/{owner.project_id}/members/{member_id}", json={"role": role})
    assert reply.status_code == 200, reply.text
    app.state.platform.credentials.forget()
    given: dict[str, Any] = reply.json()
    return given


async def make_private(app: FastAPI, owner: Person) -> None:
    reply = await owner.http.put(f"/api/v1/projects/{owner.project_id}/access", json={"private": True})
    assert reply.json()["private"] is True
    app.state.platform.credentials.forget()


def test_the_rule() -> None:
    for organization in (Role.OWNER, Role.ADMIN, Role.WORKER):
        for given in (None, *Role):
            assert in_project(organization, given, private=True) is organization, "they keep their role everywhere"
    for organization in (Role.MEMBER, Role.VIEWER):
        assert in_project(organization, None, private=False) is organization
        assert in_project(organization, None, private=True) is None
        for given in Role:
            found = in_project(organization, given, private=True)
            assert found is (given if given in GIVEN else None), "nobody becomes an owner, or a job, of a project"


@pytest.mark.parametrize(("organization", "project"), [(Role.VIEWER, Role.MEMBER), (Role.MEMBER, Role.VIEWER)])
async def test_every_operation_in_a_project_goes_by_the_role_there(
    web_app: FastAPI, ada: Person, bob: Person, desk: Desk, organization: Role, project: Role
) -> None:
    things = await one_of_everything(ada)
    await join(ada, bob, organization)
    await give(web_app, ada, bob.user_id, project)
    wrong: list[str] = []
    refused = 0
    for operation, (status, code) in (await ask_everything(web_app, bob, things)).items():
        reads = NAMED[operation] == {Action.READ}
        allowed = reads or (project is Role.MEMBER and not MANAGED.match(operation))
        refused += status == 403
        if allowed == (status == 403) or (not allowed and code not in {"forbidden", ""}) or status in {401, 500}:
            wrong.append(f"{operation}: {status} {code}")
    assert wrong == []
    assert refused >= (35 if project is Role.VIEWER else 9)


async def test_nothing_of_a_private_project_is_there_for_others(
    web_app: FastAPI, ada: Person, bob: Person, desk: Desk
) -> None:
    things = await one_of_everything(ada)
    await join(ada, bob, Role.MEMBER)
    await make_private(web_app, ada)
    of_organization = {"org", "user_id", "invitation_id", "account_id", "key_id"}
    wrong: list[str] = []
    asked = 0
    for operation, (status, code) in (await ask_everything(web_app, bob, things)).items():
        if set(re.findall(r"\{(\w+)\}", operation)) - of_organization:
            asked += 1
            if status != 404:
                wrong.append(f"{operation}: {status} {code}")
    assert wrong == []
    assert asked > 40
    for path in ("/workloads", "/events/history"):
        rows = (await bob.get(path, params={"limit": 200}))["items"]
        assert str(ada.project_id) not in {row["project_id"] for row in rows}, path
    assert await bob.get("/workloads:count") == []
    assert str(ada.project_id) not in {project["id"] for project in await bob.listed("/projects")}
    assert str(ada.project_id) in {project["id"] for project in await ada.listed("/projects")}
    assert (
        await bob.http.post("/api/v1/api-keys", json={"name": "k", "project": things["project"]})
    ).status_code == 404
    app = build_gateway(web_app.state.platform.settings)
    async with app.router.lifespan_context(app), client(app, bob.token) as asking:
        body = {"model": things["name"], "messages": [{"role": "user", "content": "hello"}]}
        assert (await asking.post("/chat/completions", json=body)).status_code == 404


async def test_a_member_of_a_private_project_sees_it(web_app: FastAPI, ada: Person, bob: Person) -> None:
    run = await make_run(ada)
    await join(ada, bob, Role.VIEWER)
    await make_private(web_app, ada)
    assert (await bob.http.get(f"/api/v1/runs/{run['id']}")).status_code == 404
    await give(web_app, ada, bob.user_id, Role.MEMBER)
    assert (await bob.get(f"/runs/{run['id']}"))["id"] == run["id"]
    ack = await bob.post(f"/runs/{run['id']}/batches", {"source": "bob", "sequence": 0, "tags": {"by": "bob"}})
    assert ack["applied"]
    roles = {row["email"]: row["role"] for row in await ada.listed(f"/projects/{ada.project_id}/members")}
    assert roles == {ada.email: "owner", bob.email: "member"}


async def test_reporting_goes_by_the_role_in_the_project(web_app: FastAPI, ada: Person, bob: Person) -> None:
    run = await make_run(ada)
    await join(ada, bob, Role.MEMBER)
    await give(web_app, ada, bob.user_id, Role.VIEWER)
    batch = {"source": "bob", "sequence": 0, "tags": {"by": "bob"}}
    assert (await bob.http.post(f"/api/v1/runs/{run['id']}/batches", json=batch)).status_code == 403
    elsewhere = await ada.post(f"/orgs/{ada.org}/projects", {"slug": "elsewhere", "name": "Elsewhere"})
    experiment = await bob.post(f"/projects/{elsewhere['id']}/experiments", {"name": "x"})
    other = await bob.post(f"/experiments/{experiment['id']}/runs", {"name": "x"})
    assert (await bob.post(f"/runs/{other['id']}/batches", batch))["applied"], "in other projects nothing has changed"


async def test_the_admin_of_a_project_manages_that_project_alone(
    web_app: FastAPI, ada: Person, bob: Person, register: Register
) -> None:
    carol = await register()
    await join(ada, bob, Role.VIEWER)
    await join(ada, carol, Role.MEMBER)
    await give(web_app, ada, bob.user_id, Role.ADMIN)
    mine = f"/api/v1/projects/{ada.project_id}/members"
    assert (await bob.http.put(f"{mine}/{carol.user_id}", json={"role": "viewer"})).json()["role"] == "viewer"
    assert (await bob.http.put(f"{mine}/{carol.user_id}", json={"role": "admin"})).json()["role"] == "admin"
    other = await ada.post(f"/orgs/{ada.org}/projects", {"slug": "other", "name": "Other"})
    elsewhere = f"/api/v1/projects/{other['id']}/members/{carol.user_id}"
    assert (await bob.http.put(elsewhere, json={"role": "viewer"})).status_code == 403
    invitation = {"email": "x@example.org"}
    assert (await bob.http.post(f"/api/v1/orgs/{ada.org}/invitations", json=invitation)).status_code == 403
    project = {"slug": "third", "name": "Third"}
    assert (await bob.http.post(f"/api/v1/orgs/{ada.org}/projects", json=project)).status_code == 403


async def test_what_is_refused(web_app: FastAPI, ada: Person, bob: Person, register: Register) -> None:
    stranger = await register()
    await join(ada, bob, Role.MEMBER)
    members = f"/api/v1/projects/{ada.project_id}/members"
    for member_id, role, status, code in (
        (ada.user_id, "viewer", 409, "role_of_organization"),
        (bob.user_id, "owner", 422, "invalid"),
        (bob.user_id, "worker", 422, "invalid"),
        (stranger.user_id, "member", 404, "not_found"),
    ):
        reply = await ada.http.put(f"{members}/{member_id}", json={"role": role})
        assert (reply.status_code, reply.json()["code"]) == (status, code)
    assert (await ada.http.delete(f"{members}/{bob.user_id}")).status_code == 404, "there was none to take back"


async def test_a_change_is_heard_and_remembered(ada: Person, bob: Person) -> None:
    await join(ada, bob, Role.MEMBER)
    path = f"/api/v1/projects/{ada.project_id}/members/{bob.user_id}"
    experiments = f"/api/v1/projects/{ada.project_id}/experiments"
    assert (await bob.http.post(experiments, json={"name": "a"})).status_code == 201
    await ada.http.put(path, json={"role": "viewer"})
    async with asyncio.timeout(5):
        while (await bob.http.post(experiments, json={"name": "a"})).status_code != 403:
            continue
    await ada.http.delete(path)
    async with asyncio.timeout(5):
        while (await bob.http.post(experiments, json={"name": "a"})).status_code != 200:
            continue
    events = (await ada.get("/events/history", params={"subject_id": str(bob.user_id)}))["items"]
    changes = [event["data"] for event in events if event["action"] == "project_member.role_changed"]
    assert [(data["before"], data["after"]) for data in changes] == [("viewer", None), (None, "viewer")]


async def test_who_leaves_the_organization_leaves_its_projects(
    web_app: FastAPI, ada: Person, bob: Person, app_database: Database
) -> None:
    await join(ada, bob, Role.VIEWER)
    await give(web_app, ada, bob.user_id, Role.ADMIN)
    assert (await ada.http.delete(f"/api/v1/orgs/{ada.org}/members/{bob.user_id}")).status_code == 204
    await join(ada, bob, Role.VIEWER)
    (row,) = [
        row for row in await ada.listed(f"/projects/{ada.project_id}/members") if row["member_id"] == str(bob.user_id)
    ]
    assert (row["given"], row["role"]) == (None, "viewer")


async def test_a_service_account_may_be_confined_to_a_project(web_app: FastAPI, ada: Person) -> None:
    account = await ada.post(f"/orgs/{ada.org}/service-accounts", {"name": "robot", "role": "viewer"})
    body = {"name": "k", "project": str(ada.project_id)}
    key = (await ada.post(f"/service-accounts/{account['id']}/keys", body))["key"]
    await give(web_app, ada, account["id"], Role.MEMBER)
    other = await ada.post(f"/orgs/{ada.org}/projects", {"slug": "other", "name": "Other"})
    async with client(web_app, key) as robot:
        here = await robot.post(f"/api/v1/projects/{ada.project_id}/experiments", json={"name": "x"})
        there = await robot.post(f"/api/v1/projects/{other['id']}/experiments", json={"name": "x"})
    assert (here.status_code, there.status_code) == (201, 403)
