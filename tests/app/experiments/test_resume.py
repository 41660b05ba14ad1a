import pytest

from tests.fixtures.auth import Person
from tests.fixtures.factories import make_run
from tests.fixtures.scheduling import TINY, Desk


def batch(sequence: int, attempt: int, **series: list[int]) -> dict[str, object]:
    metrics = {
        name.replace("__", "/"): {"steps": steps, "values": [float(attempt)] * len(steps), "times": [1.0] * len(steps)}
        for name, steps in series.items()
    }
    return {"source": f"s{attempt}", "sequence": sequence, "attempt": attempt, "metrics": metrics}


@pytest.mark.parametrize("status", ["running", "failed", "succeeded"])
async def test_a_run_goes_on_as_another_attempt(ada: Person, status: str) -> None:
    run = (await make_run(ada))["id"]
    await ada.post(f"/runs/{run}/batches", batch(0, 1, loss=[0, 1, 2, 3], system__cpu=[900]))
    assert (await ada.http.patch(f"/api/v1/runs/{run}", json={"status": status})).status_code == 200
    resumed = await ada.post(f"/runs/{run}:resume", {})
    assert (resumed["status"], resumed["attempt"], resumed["next_step"]) == ("running", 2, 4)
    assert resumed["ended_at"] is None
    await ada.post(f"/runs/{run}/batches", batch(0, 2, loss=[2, 3, 4]))
    (loss,) = await ada.get(f"/runs/{run}/metrics", params={"name": "loss"})
    assert (loss["steps"], loss["values"]) == ([0, 1, 2, 3, 4], [1, 1, 2, 2, 2])
    events = (await ada.get("/events/history", params={"subject_id": run}))["items"]
    assert events[0]["action"] == "run.resumed"
    assert events[0]["data"]["before"] == {"status": status}
    assert events[0]["data"]["after"] == {"status": "running", "attempt": 2}


async def test_one_that_told_nothing_begins_at_zero(ada: Person) -> None:
    resumed = await ada.post(f"/runs/{(await make_run(ada))['id']}:resume", {})
    assert (resumed["attempt"], resumed["next_step"]) == (1, 0)


async def test_the_run_of_a_job_is_the_schedulers(ada: Person, desk: Desk) -> None:
    job = await ada.post(f"/projects/{ada.project_id}/training-jobs", TINY)
    reply = await ada.http.post(f"/api/v1/runs/{job['workload']['run_id']}:resume")
    assert reply.status_code == 409
    assert "retry the job" in reply.json()["detail"]


async def test_a_run_that_was_told_of_later_has_the_times_that_it_had(ada: Person) -> None:
    began, ended, later = "2026-01-01T00:00:00Z", "2026-01-01T06:00:00Z", "2999-01-01T00:00:00Z"
    run = await make_run(ada, started_at=began)
    assert run["started_at"] == began
    body = {"status": "succeeded", "ended_at": ended}
    assert (await ada.http.patch(f"/api/v1/runs/{run['id']}", json=body)).json()["ended_at"] == ended
    other = await make_run(ada, started_at=later)
    assert other["started_at"] < later
    for wrong in (began, later):
        resumed = await ada.post(f"/runs/{other['id']}:resume", {})
        body = {"status": "succeeded", "ended_at": wrong}
        reply = (await ada.http.patch(f"/api/v1/runs/{other['id']}", json=body)).json()
        assert resumed["started_at"] <= reply["ended_at"] < later
