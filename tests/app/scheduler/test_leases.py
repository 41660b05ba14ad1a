"""The four cases of every step: eligible, not under another's lease, a stale result dropped, contention."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from app.config import Settings
from app.kit.db import CONTROLLER
from app.scheduler import admission, leases, outcome
from app.scheduler.leases import Leased
from app.scheduler.observation import Observation, Seen
from tests.fixtures.auth import Person
from tests.fixtures.scheduling import TINY, Desk, hungry

# Status of the row, what was seen, what becomes of it.
STEPS = [
    ("admitted", Seen.LAUNCHED, "starting"),
    ("admitted", Seen.FAILED, "failed"),
    ("starting", Seen.RUNNING, "running"),
    ("starting", Seen.SUCCEEDED, "succeeded"),
    ("starting", Seen.LOST, "queued"),
    ("running", Seen.SUCCEEDED, "succeeded"),
    ("running", Seen.FAILED, "failed"),
    ("running", Seen.LOST, "queued"),
    ("running", Seen.BROKEN, "queued"),
    ("stopping", Seen.STOPPED, "cancelled"),
    ("stopping", Seen.LOST, "cancelled"),
    ("stopping", Seen.FAILED, "cancelled"),
    ("stopping", Seen.SUCCEEDED, "succeeded"),
]


async def put(ada: Person, desk: Desk, status: str) -> str:
    made = await ada.post(f"/projects/{ada.project_id}/training-jobs", TINY)
    statement = "UPDATE workloads SET status = :status, admitted_at = now() WHERE id = :id"
    await desk.execute(statement, status=status, id=made["workload"]["id"])
    workload: str = made["workload"]["id"]
    return workload


async def take(desk: Desk, settings: Settings) -> list[Leased]:
    async with desk.database.session(CONTROLLER) as session:
        return await leases.take(session, settings=settings, limit=10)


async def apply(desk: Desk, leased: Leased, seen: Seen) -> bool:
    async with desk.database.session(CONTROLLER) as session:
        return await outcome.apply(session, leased, Observation(seen, "of a test"))


@pytest.mark.parametrize(("before", "seen", "after"), STEPS)
async def test_each_step_under_its_lease_alone(
    ada: Person, desk: Desk, settings: Settings, before: str, seen: Seen, after: str
) -> None:
    workload = await put(ada, desk, before)
    (first,) = await take(desk, settings)
    assert (str(first.id), first.status) == (workload, before), "eligible"
    assert await take(desk, settings) == [], "not under another's lease"

    await desk.much_later()
    (second,) = await take(desk, settings)
    assert not await apply(desk, first, seen), "the result of a lease that was lost is dropped"
    assert await desk.status(workload) == before

    assert await asyncio.gather(apply(desk, second, seen), apply(desk, second, seen)) in ([True, False], [False, True])
    assert await desk.status(workload) == after
    assert (await desk.workload(workload)).lease_id is None


@pytest.mark.parametrize("status", ["queued", "succeeded", "failed", "cancelled", "paused", "preempted"])
async def test_what_holds_nothing_is_not_leased(ada: Person, desk: Desk, settings: Settings, status: str) -> None:
    await put(ada, desk, status)
    assert await take(desk, settings) == []


async def test_what_is_not_due_is_not_leased(ada: Person, desk: Desk, settings: Settings) -> None:
    await put(ada, desk, "running")
    await desk.execute("UPDATE workloads SET due_at = now() + interval '1 minute'")
    assert await take(desk, settings) == []


async def test_many_controllers_share_the_work_and_nobody_gets_what_another_has(
    ada: Person, desk: Desk, settings: Settings
) -> None:
    expected = {await put(ada, desk, "running") for _ in range(6)}
    taken = [leased for part in await asyncio.gather(*[take(desk, settings) for _ in range(4)]) for leased in part]
    assert len(taken) == len(expected)
    assert {str(leased.id) for leased in taken} == expected


async def test_what_was_seen_of_another_status_is_dropped_and_looked_at_again(
    ada: Person, desk: Desk, settings: Settings
) -> None:
    workload = await put(ada, desk, "running")
    (leased,) = await take(desk, settings)
    await desk.execute("UPDATE workloads SET status = 'stopping' WHERE id = :id", id=workload)
    assert not await apply(desk, leased, Seen.SUCCEEDED)
    (again,) = await take(desk, settings)
    assert again.status == "stopping"


async def test_admission_at_the_same_time_never_gives_more_than_there_is(ada: Person, desk: Desk) -> None:
    for _ in range(6):
        await ada.post(f"/projects/{ada.project_id}/training-jobs", hungry(1))

    async def admit() -> int:
        async with desk.database.session(CONTROLLER) as session:
            return await admission.admit(session)

    assert sum(await asyncio.gather(*[admit() for _ in range(4)])) == 4, "of two CPUs each, on eight"
    async with desk.database.session(CONTROLLER) as session:
        statement = text("SELECT status, reason->>'code' FROM workloads WHERE org_id = :org ORDER BY id")
        rows: Any = (await session.execute(statement, {"org": str(ada.org_id)})).all()
    assert [row[0] for row in rows] == ["admitted"] * 4 + ["queued"] * 2
    assert [row[1] for row in rows[4:]] == ["resources", "behind"]


async def test_whoever_waits_is_told_why(ada: Person, bob: Person, desk: Desk) -> None:
    await ada.post(f"/projects/{ada.project_id}/training-jobs", hungry(5))
    head = await ada.post(f"/projects/{ada.project_id}/training-jobs", hungry(3))
    behind = await bob.post(f"/projects/{bob.project_id}/training-jobs", hungry(1))
    await desk.turn()
    told = await ada.get(f"/workloads/{head['workload']['id']}/explain")
    assert (told["code"], told["position"], told["asks"]) == ("resources", 1, "4 CPU")
    assert told["message"].startswith("waits for 4 CPU; free are 2 CPU")
    told = await bob.get(f"/workloads/{behind['workload']['id']}/explain")
    assert (told["code"], told["position"], told["blocked_by"]) == ("behind", 2, None)
    read = await bob.get(f"/workloads/{behind['workload']['id']}")
    assert "blocked_by" not in read["reason"], "it is another organization's"
