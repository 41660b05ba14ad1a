from typing import Any

from tests.fixtures.auth import Person
from tests.fixtures.paging import check_pages
from tests.fixtures.scheduling import TINY, Desk


async def new_job(ada: Person, **fields: Any) -> dict[str, Any]:
    made: dict[str, Any] = await ada.post(f"/projects/{ada.project_id}/training-jobs", TINY | fields)
    return made


async def test_jobs_come_in_pages(ada: Person, desk: Desk) -> None:
    jobs = [await new_job(ada, name=f"job-{number}") for number in range(5)]
    await check_pages(ada, f"/projects/{ada.project_id}/training-jobs", [job["id"] for job in jobs])
    workloads = [job["workload"]["id"] for job in jobs]
    await check_pages(ada, "/workloads", workloads, project_id=str(ada.project_id))
    await check_pages(ada, f"/projects/{ada.project_id}/runs", [job["run_id"] for job in jobs], kind="training")


async def test_a_job_is_read_with_its_workload_and_its_run(ada: Person, desk: Desk) -> None:
    made = await new_job(ada, epochs=2)
    found = await ada.get(f"/training-jobs/{made['id']}")
    assert found == made
    assert (found["recipe"], found["spec"]["epochs"]) == ("classify", 2)
    run = await ada.get(f"/runs/{found['run_id']}")
    assert (run["workload_id"], run["kind"], run["params"]["epochs"]) == (found["workload"]["id"], "training", 2)
    (told,) = (await ada.get("/events/history", params={"subject_id": found["workload"]["id"]}))["items"]
    assert (told["action"], told["actor_type"], told["data"]["name"]) == ("workload.queued", "user", "tiny")


async def test_a_job_is_cancelled_once(ada: Person, desk: Desk) -> None:
    made = await new_job(ada)
    cancelled = await ada.post(f"/training-jobs/{made['id']}:cancel")
    assert cancelled["workload"]["status"] == "cancelled"
    assert cancelled["workload"]["reason"]["code"] == "cancelled"
    assert (await ada.get(f"/runs/{made['run_id']}"))["status"] == "cancelled"
    again = await ada.http.post(f"/api/v1/training-jobs/{made['id']}:cancel")
    assert (again.status_code, again.json()["code"]) == (409, "already_ended")


async def test_the_workloads_of_a_status_or_a_kind(ada: Person, desk: Desk) -> None:
    first, second = await new_job(ada), await new_job(ada)
    await ada.post(f"/training-jobs/{first['id']}:cancel")
    for query, wanted in (({"status": "queued"}, second), ({"status": "cancelled"}, first)):
        (row,) = (await ada.get("/workloads", params=query))["items"]
        assert row["id"] == wanted["workload"]["id"]
    assert (await ada.get("/workloads", params={"kind": "study"}))["items"] == []
    counts = {(count["kind"], count["status"]): count["count"] for count in await ada.get("/workloads:count")}
    assert counts == {("training", "queued"): 1, ("training", "cancelled"): 1}


async def test_a_field_that_is_wrong_is_named(ada: Person, desk: Desk) -> None:
    path = f"/api/v1/projects/{ada.project_id}/training-jobs"
    reply = await ada.http.post(path, json=TINY | {"epochs": 0, "colour": "red"})
    assert reply.status_code == 422
    assert {error["field"].rpartition(".")[2] for error in reply.json()["errors"]} == {"epochs", "colour"}
    reply = await ada.http.post(path, json=TINY | {"recipe": "alchemy"})
    assert reply.status_code == 422
    assert "classify" in reply.text, "what is allowed is told"
