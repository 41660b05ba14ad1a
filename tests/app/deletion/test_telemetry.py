"""What runs reported long ago goes; what is needed to compare them stays."""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app.deletion import expired, telemetry
from app.deletion.telemetry import Kept
from app.experiments.ingest_fold import fold_waiting
from app.kit.clock import now
from app.kit.db import CONTROLLER, Database
from tests.fixtures.auth import Person
from tests.fixtures.db import Prepared
from tests.fixtures.factories import make_run, make_version
from tests.fixtures.scheduling import Desk

LOSS = {"loss": {"steps": [1, 2], "values": [1.0, 0.5], "times": [1.0, 2.0]}}


@pytest.fixture
def partitions(prepared: Prepared) -> Iterator[list[str]]:
    """Made for a test, as if their time had been; they go with it."""
    names: list[str] = []
    yield names
    with psycopg.connect(prepared.owner_url) as connection:
        for name in names:
            connection.execute(f"DROP TABLE IF EXISTS {name}")


async def reported(person: Person) -> str:
    """A run with an entry of its log and two points."""
    run: str = (await make_run(person))["id"]
    batch = {"source": "s", "sequence": 0, "metrics": LOSS, "logs": [{"time": 1, "text": "a needle\n"}]}
    await person.post(f"/runs/{run}/batches", batch)
    return run


async def end(desk: Desk, person: Person, run: str, *, days_ago: int) -> None:
    await person.patch(f"/runs/{run}", {"status": "succeeded"})
    await desk.execute(
        "UPDATE runs SET ended_at = now() - make_interval(days => :days) WHERE id = :run", days=days_ago, run=run
    )


def key_of(moment: datetime) -> UUID:
    """A UUIDv7 of that time."""
    return UUID(int=int(moment.timestamp() * 1000) << 80 | 7 << 76 | 2 << 62 | secrets.randbits(62))


async def came(database: Database, run: str, moment: datetime) -> None:
    """An entry of the log that came then."""
    async with database.session(CONTROLLER) as session:
        await session.execute(
            text(
                "INSERT INTO logs (id, org_id, project_id, run_id, attempt, source, stream, time, text) "
                "SELECT :id, org_id, project_id, id, 1, 'w', 'stdout', now(), 'an old needle' FROM runs WHERE id = :run"
            ),
            {"id": key_of(moment), "run": run},
        )


async def keep(person: Person, **days: int | None) -> None:
    body: dict[str, Any] = {"rules": [], **days}
    reply = await person.http.put(f"/api/v1/projects/{person.project_id}/retention", json=body)
    assert reply.status_code == 200, reply.text
    assert (
        await person.get(f"/projects/{person.project_id}/retention") == {"log_days": None, "metric_days": None} | body
    )


async def preview(person: Person, **days: int) -> tuple[int, int]:
    seen = await person.post(f"/projects/{person.project_id}/retention:preview", {"rules": [], **days})
    return seen["log_entries"], seen["runs"]


async def lines(person: Person, run: str) -> list[str]:
    return [entry["text"] for entry in await person.get(f"/runs/{run}/logs")]


async def steps(person: Person, run: str) -> list[int]:
    (series,) = await person.get(f"/runs/{run}/metrics", params={"name": "loss"})
    found: list[int] = series["steps"]
    return found


async def events(person: Person) -> list[Any]:
    found = (await person.get("/events/history", params={"subject_id": str(person.project_id)}))["items"]
    return [event["data"]["after"] for event in found if event["action"] == "telemetry.expired"]


async def where(database: Database, run: str) -> set[str]:
    async with database.session(CONTROLLER) as session:
        found = await session.scalars(
            text("SELECT tableoid::regclass::text FROM logs WHERE run_id = :run"), {"run": run}
        )
        return set(found)


async def test_old_entries_of_logs_go(ada: Person, bob: Person, desk: Desk, controller_database: Database) -> None:
    run, theirs = await reported(ada), await reported(bob)
    for each in (run, theirs):
        await came(controller_database, each, now() - timedelta(days=40))
        await came(controller_database, each, now() - timedelta(days=20))
    assert await preview(ada, log_days=30) == (1, 0)
    await telemetry.sweep(controller_database)
    assert len(await lines(ada, run)) == 3, "without a rule everything is kept"
    await keep(ada, log_days=30)
    await telemetry.sweep(controller_database)
    assert len(await lines(ada, run)) == 2
    assert len((await ada.get(f"/runs/{run}/logs:search", params={"query": "needle"}))["items"]) == 2
    assert len(await lines(bob, theirs)) == 3, "of others nothing goes"
    assert await events(ada) == [{"log_entries": 1, "runs": 0, "points": 0}]
    await telemetry.sweep(controller_database)
    assert len(await events(ada)) == 1, "where nothing goes nothing is told"


async def test_points_go_a_while_after_the_end_of_their_run(
    ada: Person, desk: Desk, controller_database: Database
) -> None:
    old, young, running = [await reported(ada) for _ in range(3)]
    version = await make_version(ada)
    source = version["run_id"]
    await ada.post(f"/runs/{source}/batches", {"source": "s", "sequence": 0, "metrics": LOSS})
    await fold_waiting(controller_database)
    await end(desk, ada, old, days_ago=11)
    await end(desk, ada, young, days_ago=9)
    await end(desk, ada, source, days_ago=11)
    assert await preview(ada, metric_days=10) == (0, 1)
    await keep(ada, metric_days=10)
    await telemetry.sweep(controller_database)
    assert await steps(ada, old) == []
    for run in (young, running, source):
        assert await steps(ada, run) == [1, 2]
    (latest,) = (await ada.get(f"/runs/{old}"))["metrics"]
    assert (latest["value"], latest["minimum"], latest["points"]) == (0.5, 0.5, 2)
    assert await lines(ada, old) == ["a needle\n"]
    assert await events(ada) == [{"log_entries": 0, "runs": 1, "points": 2}]


async def test_no_project_keeps_more_than_the_platform(ada: Person, desk: Desk, controller_database: Database) -> None:
    run = await reported(ada)
    await fold_waiting(controller_database)
    await came(controller_database, run, now() - timedelta(days=5))
    await end(desk, ada, run, days_ago=5)
    await keep(ada, log_days=30, metric_days=30)
    await telemetry.sweep(controller_database, Kept(logs=10, metrics=10))
    assert (len(await lines(ada, run)), await steps(ada, run)) == (2, [1, 2])
    await telemetry.sweep(controller_database, Kept(logs=4, metrics=4))
    assert (len(await lines(ada, run)), await steps(ada, run)) == (1, [])


async def test_months_that_nobody_may_keep_are_dropped_whole(
    ada: Person, controller_database: Database, prepared: Prepared, partitions: list[str]
) -> None:
    run = await reported(ada)
    await came(controller_database, run, datetime(2001, 2, 28, 23, 59, 59, tzinfo=UTC))
    await came(controller_database, run, datetime(2001, 3, 1, tzinfo=UTC))
    assert "logs_others" in await where(controller_database, run)
    partitions += ["logs_2001_02", "logs_2001_03"]
    with psycopg.connect(prepared.url("controller")) as connection:
        for month in ("2001-02-14", "2001-03-31", "2001-03-01"):
            connection.execute("SELECT make_log_partition(%s)", [month])
    assert {"logs_2001_02", "logs_2001_03"} <= await where(controller_database, run), "entries move where they belong"
    assert len(await lines(ada, run)) == 3
    kept = (now() - datetime(2001, 3, 15, tzinfo=UTC)).days
    await telemetry.sweep(controller_database, Kept(logs=kept))
    with psycopg.connect(prepared.owner_url) as connection:
        tables = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE 'logs\\_2001%'"
        left = {row[0] for row in connection.execute(tables)}
    assert left == {"logs_2001_03"}
    assert await lines(ada, run) == ["a needle\n"], "what is left of a month goes entry by entry"


async def test_a_reader_is_not_waited_for(ada: Person, controller_database: Database, prepared: Prepared) -> None:
    run = await reported(ada)
    await came(controller_database, run, now() - timedelta(days=400))
    with psycopg.connect(prepared.owner_url) as connection:
        connection.execute("LOCK TABLE logs_others IN ACCESS SHARE MODE")
        with psycopg.connect(prepared.owner_url, autocommit=True) as other:
            old = other.execute("SELECT (now() - interval '400 days')::date").fetchone()
        assert old
        with (
            psycopg.connect(prepared.url("controller")) as asking,
            pytest.raises(psycopg.errors.LockNotAvailable),
        ):
            asking.execute("SELECT make_log_partition(%s)", old)
        await telemetry.sweep(controller_database)
    assert len(await lines(ada, run)) == 2


async def test_there_are_partitions_for_the_months_to_come(controller_database: Database, ada: Person) -> None:
    await telemetry.sweep(controller_database)
    run = await reported(ada)
    month = datetime.now(UTC)
    assert await where(controller_database, run) == {f"logs_{month:%Y_%m}"}
    await came(controller_database, run, month + timedelta(days=45))
    assert "logs_others" not in await where(controller_database, run)


async def test_a_removed_run_takes_no_entry_of_another_along(
    ada: Person, desk: Desk, controller_database: Database
) -> None:
    """Rows of two partitions may have the same place in theirs."""
    gone, kept = await reported(ada), await reported(ada)
    for run in (gone, kept):
        for moment in (now() - timedelta(days=365), now() + timedelta(days=31)):
            await came(controller_database, run, moment)
    await ada.http.delete(f"/api/v1/runs/{gone}")
    await desk.execute("UPDATE runs SET deleted_at = now() - interval '31 days' WHERE id = :run", run=gone)
    assert await expired.remove_expired(controller_database, now() - timedelta(days=30)) >= 1
    assert len(await lines(ada, kept)) == 3
    assert await where(controller_database, gone) == set()


@pytest.mark.parametrize("call", ["make_log_partition('2030-01-01')", "drop_log_partitions(now())"])
async def test_partitions_are_the_controllers(app_database: Database, ada: Person, call: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with app_database.session(ada.scope) as session:
            await session.execute(text(f"SELECT {call}"))


@pytest.mark.parametrize("days", [{"log_days": 0}, {"metric_days": -1}, {"log_days": "x"}])
async def test_a_rule_is_a_number_of_days(ada: Person, days: dict[str, Any]) -> None:
    reply = await ada.http.put(f"/api/v1/projects/{ada.project_id}/retention", json={"rules": [], **days})
    assert reply.status_code == 422
