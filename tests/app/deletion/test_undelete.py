"""What is deleted vanishes, is listed for those who may bring it back, and comes back as it was."""

from typing import Any

import pytest

from app.auth.permissions import Role
from tests.fixtures.auth import Person
from tests.fixtures.factories import make_artifact, make_run, make_version
from tests.fixtures.members import join
from tests.fixtures.scheduling import TINY, Desk


async def delete(person: Person, path: str) -> Any:
    return await person.http.delete(f"/api/v1{path}")


async def status(person: Person, path: str) -> int:
    return (await person.http.get(f"/api/v1{path}")).status_code


async def ids(person: Person, path: str, **query: Any) -> set[str]:
    return {row["id"] for row in await person.listed(path, **query)}


async def events(person: Person, subject_id: str) -> list[str]:
    """What was done; what was refused is gathered, and written when it is."""
    found = (await person.get("/events/history", params={"subject_id": subject_id}))["items"]
    return [event["action"] for event in found if not event["action"].startswith("access.")]


async def things(person: Person) -> dict[str, tuple[str, str, str]]:
    """Kind → id, path and list."""
    run = await make_run(person)
    artifact = await make_artifact(person, run["id"], {"x": b"1"})
    project = f"/projects/{person.project_id}"
    model = await person.post(f"{project}/models", {"name": "net"})
    service = await person.post(f"{project}/services", {"name": f"s{person.org_id.hex[-8:]}"})
    return {
        "artifact": (artifact["id"], f"/artifacts/{artifact['id']}", f"/runs/{run['id']}/artifacts"),
        "run": (run["id"], f"/runs/{run['id']}", f"{project}/runs"),
        "experiment": (run["experiment_id"], f"/experiments/{run['experiment_id']}", f"{project}/experiments"),
        "model": (model["id"], f"/models/{model['id']}", f"{project}/models"),
        "service": (service["id"], f"/services/{service['id']}", f"{project}/services"),
        "project": (str(person.project_id), project, "/projects"),
    }


@pytest.mark.parametrize("kind", ["artifact", "run", "experiment", "model", "service", "project"])
async def test_it_vanishes_and_comes_back(ada: Person, bob: Person, desk: Desk, kind: str) -> None:
    thing, path, every = (await things(ada))[kind]
    await join(ada, bob, Role.VIEWER)
    before = await ada.get(path)
    assert (await delete(bob, path)).status_code == 403
    assert (await delete(ada, path)).status_code == 204
    assert await status(ada, path) == 404
    assert (await delete(ada, path)).status_code == 404
    assert thing not in await ids(ada, every)
    assert await ids(ada, every, deleted=True) == {thing}
    theirs = await bob.http.get(f"/api/v1{every}", params={"deleted": True})
    assert theirs.status_code == 403 or (kind, theirs.json()["items"]) == ("project", []), (
        "those of his own organization"
    )
    assert (await bob.http.post(f"/api/v1{path}:undelete")).status_code == 403
    again = await ada.post(f"{path}:undelete")
    assert again["id"] == thing
    assert await ada.get(path) == before
    assert thing in await ids(ada, every)
    assert await ids(ada, every, deleted=True) == set()
    assert (await ada.http.post(f"/api/v1{path}:undelete")).json()["code"] == "not_deleted"
    assert (await events(ada, thing))[:2] == [f"{kind}.undeleted", f"{kind}.deleted"]


async def test_what_belongs_to_a_project_goes_and_comes_with_it(ada: Person, desk: Desk) -> None:
    made = await things(ada)
    gone_before, kept = await make_run(ada), await make_run(ada)
    assert (await delete(ada, f"/runs/{gone_before['id']}")).status_code == 204
    project = f"/projects/{ada.project_id}"
    key = await ada.api_key()
    assert (await delete(ada, project)).status_code == 204
    for kind, (_, path, _) in made.items():
        assert await status(ada, path) == 404, kind
    for path in (f"/runs/{kept['id']}", f"{project}/runs"):
        assert await status(ada, path) == 404
    assert (await ada.http.post(f"/api/v1/runs/{kept['id']}:undelete")).json()["code"] == "parent_deleted"
    await ada.post(f"{project}:undelete")
    for kind, (_, path, _) in made.items():
        assert await status(ada, path) == 200, kind
    assert await status(ada, f"/runs/{kept['id']}") == 200
    assert await status(ada, f"/runs/{gone_before['id']}") == 404, "deleted on its own"
    (stored,) = [row for row in await ada.listed("/api-keys") if row["id"] == key["id"]]
    assert stored["revoked_at"], "its keys are revoked, and stay so"


async def test_an_experiment_goes_with_its_runs(ada: Person) -> None:
    run = await make_run(ada)
    artifact = await make_artifact(ada, run["id"], {"x": b"1"})
    path = f"/experiments/{run['experiment_id']}"
    assert (await delete(ada, path)).status_code == 204
    paths = (f"/runs/{run['id']}", f"/artifacts/{artifact['id']}", f"/artifacts/{artifact['id']}/files/x")
    assert [await status(ada, each) for each in paths] == [404, 404, 404]
    await ada.post(f"{path}:undelete")
    assert [await status(ada, each) for each in paths] == [200, 200, 200]


async def test_what_is_running_is_not_deleted(ada: Person, desk: Desk) -> None:
    job = await ada.post(f"/projects/{ada.project_id}/training-jobs", TINY)
    run = await ada.get(f"/runs/{job['run_id']}")
    for path in (f"/runs/{run['id']}", f"/experiments/{run['experiment_id']}", f"/projects/{ada.project_id}"):
        refused = await delete(ada, path)
        assert (refused.status_code, refused.json()["code"]) == (409, "still_running"), path
        assert "training 'tiny' (queued)" in refused.json()["detail"]
    await ada.post(f"/training-jobs/{job['id']}:cancel")
    assert (await delete(ada, f"/runs/{run['id']}")).status_code == 204


async def test_a_job_goes_with_its_run(ada: Person, desk: Desk) -> None:
    project = f"/projects/{ada.project_id}"
    job = await ada.post(f"{project}/training-jobs", TINY)
    await ada.post(f"/training-jobs/{job['id']}:cancel")
    assert (await delete(ada, f"/runs/{job['run_id']}")).status_code == 204
    workload = job["workload"]["id"]
    paths = (f"/training-jobs/{job['id']}", f"/workloads/{workload}", f"/workloads/{workload}/explain")
    assert [await status(ada, path) for path in paths] == [404, 404, 404]
    assert await ids(ada, f"{project}/training-jobs") == set()
    assert await ids(ada, "/workloads") == set()
    assert (await ada.http.post(f"/api/v1/training-jobs/{job['id']}:retry")).status_code == 404
    await ada.post(f"/runs/{job['run_id']}:undelete")
    assert [await status(ada, path) for path in paths] == [200, 200, 200]


async def test_a_version_keeps_what_it_is_made_of(ada: Person, desk: Desk) -> None:
    version = await make_version(ada)
    artifact, run = f"/artifacts/{version['artifact']['id']}", f"/runs/{version['run_id']}"
    refused = await delete(ada, artifact)
    assert (refused.status_code, refused.json()["code"]) == (409, "in_use")
    assert "version 1 of the model 'net'" in refused.json()["detail"]
    assert (await delete(ada, run)).status_code == 204
    assert await status(ada, artifact) == 200
    assert (await delete(ada, f"/models/{version['model']['id']}")).status_code == 204
    assert (await delete(ada, artifact)).status_code == 204
    await ada.post(f"/models/{version['model']['id']}:undelete")
    assert await status(ada, artifact) == 200, "a version needs it"


async def test_a_model_that_is_served_is_not_deleted(ada: Person, desk: Desk) -> None:
    version = await make_version(ada)
    service = await ada.post(f"/projects/{ada.project_id}/services", {"name": f"s{ada.org_id.hex[-8:]}"})
    deployment = await ada.post(f"/services/{service['id']}/deployments", {"model": "net"})
    model = f"/models/{version['model']['id']}"
    assert (await delete(ada, model)).json()["code"] == "still_running"
    assert (await delete(ada, f"/services/{service['id']}")).status_code == 204
    assert await status(ada, f"/deployments/{deployment['id']}") == 404
    assert (await delete(ada, model)).status_code == 204
    await ada.post(f"{model}:undelete")
    await ada.post(f"/services/{service['id']}:undelete")
    (stopped,) = await ada.listed(f"/services/{service['id']}/deployments")
    assert stopped["workload"]["status"] == "cancelled"


async def test_a_name_that_is_taken_by_now(ada: Person) -> None:
    path = f"/projects/{ada.project_id}/experiments"
    first = await ada.post(path, {"name": "same"})
    assert (await delete(ada, f"/experiments/{first['id']}")).status_code == 204
    second = await ada.post(path, {"name": "same"})
    assert second["id"] != first["id"]
    refused = await ada.http.post(f"/api/v1/experiments/{first['id']}:undelete")
    assert (refused.status_code, refused.json()["code"]) == (409, "name_taken")
    assert await ids(ada, path, deleted=True) == {first["id"]}


async def test_after_its_time_it_does_not_come_back(ada: Person, desk: Desk) -> None:
    run = await make_run(ada)
    assert (await delete(ada, f"/runs/{run['id']}")).status_code == 204
    await desk.execute("UPDATE runs SET deleted_at = now() - interval '31 days' WHERE id = :id", id=run["id"])
    refused = await ada.http.post(f"/api/v1/runs/{run['id']}:undelete")
    assert (refused.status_code, refused.json()["code"]) == (409, "retention_over")


async def test_a_deleted_run_is_reported_to_no_more(ada: Person) -> None:
    run = await make_run(ada)
    assert (await delete(ada, f"/runs/{run['id']}")).status_code == 204
    batch = await ada.http.post(f"/api/v1/runs/{run['id']}/batches", json={"source": "s", "sequence": 0})
    assert batch.status_code == 404
