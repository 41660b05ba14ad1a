"""What the metrics say of the queue."""

from uuid import UUID

import pytest

from app.kit.db import CONTROLLER
from app.metrics import WORKLOAD_CHANGES, WORKLOAD_OLDEST_SECONDS, WORKLOAD_WAIT_SECONDS, WORKLOADS
from app.scheduler import lifecycle
from app.scheduler.status import Status
from app.tables import Workload
from tests.fixtures.auth import Person
from tests.fixtures.scheduling import TINY, Desk


async def test_workloads_by_state_and_how_long_they_waited(ada: Person, desk: Desk) -> None:
    path = f"/projects/{ada.project_id}/training-jobs"
    waited = WORKLOAD_WAIT_SECONDS.count("training")
    queued, admitted = (WORKLOAD_CHANGES.total("training", status) for status in ("queued", "admitted"))
    job = await ada.post(path, TINY)
    hour_ago = "UPDATE workloads SET status_since = status_since - interval '1 hour' WHERE id = :id"
    await desk.execute(hour_ago, id=job["workload"]["id"])
    await desk.controller.count()
    desk.controller.census.read()
    assert WORKLOADS.value("training", "queued") == 1
    oldest = WORKLOAD_OLDEST_SECONDS.value("training", "queued")
    assert oldest is not None
    assert oldest >= 3600
    assert WORKLOAD_WAIT_SECONDS.count("training") == waited

    await desk.turn()
    WORKLOADS.clear()
    await desk.controller.count()
    desk.controller.census.read()
    assert WORKLOADS.value("training", "queued") is None
    assert WORKLOADS.value("training", "starting") == 1
    assert WORKLOAD_WAIT_SECONDS.count("training") == waited + 1
    assert WORKLOAD_CHANGES.total("training", "queued") == queued + 1
    assert WORKLOAD_CHANGES.total("training", "admitted") == admitted + 1


async def test_a_change_that_is_rolled_back_is_not_counted(ada: Person, desk: Desk) -> None:
    job = await ada.post(f"/projects/{ada.project_id}/training-jobs", TINY)
    before = WORKLOAD_CHANGES.total("training", "cancelled")
    with pytest.raises(ZeroDivisionError):
        await cancel_and_fail(desk, UUID(job["workload"]["id"]))
    assert WORKLOAD_CHANGES.total("training", "cancelled") == before
    await ada.post(f"/training-jobs/{job['id']}:cancel")
    assert WORKLOAD_CHANGES.total("training", "cancelled") == before + 1


async def cancel_and_fail(desk: Desk, workload_id: UUID) -> None:
    async with desk.database.session(CONTROLLER) as session:
        workload = await session.get_one(Workload, workload_id)
        await lifecycle.move(session, workload, Status.CANCELLED, code="test", message="test")
        raise ZeroDivisionError
