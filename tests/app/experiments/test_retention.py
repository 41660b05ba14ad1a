"""What a project keeps of its artifacts: seen before, and done by the sweep."""

from typing import Any

import pytest

from app.auth.permissions import Role
from app.deletion import keep_rules
from app.kit.db import Database
from tests.fixtures.auth import Person
from tests.fixtures.factories import make_artifact, make_run, make_version
from tests.fixtures.members import join
from tests.fixtures.scheduling import Desk


async def ended(person: Person) -> str:
    run: str = (await make_run(person))["id"]
    return run


async def end(person: Person, run: str) -> None:
    await person.patch(f"/runs/{run}", {"status": "succeeded"})


async def preview(person: Person, *rules: dict[str, Any]) -> Any:
    return await person.post(f"/projects/{person.project_id}/retention:preview", {"rules": list(rules)})


async def put(person: Person, *rules: dict[str, Any]) -> None:
    reply = await person.http.put(f"/api/v1/projects/{person.project_id}/retention", json={"rules": list(rules)})
    assert reply.status_code == 200, reply.text
    assert (await person.get(f"/projects/{person.project_id}/retention"))["rules"] == reply.json()["rules"]


async def names(person: Person, run: str) -> set[str]:
    return {each["attributes"]["n"] for each in await person.listed(f"/runs/{run}/artifacts")}


async def test_the_last_of_each_name_stay(ada: Person, desk: Desk, controller_database: Database) -> None:
    run = await ended(ada)
    for number in range(4):
        content = {"x": str(number).encode()}
        await make_artifact(ada, run, content, name="checkpoint", kind="model", n=f"checkpoint {number}")
        await make_artifact(ada, run, content, name="report", kind="report", n=f"report {number}")
    await make_artifact(ada, run, {"x": b"other"}, name="other", kind="model", n="other")
    assert (await preview(ada, {"type": "model", "keep_last": 2}))["artifacts"] == 0, "its run still writes"
    await end(ada, run)
    seen = await preview(ada, {"type": "model", "keep_last": 2})
    assert ([each["name"] for each in seen["going"]], seen["artifacts"], seen["bytes"]) == (["checkpoint"] * 2, 2, 2)
    assert len(await names(ada, run)) == 9, "a preview deletes nothing"
    await put(ada, {"type": "model", "keep_last": 2})
    await keep_rules.sweep(controller_database)
    assert await names(ada, run) == {
        "checkpoint 2",
        "checkpoint 3",
        "other",
        *(f"report {number}" for number in range(4)),
    }
    event = (await ada.get("/events/history", params={"subject_id": str(ada.project_id)}))["items"][0]
    assert (event["action"], event["data"]["after"]["artifacts"]) == ("artifact.expired", 2)
    await ada.post(f"/artifacts/{seen['going'][0]['id']}:undelete")


async def test_the_first_rule_that_fits_decides(ada: Person, desk: Desk) -> None:
    run = await ended(ada)
    for number in range(3):
        await make_artifact(ada, run, {"x": str(number).encode()}, kind="model")
        await make_artifact(ada, run, {"y": str(number).encode()}, kind="report")
    await end(ada, run)
    await desk.execute("UPDATE artifacts SET created_at = now() - interval '8 days' WHERE type = 'report'")
    kept = {"type": "model"}
    week = {"keep_days": 7}
    assert (await preview(ada, kept, week))["artifacts"] == 3
    assert (await preview(ada, week, kept))["artifacts"] == 3
    assert (await preview(ada, {"keep_last": 1}))["artifacts"] == 4
    assert (await preview(ada, {"keep_last": 2, "keep_days": 7}))["artifacts"] == 1, "neither the last nor young"
    assert (await preview(ada))["artifacts"] == 0


async def test_what_is_used_stays_whatever_the_rules(ada: Person, desk: Desk, controller_database: Database) -> None:
    version = await make_version(ada)
    await end(ada, version["run_id"])
    run = await ended(ada)
    data = await make_artifact(ada, run, {"d.csv": b"x\n1\n"}, name="data", kind="dataset")
    read = await make_artifact(ada, run, {"r": b"r"}, name="read")
    free = await make_artifact(ada, run, {"f": b"f"}, name="free")
    await end(ada, run)
    dataset = await ada.post(f"/projects/{ada.project_id}/datasets", {"name": "kept"})
    await ada.post(f"/datasets/{dataset['id']}/versions", {"artifact_id": data["id"]})
    reader = await ended(ada)
    await ada.post(f"/runs/{reader}/inputs", {"artifact_id": read["id"]})
    await desk.execute(
        "UPDATE artifacts SET created_at = now() - interval '400 days' WHERE project_id = :project",
        project=ada.project_id,
    )
    everything = {"keep_days": 1}
    assert [each["id"] for each in (await preview(ada, everything))["going"]] == [free["id"]]
    await end(ada, reader)
    assert {each["id"] for each in (await preview(ada, everything))["going"]} == {free["id"], read["id"]}
    await put(ada, everything)
    assert await keep_rules.sweep(controller_database) >= 2
    assert (await ada.http.get(f"/api/v1/artifacts/{version['artifact']['id']}")).status_code == 200
    assert (await ada.http.get(f"/api/v1/artifacts/{free['id']}")).status_code == 404


async def test_storage_by_type_and_the_largest(ada: Person) -> None:
    run = await ended(ada)
    await make_artifact(ada, run, {"x": b"12345"}, name="large", kind="model")
    await make_artifact(ada, run, {"x": b"123"}, name="small", kind="model")
    gone = await make_artifact(ada, run, {"x": b"1"}, name="gone")
    await ada.http.delete(f"/api/v1/artifacts/{gone['id']}")
    found = await ada.get(f"/projects/{ada.project_id}/storage")
    assert found["types"] == [
        {"type": "file", "artifacts": 0, "bytes": 0, "deleted_bytes": 1},
        {"type": "model", "artifacts": 2, "bytes": 8, "deleted_bytes": 0},
    ]
    assert [each["name"] for each in found["largest"]] == ["large", "small"]


async def test_only_who_manages_the_project_sets_rules(ada: Person, bob: Person) -> None:
    await join(ada, bob, Role.MEMBER)
    path = f"/api/v1/projects/{ada.project_id}/retention"
    assert (await bob.http.put(path, json={"rules": []})).status_code == 403
    assert (await bob.http.get(path)).json() == {"rules": [], "log_days": None, "metric_days": None}


@pytest.mark.parametrize("rule", [{"keep_last": 0}, {"keep_days": 0}, {"type": "x", "keep_last": 1}, {"keep": 1}])
async def test_what_is_no_rule(ada: Person, rule: dict[str, Any]) -> None:
    reply = await ada.http.put(f"/api/v1/projects/{ada.project_id}/retention", json={"rules": [rule]})
    assert reply.status_code == 422
