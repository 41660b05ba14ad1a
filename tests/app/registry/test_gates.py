import asyncio
import hashlib
from typing import Any

import httpx
from fastapi import FastAPI

from app.auth.permissions import Role
from app.cluster.base import JobPhase
from tests.app.registry.test_routes import new_artifact, new_model, point
from tests.app.scheduler.test_controller import CHAMPION, submit, upload_model
from tests.fixtures.app import client
from tests.fixtures.auth import Person
from tests.fixtures.members import join
from tests.fixtures.scheduling import TINY, Desk

QUALITY = {"kind": "metric", "metric": "validation/accuracy", "at_least": 0.9}
LICENCE = {"kind": "licence", "allowed": ["mit", "Apache-2.0"]}
APPROVAL = {"kind": "approval"}


async def put_gate(ada: Person, place: str, *rules: dict[str, Any], alias: str = "champion") -> dict[str, Any]:
    reply = await ada.http.put(f"/api/v1{place}/gates/{alias}", json={"rules": rules})
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = reply.json()
    return found


async def version_of(ada: Person, model: str, **metadata: Any) -> int:
    artifact = await new_artifact(ada, **metadata)
    number: int = (await ada.post(f"/models/{model}/versions", {"artifact_id": artifact["id"]}))["version"]
    return number


async def told(ada: Person, model: str, action: str) -> dict[str, Any]:
    """What the newest event of that kind says."""
    events = (await ada.get("/events/history", params={"subject_id": model}))["items"]
    data: dict[str, Any] = next(event["data"] for event in events if event["action"] == action)
    return data


async def test_an_alias_moves_only_to_what_passes_its_gate(ada: Person) -> None:
    model = await new_model(ada)
    gate = await put_gate(ada, f"/models/{model}", QUALITY, LICENCE)
    assert gate["rules"][1]["allowed"] == ["MIT", "Apache-2.0"], "as SPDX spells it"
    bad = await version_of(ada, model, metrics={"validation/accuracy": 0.5}, licence="mit")
    good = await version_of(ada, model, metrics={"validation/accuracy": 0.95}, licence="mit")
    path = f"/api/v1/models/{model}/aliases/champion"
    refused = await ada.http.put(path, json={"version": bad})
    assert (refused.status_code, refused.json()["code"]) == (409, "gate_closed")
    assert [outcome["passed"] for outcome in refused.json()["outcomes"]] == [False, True]
    assert "validation/accuracy is 0.5" in refused.json()["detail"]
    checked = await ada.get(f"/models/{model}/aliases/champion:check", params={"version": bad})
    assert checked == {"passed": False, "outcomes": refused.json()["outcomes"]}
    assert (await ada.http.get(path)).status_code == 404, "nothing was moved"
    await point(ada, model, good)
    said = await told(ada, model, "model_alias.moved")
    assert ([each["passed"] for each in said["gate"]], said["after"]) == ([True, True], good)
    await point(ada, model, bad, alias="staging")
    assert "gate" not in await told(ada, model, "model_alias.moved"), "another alias has no gate"


async def test_a_gate_of_the_project_holds_beside_that_of_the_model(ada: Person) -> None:
    model, other = await new_model(ada), await new_model(ada, "other")
    await put_gate(ada, f"/projects/{ada.project_id}", LICENCE)
    await put_gate(ada, f"/models/{model}", QUALITY)
    held = await ada.get(f"/models/{model}/gates")
    assert [gate["model_id"] for gate in held] == [None, model]
    assert await ada.get(f"/projects/{ada.project_id}/gates") == held[:1]
    number = await version_of(ada, model, metrics={"validation/accuracy": 1.0})
    found = (await ada.get(f"/models/{model}/aliases/champion:check", params={"version": number}))["outcomes"]
    assert [(each["rule"]["kind"], each["passed"]) for each in found] == [("licence", False), ("metric", True)]
    await ada.patch(f"/models/{model}/versions/{number}", {"licence": "MIT"})
    await point(ada, model, number)
    other_number = await version_of(ada, other)
    assert (
        await ada.http.put(f"/api/v1/models/{other}/aliases/champion", json={"version": other_number})
    ).status_code == 409
    assert (await ada.http.delete(f"/api/v1/projects/{ada.project_id}/gates/champion")).status_code == 204
    await point(ada, other, other_number)


async def test_an_admin_moves_past_a_gate_with_a_reason(ada: Person, bob: Person) -> None:
    await join(ada, bob, Role.MEMBER)
    model = await new_model(ada)
    await put_gate(ada, f"/models/{model}", QUALITY)
    number = await version_of(ada, model)
    path, body = f"/api/v1/models/{model}/aliases/champion", {"version": number, "override": "an outage"}
    assert (await bob.http.put(path, json=body)).status_code == 403
    assert (await ada.http.put(path, json=body | {"override": ""})).status_code == 422
    assert (await ada.http.put(path, json=body)).status_code == 200
    said = await told(ada, model, "model_alias.moved")
    assert (said["override"], said["gate"][0]["passed"]) == ("an outage", False)


async def test_members_do_not_open_gates(ada: Person, bob: Person) -> None:
    await join(ada, bob, Role.MEMBER)
    model = await new_model(ada)
    await put_gate(ada, f"/models/{model}", QUALITY)
    gate = f"/api/v1/models/{model}/gates/champion"
    assert (await bob.http.put(gate, json={"rules": [APPROVAL]})).status_code == 403
    assert (await bob.http.delete(gate)).status_code == 403
    await join_as_admin_of_project(ada, bob, gate)
    assert (await bob.http.delete(gate)).status_code == 204
    said = await told(ada, model, "model_gate.removed")
    assert (said["before"][0]["metric"], said["after"]) == ("validation/accuracy", None)


async def join_as_admin_of_project(ada: Person, bob: Person, gate: str) -> None:
    """And the platform has heard of it."""
    path = f"/api/v1/projects/{ada.project_id}/members/{bob.user_id}"
    assert (await ada.http.put(path, json={"role": "admin"})).status_code == 200
    async with asyncio.timeout(5):
        while (await bob.http.put(gate, json={"rules": [QUALITY]})).status_code == 403:
            continue


async def test_somebody_else_than_the_author_approves(ada: Person, bob: Person) -> None:
    model = await new_model(ada)
    await put_gate(ada, f"/models/{model}", APPROVAL)
    number = await version_of(ada, model)
    approvals = f"/api/v1/models/{model}/versions/{number}/approvals"
    own = await ada.http.post(approvals, json={"alias": "champion"})
    assert (own.status_code, own.json()["code"]) == (409, "own_version")
    await join(ada, bob, Role.ADMIN)
    for alias in ("staging", "champion"):
        reply = await bob.http.post(approvals, json={"alias": alias, "comment": "well done"})
        assert reply.status_code == 201, reply.text
        passed = (await ada.get(f"/models/{model}/aliases/champion:check", params={"version": number}))["passed"]
        assert passed is (alias == "champion"), "it is for one alias"
    again = await bob.http.post(approvals, json={"alias": "champion"})
    assert (again.status_code, again.json()["code"]) == (409, "approved_before")
    given = await ada.get(f"/models/{model}/versions/{number}/approvals")
    assert [(each["alias"], each["user_id"], each["comment"]) for each in given] == [
        ("staging", str(bob.user_id), "well done"),
        ("champion", str(bob.user_id), "well done"),
    ]
    assert (await ada.http.delete(f"{approvals}/champion")).status_code == 404, "only one's own"
    assert (await bob.http.delete(f"{approvals}/champion")).status_code == 204
    assert (await ada.http.put(f"/api/v1/models/{model}/aliases/champion", json={"version": number})).status_code == 409


async def test_a_key_is_no_person_who_approves(web_app: FastAPI, ada: Person, bob: Person) -> None:
    model = await new_model(ada)
    number = await version_of(ada, model)
    await join(ada, bob, Role.ADMIN)
    made = await bob.post("/api-keys", {"name": "key", "project": str(ada.project_id)})
    async with client(web_app, made["key"]) as by_key:
        reply = await by_key.post(f"/api/v1/models/{model}/versions/{number}/approvals", json={"alias": "champion"})
    assert (reply.status_code, reply.json()["code"]) == (403, "people_only")


async def test_a_rule_that_says_nothing_is_refused(ada: Person) -> None:
    model = await new_model(ada)
    for rule, field in (
        ({"kind": "metric", "metric": "loss"}, "rules.0"),
        ({"kind": "licence", "allowed": ["whatever"]}, "rules.0.allowed"),
        ({"kind": "evaluation", "success_rate": 2}, "rules.0.success_rate"),
    ):
        reply = await ada.http.put(f"/api/v1/models/{model}/gates/champion", json={"rules": [rule]})
        assert (reply.status_code, reply.json()["errors"][0]["field"]) == (422, field)


async def evaluate(ada: Person, desk: Desk, version: int, **summary: float) -> None:
    """A simulation of the version from its submission to its report."""
    policy = {"kind": "model", "model": "net", "version": str(version)}
    body = {"name": "trial", "environment": "CartPole-v1", "policy": policy}
    made = await ada.post(f"/projects/{ada.project_id}/simulations", body)
    await desk.turn()
    name = made["workload"]["id"][-8:]
    task, worker = await desk.start(name)
    async with worker:
        batch = {"source": "w", "sequence": 0, "summary": summary}
        assert (await worker.post(f"/api/v1/runs/{task.run_id}/batches", json=batch)).status_code == 200
        await upload_report(worker, task.run_id)
    desk.cluster.end(desk.name(name), JobPhase.SUCCEEDED)
    await desk.turn()
    assert await desk.status(made["workload"]["id"]) == "succeeded"


async def upload_report(worker: httpx.AsyncClient, run_id: object) -> None:
    content = b"{}"
    digest = hashlib.sha256(content).hexdigest()
    assert (await worker.put(f"/api/v1/runs/{run_id}/blobs/{digest}", content=content)).status_code == 201
    files = [{"path": "report.json", "sha256": digest, "size": len(content)}]
    manifest = {"name": "report", "type": "report", "files": files}
    assert (await worker.post(f"/api/v1/runs/{run_id}/artifacts", json=manifest)).status_code == 201


async def test_a_gate_reads_the_newest_evaluation_of_the_version(ada: Person, desk: Desk) -> None:
    model = await new_model(ada)
    await put_gate(ada, f"/models/{model}", {"kind": "evaluation", "success_rate": 0.8, "episodes": 50})
    number, other = await version_of(ada, model), await version_of(ada, model)

    async def passes(version: int) -> bool:
        check = await ada.get(f"/models/{model}/aliases/champion:check", params={"version": version})
        passed: bool = check["passed"]
        return passed

    assert not await passes(number)
    await evaluate(ada, desk, number, success_rate=0.9, episodes=100)
    assert (await passes(number), await passes(other)) == (True, False)
    await evaluate(ada, desk, number, success_rate=0.2, episodes=10)
    assert await passes(number), "too short to count"
    await evaluate(ada, desk, number, success_rate=0.2, episodes=100)
    assert not await passes(number)


async def test_a_job_whose_model_does_not_pass_succeeds_and_moves_nothing(ada: Person, desk: Desk) -> None:
    model = await new_model(ada, "digits")
    await put_gate(ada, f"/models/{model}", {"kind": "metric", "metric": "validation/accuracy", "at_least": 0.99})
    workload = await submit(ada, TINY | {"register_as": CHAMPION})
    await desk.turn()
    task, worker = await desk.start("tiny")
    async with worker:
        await upload_model(worker, task.run_id)
    desk.cluster.end(desk.name("tiny"), JobPhase.SUCCEEDED)
    await desk.turn()
    assert await desk.status(workload) == "succeeded"
    (version,) = (await ada.get(f"/models/{model}"))["versions"]
    assert (version["aliases"], version["created_by"]) == ([], str(ada.user_id))
    said = await told(ada, model, "model_alias.refused")
    assert (said["alias"], said["version"], said["gate"][0]["passed"]) == ("champion", 1, False)
