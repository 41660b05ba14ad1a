from datetime import datetime

from app.cluster.base import JobPhase
from tests.fixtures.auth import Person
from tests.fixtures.scheduling import TINY, Desk


async def started(ada: Person, desk: Desk) -> str:
    made = await ada.post(f"/projects/{ada.project_id}/training-jobs", TINY)
    await desk.turn()
    workload: str = made["workload"]["id"]
    return workload


async def test_the_code_works_once_and_the_second_time_ends_the_attempt(ada: Person, desk: Desk) -> None:
    workload = await started(ada, desk)
    await desk.start("tiny")
    again = await desk.enrol(desk.job("tiny"))
    assert (again.status_code, again.json()["code"]) == (409, "enrolment_reused")
    assert await desk.status(workload) == "stopping"
    await desk.turn()
    assert desk.job("tiny").stops == 1
    desk.cluster.end(desk.name("tiny"), JobPhase.STOPPED)
    await desk.turn()
    row = await desk.workload(workload)
    assert (row.status, row.reason["code"]) == ("failed", "enrolment_reused")


async def test_an_attempt_whose_code_was_used_twice_cannot_succeed(ada: Person, desk: Desk) -> None:
    workload = await started(ada, desk)
    await desk.start("tiny")
    await desk.enrol(desk.job("tiny"))
    desk.cluster.end(desk.name("tiny"), JobPhase.SUCCEEDED)
    await desk.turn()
    assert await desk.status(workload) == "failed"


async def test_an_unknown_code_opens_nothing(ada: Person, desk: Desk) -> None:
    await started(ada, desk)
    desk.job("tiny").env["TRINE_ENROLMENT"] = "tre_unknown"
    reply = await desk.enrol(desk.job("tiny"))
    assert reply.status_code == 401
    assert reply.headers["content-type"] == "application/problem+json"


async def test_the_code_of_what_was_cancelled_opens_nothing(ada: Person, desk: Desk) -> None:
    workload = await started(ada, desk)
    job = await ada.get(f"/projects/{ada.project_id}/training-jobs")
    await ada.post(f"/training-jobs/{job['items'][0]['id']}:cancel")
    reply = await desk.enrol(desk.job("tiny"))
    assert (reply.status_code, reply.json()["code"]) == (409, "attempt_over")
    assert await desk.status(workload) == "stopping"


async def test_a_job_is_told_how_to_sample_its_machine_and_since_when(ada: Person, desk: Desk) -> None:
    await started(ada, desk)
    assert desk.job("tiny").env["TRINE_SYSTEM_METRICS"] == "on"
    task, worker = await desk.start("tiny")
    await worker.aclose()
    run = await ada.get(f"/runs/{task.run_id}")
    assert task.started_at == datetime.fromisoformat(run["started_at"])


async def test_a_worker_reaches_the_runs_of_its_workload_and_nothing_else(ada: Person, bob: Person, desk: Desk) -> None:
    await started(ada, desk)
    task, worker = await desk.start("tiny")
    other = await ada.post(f"/projects/{ada.project_id}/experiments", {"name": "mine"})
    run = await ada.post(f"/experiments/{other['id']}/runs", {"name": "by-hand"})
    batch = {"source": "w", "sequence": 0}
    assert (await worker.post(f"/api/v1/runs/{task.run_id}/batches", json=batch)).status_code == 200
    assert (await worker.post(f"/api/v1/runs/{run['id']}/batches", json=batch)).status_code == 404
    old = await worker.post(f"/api/v1/runs/{task.run_id}/batches", json=batch | {"attempt": 9})
    assert (old.status_code, old.json()["code"]) == (409, "attempt_superseded")
    for path in (
        "/projects",
        "/orgs",
        "/workloads",
        "/workloads:count",
        "/events/history",
        "/api-keys",
        "/nodes",
        "/queues",
        f"/projects/{ada.project_id}/runs",
        f"/projects/{ada.project_id}/models",
        f"/workloads/{task.subject_id}",
    ):
        assert (await worker.get(f"/api/v1{path}")).status_code in {403, 404}, path
    key = {"name": "k", "project": str(ada.project_id)}
    assert (await worker.post("/api/v1/api-keys", json=key)).status_code in {403, 404}
    assert (await worker.post(f"/api/v1/projects/{ada.project_id}/training-jobs", json=TINY)).status_code == 403
