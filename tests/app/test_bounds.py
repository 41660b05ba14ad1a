"""What is listed whole has an end: no more can be made, and who tries is told what to do."""

from typing import Any

import pytest
from fastapi import FastAPI

from app.auth.permissions import Role
from app.bounds import MOST, Listed
from tests.app.test_isolation import STUDY
from tests.fixtures.auth import Person
from tests.fixtures.factories import make_artifact, make_run, make_version
from tests.fixtures.members import join
from tests.fixtures.scheduling import Desk


async def refused(person: Person, path: str, body: Any) -> str:
    """Why, after nothing was made."""
    reply = await person.http.post(f"/api/v1{path}", json=body)
    assert (reply.status_code, reply.json()["code"]) == (422, "limit_reached"), reply.text
    said: str = reply.json()["detail"]
    return said


async def test_projects(ada: Person, bob: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MOST, Listed.PROJECTS, 2)
    path = f"/orgs/{ada.org}/projects"
    second = await ada.post(path, {"slug": "second", "name": "Second"})
    said = await refused(ada, path, {"slug": "third", "name": "Third"})
    assert (
        said
        == "there can be 2 projects of an organization, and there are: remove or stop one that is not needed any more"
    )
    assert {project["slug"] for project in await ada.listed("/projects")} == {"default", "second"}
    await bob.post(f"/orgs/{bob.org}/projects", {"slug": "third", "name": "of another organization"})
    assert (await ada.http.delete(f"/api/v1/projects/{second['id']}")).status_code == 204
    await ada.post(path, {"slug": "third", "name": "Third"})


async def test_members(ada: Person, bob: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MOST, Listed.MEMBERS, 1)
    invitation = await ada.post(f"/orgs/{ada.org}/invitations", {"email": bob.email, "role": "member"})
    await refused(bob, "/invitations:accept", {"token": invitation["token"]})
    assert len(await ada.listed(f"/orgs/{ada.org}/members")) == 1
    monkeypatch.setitem(MOST, Listed.MEMBERS, 2)
    await bob.post("/invitations:accept", {"token": invitation["token"]})
    assert len(await ada.listed(f"/orgs/{ada.org}/members")) == 2, "the invitation was still good"


async def test_service_accounts(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MOST, Listed.SERVICE_ACCOUNTS, 1)
    path = f"/orgs/{ada.org}/service-accounts"
    account = await ada.post(path, {"name": "one"})
    await refused(ada, path, {"name": "two"})
    assert (await ada.http.delete(f"/api/v1/service-accounts/{account['id']}")).status_code == 204
    await ada.post(path, {"name": "two"})


async def test_keys(web_app: FastAPI, ada: Person, bob: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MOST, Listed.KEYS, 2)
    first, second = await ada.api_key("first"), await ada.api_key("second")
    body = {"name": "third", "project": str(ada.project_id)}
    await refused(ada, "/api-keys", body)
    for key in (first, second):
        assert (await ada.http.delete(f"/api/v1/api-keys/{key['id']}")).status_code == 204
    third = await ada.post("/api-keys", body)
    assert [key["id"] for key in await ada.listed("/api-keys")] == [third["id"], second["id"], first["id"]]
    assert [key["id"] for key in await ada.listed("/api-keys", valid=True)] == [third["id"]]
    account = await ada.post(f"/orgs/{ada.org}/service-accounts", {"name": "robot"})
    of_account = f"/service-accounts/{account['id']}/keys"
    for name in ("a", "b"):
        await ada.post(of_account, body | {"name": name})
    await refused(ada, of_account, body)
    await join(ada, bob, Role.MEMBER)
    web_app.state.platform.credentials.forget()
    await bob.post("/api-keys", body)


async def test_artifacts_of_a_run(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MOST, Listed.ARTIFACTS, 1)
    run, other = await make_run(ada), await make_run(ada)
    first = await make_artifact(ada, run["id"], {"w": b"1"})
    assert (await make_artifact(ada, run["id"], {"w": b"1"}))["id"] == first["id"], "the same again is no other"
    await make_artifact(ada, other["id"], {"w": b"2"})
    files = (await ada.get(f"/artifacts/{first['id']}"))["files"]
    body = {"name": "another", "files": [{name: entry[name] for name in ("path", "sha256", "size")} for entry in files]}
    await refused(ada, f"/runs/{run['id']}/artifacts", body)
    assert [artifact["id"] for artifact in await ada.listed(f"/runs/{run['id']}/artifacts")] == [first["id"]]


async def test_deployments(ada: Person, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MOST, Listed.DEPLOYMENTS, 1)
    await make_version(ada)
    services = [
        await ada.post(f"/projects/{ada.project_id}/services", {"name": f"{letter}{ada.org_id.hex[-8:]}"})
        for letter in "ab"
    ]
    path, body = f"/services/{services[0]['id']}/deployments", {"model": "net"}
    made = []
    for _ in range(3):
        made.append((await ada.post(path, body))["id"])
        await refused(ada, path, body)
        await ada.post(f"/deployments/{made[-1]}:stop")
    made.append((await ada.post(path, body))["id"])
    assert [row["id"] for row in await ada.listed(path)] == made[::-1]
    assert [row["id"] for row in await ada.listed(path, status=["queued", "running"])] == [made[3]]
    await ada.post(f"/services/{services[1]['id']}/deployments", body)


async def test_a_study_has_no_more_trials_than_it_says(ada: Person, desk: Desk) -> None:
    study = await ada.post(f"/projects/{ada.project_id}/studies", STUDY | {"trials": 2})
    path = f"/studies/{study['id']}/trials"
    await ada.post(path, {"number": 1, "params": {}})
    reply = await ada.http.post(f"/api/v1{path}", json={"number": 2, "params": {}})
    assert (reply.status_code, reply.json()["errors"][0]["field"]) == (422, "number")
    assert [trial["number"] for trial in await ada.listed(path)] == [1]


async def test_webhooks_gates_and_approvals(ada: Person, bob: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    for listed in (Listed.WEBHOOKS, Listed.GATES, Listed.APPROVALS):
        monkeypatch.setitem(MOST, listed, 1)
    hook = {"url": "https://hooks.example.org/", "events": ["model.created"]}
    await ada.post(f"/projects/{ada.project_id}/webhooks", hook)
    await refused(ada, f"/projects/{ada.project_id}/webhooks", hook)
    version = await make_version(ada)
    gates = f"/api/v1/models/{version['model']['id']}/gates"
    codes = []
    for alias in ("champion", "champion", "staging"):
        reply = await ada.http.put(f"{gates}/{alias}", json={"rules": [{"kind": "approval"}]})
        codes.append(reply.status_code)
    assert codes == [200, 200, 422], "a change of one that is there needs no room"
    await join(ada, bob, Role.ADMIN)
    approvals = f"/models/{version['model']['id']}/versions/1/approvals"
    await bob.post(approvals, {"alias": "champion"})
    await refused(bob, approvals, {"alias": "staging"})
