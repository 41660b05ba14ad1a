"""More trials of a study that has ended, or that runs."""

from typing import Any

import httpx

from app.cluster.base import JobPhase
from tests.app.tuning.test_routes import new_study, start
from tests.fixtures.auth import Person
from tests.fixtures.scheduling import Desk


async def extend(person: Person, study: dict[str, Any], trials: int) -> httpx.Response:
    return await person.http.post(f"/api/v1/studies/{study['id']}:extend", json={"trials": trials})


async def test_a_study_that_has_ended_is_queued_again(ada: Person, desk: Desk) -> None:
    study = await new_study(ada, trials=2)
    await desk.turn()
    task, worker = await desk.start("study")
    assert task.spec["trials"] == 2
    for number in range(2):
        made = await worker.post(f"/api/v1/studies/{study['id']}/trials", json={"number": number, "params": {}})
        done = await worker.patch(f"/api/v1/trials/{made.json()['id']}", json={"status": "succeeded", "value": number})
        assert done.status_code == 200
    desk.cluster.end(desk.name("study"), JobPhase.SUCCEEDED)
    await desk.turn()
    assert (await ada.get(f"/studies/{study['id']}"))["workload"]["status"] == "succeeded"

    answer = await extend(ada, study, 5)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["spec"]["trials"], found["workload"]["status"], found["workload"]["attempt"]) == (5, "queued", 2)
    assert (await ada.get(f"/runs/{study['run_id']}"))["status"] == "queued"
    event = (await ada.get("/events/history", params={"subject_id": study["id"]}))["items"][0]
    assert (event["action"], event["actor_id"]) == ("study.extended", str(ada.user_id))
    assert (event["data"]["before"], event["data"]["after"]) == (2, 5)

    desk.cluster.jobs.clear()
    await desk.turn()
    again, worker = await desk.start("study")
    assert again.spec["trials"] == 5
    assert len(await ada.listed(f"/studies/{study['id']}/trials")) == 2, "those that it has stay"
    await worker.aclose()


async def test_the_worker_of_a_study_that_runs_learns_of_more_trials(ada: Person, bob: Person, desk: Desk) -> None:
    study = await new_study(ada, trials=2)
    other = await new_study(ada, name="other")
    await desk.turn()
    _, worker = await desk.start("-study-")
    found = (await extend(ada, study, 3)).json()
    assert found["workload"]["status"] == "running"
    asked = await worker.get(f"/api/v1/studies/{study['id']}")
    assert (asked.status_code, asked.json()["spec"]["trials"]) == (200, 3)
    assert (await worker.get(f"/api/v1/studies/{other['id']}")).status_code == 404, "of its own study alone"
    body = {"number": 2, "params": {}}
    assert (await worker.post(f"/api/v1/studies/{study['id']}/trials", json=body)).status_code == 201
    await worker.aclose()


async def test_what_is_no_extension_is_refused(ada: Person, bob: Person, desk: Desk) -> None:
    study = await new_study(ada, trials=3)
    for number in range(3):
        await start(ada, study, number)
    for trials in (1, 3):
        refused = await extend(ada, study, trials)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "trials")
    assert (await extend(bob, study, 5)).status_code == 404
    await desk.turn()
    await ada.post(f"/studies/{study['id']}:cancel")
    stopping = await extend(ada, study, 5)
    assert (stopping.status_code, stopping.json()["code"]) == (409, "stopping")
    assert (await ada.get(f"/studies/{study['id']}"))["spec"]["trials"] == 3, "nothing was changed"
