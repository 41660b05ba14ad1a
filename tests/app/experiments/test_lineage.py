"""What came from what, from both ends."""

from uuid import uuid4

from tests.fixtures.auth import Person
from tests.fixtures.factories import make_artifact, make_run, make_version
from tests.fixtures.scheduling import TINY, Desk


async def test_from_the_data_to_the_model_and_back(ada: Person, desk: Desk) -> None:
    source = await make_run(ada, name="collects")
    data = await make_artifact(ada, source["id"], {"train.jsonl": b'{"text": "a"}\n'}, name="corpus", kind="dataset")
    job = await ada.post(
        f"/projects/{ada.project_id}/training-jobs", TINY | {"data": {"source": "artifact", "artifact": data["id"]}}
    )
    (read,) = await ada.get(f"/runs/{job['run_id']}/inputs")
    assert (read["role"], read["artifact"]["id"]) == ("data", data["id"])
    found = await ada.get(f"/artifacts/{data['id']}/lineage")
    assert found["made_by"]["id"] == source["id"]
    (reader,) = found["used_by"]
    assert (reader["id"], reader["role"], reader["kind"]) == (job["run_id"], "data", "training")
    assert reader["workload_id"] == job["workload"]["id"]

    made = await make_artifact(ada, job["run_id"], {"w": b"w"}, kind="model", framework="torch")
    model = await ada.post(f"/projects/{ada.project_id}/models", {"name": "net"})
    version = await ada.post(f"/models/{model['id']}/versions", {"artifact_id": made["id"]})
    found = await ada.get(f"/artifacts/{made['id']}/lineage")
    assert found["made_by"]["id"] == job["run_id"]
    assert [each["artifact"]["id"] for each in found["made_from"]] == [data["id"]]
    assert found["versions"] == [{"id": version["id"], "model_id": model["id"], "model": "net", "version": 1}]


async def test_a_run_says_what_it_read_once(ada: Person) -> None:
    artifact = await make_artifact(ada, (await make_run(ada))["id"], {"x": b"1"})
    run = (await make_run(ada, name="reader"))["id"]
    body = {"artifact_id": artifact["id"], "role": "base"}
    first = await ada.post(f"/runs/{run}/inputs", body)
    assert await ada.post(f"/runs/{run}/inputs", body) == first
    assert await ada.get(f"/runs/{run}/inputs") == [first]
    await ada.post(f"/runs/{run}/inputs", {"artifact_id": artifact["id"]})
    assert [each["role"] for each in await ada.get(f"/runs/{run}/inputs")] == ["base", "data"]
    events = (await ada.get("/events/history", params={"subject_id": run}))["items"]
    assert [event["action"] for event in events].count("run.input_added") == 2


async def test_what_was_read_and_deleted_was_still_read(ada: Person) -> None:
    maker, reader = await make_run(ada), await make_run(ada)
    artifact = await make_artifact(ada, maker["id"], {"x": b"1"})
    await ada.post(f"/runs/{reader['id']}/inputs", {"artifact_id": artifact["id"]})
    assert (await ada.http.delete(f"/api/v1/artifacts/{artifact['id']}")).status_code == 204
    assert len(await ada.get(f"/runs/{reader['id']}/inputs")) == 1
    assert (await ada.http.get(f"/api/v1/artifacts/{artifact['id']}/lineage")).status_code == 404


async def test_only_what_is_in_the_project(ada: Person, bob: Person) -> None:
    theirs = (await make_version(bob))["artifact"]["id"]
    other = await ada.post(f"/orgs/{ada.org}/projects", {"slug": "other", "name": "Other"})
    experiment = await ada.post(f"/projects/{other['id']}/experiments", {"name": "x"})
    elsewhere = (await ada.post(f"/experiments/{experiment['id']}/runs", {"name": "x"}))["id"]
    mine = (await make_artifact(ada, (await make_run(ada))["id"], {"x": b"1"}))["id"]
    for artifact in (theirs, mine, str(uuid4())):
        reply = await ada.http.post(f"/api/v1/runs/{elsewhere}/inputs", json={"artifact_id": artifact})
        assert reply.status_code == 404
        assert reply.json()["detail"] == f"there is no artifact {artifact!r} here"
