import asyncio
from typing import Any
from uuid import UUID

from sqlalchemy import text

from app.kit.db import Database
from app.tables import Trial
from tests.fixtures.auth import Person
from tests.fixtures.db import Prepared
from tests.fixtures.factories import make_run
from tests.fixtures.locks import until_blocked
from tests.fixtures.paging import check_pages
from tests.fixtures.scheduling import TINY, Desk

STUDY = {"name": "study", "base": TINY, "space": {"learning_rate": {"kind": "uniform", "low": 0.1, "high": 0.2}}}


async def new_study(ada: Person, **fields: Any) -> dict[str, Any]:
    made: dict[str, Any] = await ada.post(f"/projects/{ada.project_id}/studies", STUDY | fields)
    return made


async def start(ada: Person, study: dict[str, Any], number: int, **params: Any) -> dict[str, Any]:
    made: dict[str, Any] = await ada.post(f"/studies/{study['id']}/trials", {"number": number, "params": params})
    return made


async def trial_runs(ada: Person) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await ada.get(f"/projects/{ada.project_id}/runs", params={"kind": "trial"}))["items"]
    return found


async def test_a_study_is_got_and_told_in_pages(ada: Person, desk: Desk) -> None:
    studies = [await new_study(ada, name=f"study-{number}") for number in range(5)]
    await check_pages(ada, f"/projects/{ada.project_id}/studies", [study["id"] for study in studies])
    found = await ada.get(f"/studies/{studies[0]['id']}")
    assert (found["name"], found["workload"]["status"], found["best"]) == ("study-0", "queued", None)
    assert (await ada.get(f"/runs/{found['run_id']}"))["kind"] == "study"


async def test_a_trial_is_a_run_with_its_parameters(ada: Person, desk: Desk) -> None:
    study = await new_study(ada)
    trial = await start(ada, study, 3, learning_rate=0.15)
    run = await ada.get(f"/runs/{trial['run_id']}")
    assert (run["name"], run["kind"], run["status"]) == ("study-003", "trial", "running")
    assert run["params"] == {"learning_rate": 0.15}
    assert run["tags"] == {"study": study["id"], "trial": "3"}
    await ada.patch(f"/trials/{trial['id']}", {"status": "succeeded", "value": 0.9})
    assert (await ada.get(f"/runs/{trial['run_id']}"))["status"] == "succeeded"


async def test_a_failed_trial_that_is_started_again_runs_again(ada: Person, desk: Desk) -> None:
    study = await new_study(ada)
    trial = await start(ada, study, 0)
    await ada.patch(f"/trials/{trial['id']}", {"status": "failed", "value": None})
    again = await start(ada, study, 0)
    assert (again["id"], again["status"], again["ended_at"]) == (trial["id"], "running", None)
    run = await ada.get(f"/runs/{trial['run_id']}")
    assert (run["status"], run["ended_at"]) == ("running", None)


async def test_a_number_started_many_times_at_once_is_one_trial(ada: Person, desk: Desk) -> None:
    study = await new_study(ada)
    made = await asyncio.gather(*[start(ada, study, 0) for _ in range(6)])
    assert {trial["id"] for trial in made} == {made[0]["id"]}
    assert len(await ada.listed(f"/studies/{study['id']}/trials")) == 1
    assert len(await trial_runs(ada)) == 1, "the runs of those who came too late are not left behind"


async def test_who_waits_for_a_number_gets_the_trial_of_who_was_quicker(
    ada: Person, desk: Desk, app_database: Database, prepared: Prepared
) -> None:
    study = await new_study(ada)
    run = await make_run(ada)
    async with app_database.session(ada.scope) as session:
        quicker = Trial(
            org_id=ada.org_id,
            study_id=UUID(study["id"]),
            run_id=UUID(run["id"]),
            number=7,
            status="running",
            params={"who": "quicker"},
        )
        session.add(quicker)
        await session.flush()
        waits = asyncio.create_task(start(ada, study, 7, who="slower"))
        await until_blocked(prepared)
    assert await waits | {"created_at": None} == {
        "id": str(quicker.id),
        "study_id": study["id"],
        "run_id": run["id"],
        "number": 7,
        "status": "running",
        "params": {"who": "quicker"},
        "value": None,
        "created_at": None,
        "ended_at": None,
    }
    assert await trial_runs(ada) == []


async def test_the_best_trial_of_those_that_have_a_value(ada: Person, desk: Desk) -> None:
    for mode, best in (("max", 1), ("min", 0)):
        study = await new_study(ada, mode=mode)
        for number, value in enumerate([0.2, 0.9, None, 0.9, 0.2]):
            trial = await start(ada, study, number)
            status = "failed" if value is None else "stopped" if number == 1 else "succeeded"
            await ada.patch(f"/trials/{trial['id']}", {"status": status, "value": value})
        found = (await ada.get(f"/studies/{study['id']}"))["best"]
        assert found["number"] == best, "the earlier of two that are equal"
        assert [trial["number"] for trial in await ada.listed(f"/studies/{study['id']}/trials")] == [4, 3, 2, 1, 0]


async def test_a_value_once_told_is_kept(ada: Person, desk: Desk) -> None:
    study = await new_study(ada)
    trial = await start(ada, study, 0)
    await ada.patch(f"/trials/{trial['id']}", {"status": "running", "value": 0.5})
    ended = await ada.patch(f"/trials/{trial['id']}", {"status": "failed"})
    assert (ended["value"], ended["status"], ended["ended_at"] is not None) == (0.5, "failed", True)


async def test_a_cancelled_study_ends_its_trials(ada: Person, desk: Desk) -> None:
    study = await new_study(ada)
    trial = await start(ada, study, 0)
    cancelled = await ada.post(f"/studies/{study['id']}:cancel")
    assert cancelled["workload"]["status"] == "cancelled"
    assert (await ada.get(f"/runs/{study['run_id']}"))["status"] == "cancelled"
    assert (await ada.get(f"/runs/{trial['run_id']}"))["status"] == "cancelled"
    again = await ada.http.post(f"/api/v1/studies/{study['id']}:cancel")
    assert (again.status_code, again.json()["code"]) == (409, "already_ended")


async def test_two_who_change_a_trial_at_once_follow_each_other(
    ada: Person, desk: Desk, app_database: Database, prepared: Prepared
) -> None:
    study = await new_study(ada)
    trial = await start(ada, study, 0)
    async with app_database.session(ada.scope) as session:
        statement = text("UPDATE runs SET status = 'running', summary = '{\"a\": 1}' WHERE id = :run")
        await session.execute(statement, {"run": trial["run_id"]})
        waits = asyncio.create_task(ada.patch(f"/trials/{trial['id']}", {"status": "succeeded", "value": 1}))
        await until_blocked(prepared)
    await waits
    run = await ada.get(f"/runs/{trial['run_id']}")
    assert (run["status"], run["summary"]) == ("succeeded", {"a": 1})
