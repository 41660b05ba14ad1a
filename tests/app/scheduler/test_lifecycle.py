import itertools

import pytest
from sqlalchemy import text

from app.errors import Conflict
from app.kit.db import CONTROLLER, Database
from app.scheduler import lifecycle
from app.scheduler.repository import WorkloadRepository
from app.scheduler.status import ACTIVE, ENDED, NEXT, RUN_STATUS, Status
from app.tables import Run
from tests.fixtures.auth import Person
from tests.fixtures.scheduling import TINY, Desk

ALLOWED = sorted((before, to) for before, after in NEXT.items() for to in after)
FORBIDDEN = sorted(set(itertools.product(Status, Status)) - set(ALLOWED))


@pytest.fixture
async def job(ada: Person, desk: Desk) -> dict[str, str]:
    made = await ada.post(f"/projects/{ada.project_id}/training-jobs", TINY)
    return {"workload": made["workload"]["id"], "run": made["run_id"]}


async def put(desk: Desk, workload_id: str, status: Status) -> None:
    statement = "UPDATE workloads SET status = :status, admitted_at = now(), token_hash = NULL WHERE id = :id"
    await desk.execute(statement, status=status, id=workload_id)


async def move(database: Database, workload_id: str, to: Status) -> None:
    async with database.session(CONTROLLER) as session:
        workload = await WorkloadRepository(session).locked(workload_id)  # type: ignore[arg-type]
        assert workload is not None
        await lifecycle.move(session, workload, to, code="because", message="of a test")


async def test_each_allowed_change_leaves_a_reason_an_event_and_the_status_of_the_run(
    desk: Desk, job: dict[str, str]
) -> None:
    for before, to in ALLOWED:
        await put(desk, job["workload"], before)
        await move(desk.database, job["workload"], to)

        workload = await desk.workload(job["workload"])
        assert workload.status == to
        assert workload.reason == {"code": "because", "message": "of a test"}
        assert (workload.ended_at is not None) or to not in ENDED
        event = (await desk.events(job["workload"]))[-1]
        assert event.action == f"workload.{to}"
        assert event.data["before"] == before
        assert event.data["reason"]["code"] == "because"
        async with desk.database.session(CONTROLLER) as session:
            run = await session.get_one(Run, job["run"])
            assert run.status == RUN_STATUS[to]
            assert (run.ended_at is not None) == (to in ENDED), (before, to)


async def test_every_other_change_is_refused_and_leaves_nothing(desk: Desk, job: dict[str, str]) -> None:
    for before, to in FORBIDDEN:
        await put(desk, job["workload"], before)
        with pytest.raises(Conflict, match=f"a workload that is {before} cannot become {to}"):
            await move(desk.database, job["workload"], to)
        assert await desk.status(job["workload"]) == before
    assert [event.action for event in await desk.events(job["workload"])] == ["workload.queued"]


async def test_what_held_resources_is_booked_once_for_each_attempt(desk: Desk, job: dict[str, str]) -> None:
    for to in (Status.ADMITTED, Status.STARTING, Status.RUNNING, Status.FAILED):
        await move(desk.database, job["workload"], to)
    async with desk.database.session(CONTROLLER) as session:
        statement = text("SELECT attempt, cpu_seconds > 0 FROM usage_ledger WHERE workload_id = :id")
        assert (await session.execute(statement, {"id": job["workload"]})).all() == [(1, True)]


def test_nothing_leaves_an_end_but_a_retry_and_success_is_final() -> None:
    assert NEXT[Status.SUCCEEDED] == NEXT[Status.FAILED] == NEXT[Status.CANCELLED] == {Status.QUEUED}
    assert set(NEXT) == set(RUN_STATUS) == set(Status)
    assert not ACTIVE & ENDED
