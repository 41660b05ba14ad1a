"""How pools were taken, over time: sampled by the controller, read by each organization for itself."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from app.auth.permissions import Role
from app.kit.clock import now
from app.kit.db import CONTROLLER
from app.scheduler import utilization
from tests.fixtures.auth import Person
from tests.fixtures.members import join
from tests.fixtures.pool_samples import clear, sample, shift
from tests.fixtures.scheduling import TINY, Desk, hungry

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
async def no_samples(desk: Desk) -> None:
    await clear(desk)


async def read(person: Person, **query: Any) -> dict[str, Any]:
    """Of the default pool, of a span that holds the minute that has just been sampled."""
    query = {"until": (now() + timedelta(minutes=2)).isoformat()} | query
    (pool,) = await person.get(f"/orgs/{person.org}/utilization", params=query)
    assert pool["pool"] == "default"
    found: dict[str, Any] = pool
    return found


async def test_everybody_sees_their_own(ada: Person, bob: Person, desk: Desk) -> None:
    await ada.post(f"/projects/{ada.project_id}/training-jobs", TINY)
    await bob.post(f"/projects/{bob.project_id}/training-jobs", hungry(3))
    await desk.turn()
    await sample(desk)
    await sample(desk)
    await shift(desk, timedelta(minutes=1))
    mine, theirs = await read(ada), await read(bob)
    assert (mine["step"], len(mine["times"])) == (60, 1), "the second sample of a minute changes nothing"
    assert mine["cpu"] == {"capacity": [8], "own": [2], "everybody": None}
    assert theirs["cpu"] == {"capacity": [8], "own": [4], "everybody": None}
    assert mine["gpu"] == {"capacity": [0], "own": [0], "everybody": None}
    assert mine["memory"]["capacity"] == [sum(node.memory for node in desk.cluster.members)]


async def test_an_administrator_sees_the_sum(ada: Person, root: Person, desk: Desk) -> None:
    await ada.post(f"/projects/{ada.project_id}/training-jobs", TINY)
    await desk.turn()
    await sample(desk)
    await shift(desk, timedelta(minutes=1))
    assert (await read(root))["cpu"] == {"capacity": [8], "own": [0], "everybody": [2]}


async def test_of_one_project_and_not_of_a_hidden_one(ada: Person, bob: Person, desk: Desk) -> None:
    await join(ada, bob, Role.MEMBER)
    secret = await ada.post(f"/orgs/{ada.org}/projects", {"slug": "secret", "name": "Secret"})
    path = f"/api/v1/projects/{secret['id']}/access"
    assert (await ada.http.put(path, json={"private": True})).status_code == 200
    await ada.post(f"/projects/{secret['id']}/training-jobs", TINY)
    await ada.post(f"/projects/{ada.project_id}/training-jobs", hungry(2))
    await desk.turn()
    await sample(desk)
    await shift(desk, timedelta(minutes=1))
    assert (await read(ada))["cpu"]["own"] == [5]
    assert (await read(ada, project="secret"))["cpu"]["own"] == [2]
    (seen,) = await bob.get(f"/orgs/{ada.org}/utilization")
    assert seen["cpu"]["own"] == [3]
    hidden = await bob.http.get(f"/api/v1/orgs/{ada.org}/utilization", params={"project": secret["id"]})
    assert hidden.status_code == 404
    foreign = await bob.http.get(f"/api/v1/orgs/{ada.org}/utilization", params={"project": str(bob.project_id)})
    assert (foreign.status_code, foreign.json()["errors"][0]["field"]) == (422, "project")


async def test_old_minutes_become_the_means_of_hours(ada: Person, desk: Desk) -> None:
    """A job that ran for one of the two minutes that were sampled in the hour."""
    await sample(desk)
    hour = now().replace(minute=0, second=0, microsecond=0) - 3 * DAY
    await desk.execute("UPDATE pool_samples SET at = :at", at=hour)
    job = await ada.post(f"/projects/{ada.project_id}/training-jobs", TINY)
    await desk.turn()
    await sample(desk)
    for table in ("pool_shares", "pool_samples"):
        await desk.execute(
            f"UPDATE {table} SET at = :at WHERE at > now() - interval '1 hour'", at=hour + timedelta(minutes=30)
        )
    for _ in range(2):
        async with desk.database.session(CONTROLLER) as session:
            await utilization.sweep(session)
    pool = await read(ada, since=(hour - DAY).isoformat(), until=(hour + DAY).isoformat())
    assert (pool["step"], pool["times"]) == (3600, [hour.isoformat().replace("+00:00", "Z")])
    assert pool["cpu"]["own"] == [1], job["name"]
    assert pool["cpu"]["capacity"] == [8]
    await shift(desk, utilization.HOURS.kept)
    async with desk.database.session(CONTROLLER) as session:
        await utilization.sweep(session)
        for table in ("pool_shares", "pool_samples"):
            assert (await session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one() == 0


async def test_a_span_that_is_none_and_an_organization_that_is_not_there(ada: Person, desk: Desk) -> None:
    refused = await ada.http.get(f"/api/v1/orgs/{ada.org}/utilization", params={"since": (now() + DAY).isoformat()})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "since")
    assert (await ada.http.get(f"/api/v1/orgs/{uuid4()}/utilization")).status_code == 404
