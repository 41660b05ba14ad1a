import asyncio
import math
import random
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
import structlog
from sqlalchemy import text

from app.experiments import folder, ingest_fold
from app.experiments.folder import FOLDS, Folder
from app.experiments.ingest_compaction import compact
from app.experiments.ingest_fold import fold_waiting
from app.kit.db import CONTROLLER, Database
from app.kit.notify import Listener
from tests.fixtures.auth import Person
from tests.fixtures.db import Prepared
from tests.fixtures.factories import make_run

NAMES = ["loss", "reward", "length"]


@pytest.fixture
async def run(ada: Person) -> str:
    made: str = (await make_run(ada))["id"]
    return made


async def send(ada: Person, run: str, sequence: int, steps: list[int], value: float | str, **fields: Any) -> None:
    series = {"steps": steps, "values": [value] * len(steps), "times": [float(sequence)] * len(steps)}
    body = {"source": "w", "sequence": sequence, "metrics": dict.fromkeys(NAMES, series), **fields}
    assert (await ada.post(f"/runs/{run}/batches", body))["applied"]


async def shown(ada: Person, run: str) -> tuple[Any, Any]:
    """All that readers see of a run's metrics."""
    series = await ada.get(f"/runs/{run}/metrics", params={"name": NAMES, "points": 100_000})
    return series, (await ada.get(f"/runs/{run}"))["metrics"]


async def rows(database: Database, table: str, run: str) -> int:
    async with database.session(CONTROLLER) as session:
        statement = text(f"SELECT count(*) FROM {table} WHERE run_id = :run")
        return int((await session.execute(statement, {"run": run})).scalar_one())


async def test_nobody_sees_whether_points_are_folded_or_merged(
    ada: Person, run: str, controller_database: Database
) -> None:
    chance = random.Random(7)
    expected: dict[int, tuple[int, float]] = {}
    said: list[float] = []
    for sequence in range(40):
        attempt = chance.randint(1, 3)
        steps = chance.choices(range(60), k=chance.randint(1, 8))
        value = chance.choice([math.nan, math.inf, -math.inf, chance.random(), float(sequence)])
        sent = {math.inf: "Infinity", -math.inf: "-Infinity"}.get(value, "NaN" if math.isnan(value) else value)
        await send(ada, run, sequence, steps, sent, attempt=attempt)
        said += [value] * len(steps)
        for step in steps:
            if attempt >= expected.get(step, (0, 0.0))[0]:
                expected[step] = attempt, value
        before = await shown(ada, run)
        match chance.randrange(4):
            case 0 | 1:
                await fold_waiting(controller_database)
            case 2:
                await compact(controller_database, UUID(run))
        assert await shown(ada, run) == before
    series, latest = before
    numbers = [value for value in said if not math.isnan(value)]
    for each in series:
        assert each["steps"] == sorted(expected)
        assert [repr(float(value)) for value in each["values"]] == [
            repr(expected[step][1]) for step in sorted(expected)
        ]
        assert each["total"] == len(expected)
    newest = max((attempt, step) for step, (attempt, _) in expected.items())
    for each in latest:
        assert each["points"] == len(said)
        assert (float(each["minimum"]), float(each["maximum"])) == (min(numbers), max(numbers))
        assert each["step"] == newest[1]
        assert repr(float(each["value"])) == repr(expected[newest[1]][1])
    assert await rows(controller_database, "metrics", run) > 0


async def test_batches_that_come_while_others_are_folded_count_once(ada: Person, controller_database: Database) -> None:
    runs = [(await make_run(ada))["id"] for _ in range(4)]
    sent = asyncio.Event()

    async def folding() -> None:
        while not sent.is_set():
            await fold_waiting(controller_database)

    folders = [asyncio.create_task(folding()) for _ in range(3)]
    await asyncio.gather(
        *[send(ada, run, number, [number, number + 1], float(number)) for run in runs for number in range(30)]
    )
    sent.set()
    await asyncio.gather(*folders)
    for run in runs:
        series, latest = await shown(ada, run)
        assert [each["steps"] for each in series] == [list(range(31))] * 3
        assert [each["points"] for each in latest] == [60] * 3
    while await fold_waiting(controller_database):
        continue
    for run in runs:
        assert await rows(controller_database, "metric_batches", run) == 0
        await compact(controller_database, UUID(run))
        assert [each["points"] for each in (await shown(ada, run))[1]] == [60] * 3
        assert await rows(controller_database, "metrics", run) == 3


async def test_a_fold_that_fails_leaves_what_it_took(ada: Person, run: str, controller_database: Database) -> None:
    await send(ada, run, 0, [1, 2], 1.0)
    before = await shown(ada, run)
    async with controller_database.engine.connect() as connection:
        # The last statement of a fold cannot get its row, and is given up.
        await connection.exec_driver_sql("BEGIN")
        await connection.exec_driver_sql("LOCK TABLE metric_latest IN EXCLUSIVE MODE")
        folding = asyncio.create_task(fold_waiting(controller_database))
        await _blocked(controller_database)
        folding.cancel()
        await asyncio.gather(folding, return_exceptions=True)
        await connection.exec_driver_sql("ROLLBACK")
    assert await rows(controller_database, "metric_batches", run) == 1
    assert await shown(ada, run) == before
    await fold_waiting(controller_database)
    assert await shown(ada, run) == before
    assert await rows(controller_database, "metrics", run) == 3


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda points: b"\0", "Damaged: not a batch: unpack_from requires a buffer of at least 4 bytes"),
        # JSON may say NUL, and PostgreSQL cannot hold it.
        (lambda points: points.replace(b"length", rb"\u0000"), "unsupported Unicode escape sequence"),
    ],
    ids=["not points", "refused by the database"],
)
async def test_a_batch_that_cannot_be_folded_is_set_aside(
    ada: Person, run: str, controller_database: Database, damage: Callable[[bytes], bytes], reason: str
) -> None:
    other = (await make_run(ada))["id"]
    for number in range(3):
        await send(ada, run, number, [number], float(number))
    await send(ada, other, 0, [0], 0.0)
    await _damage(controller_database, run, damage)
    with structlog.testing.capture_logs() as logs:
        assert await fold_waiting(controller_database) == {UUID(run): 3, UUID(other): 1}
        assert await fold_waiting(controller_database) == {}
    assert [line["run"] for line in logs if line["event"] == "telemetry.set_aside"] == [run]
    assert await rows(controller_database, "metric_batches", run) == 0
    series, latest = await shown(ada, run)
    assert [each["steps"] for each in series] == [[0, 2]] * len(NAMES)
    assert [each["points"] for each in latest] == [2] * len(NAMES)
    assert [each["steps"] for each in (await shown(ada, other))[0]] == [[0]] * len(NAMES)
    async with controller_database.session(CONTROLLER) as session:
        statement = text("SELECT reason, points FROM unfolded_batches WHERE run_id = :run")
        ((told, points),) = await session.execute(statement, {"run": run})
    assert reason in told
    assert points


async def test_points_beside_a_damaged_batch_are_shown_before_it_is_set_aside(
    ada: Person, run: str, controller_database: Database
) -> None:
    for number in range(3):
        await send(ada, run, number, [number], float(number))
    await _damage(controller_database, run, lambda points: points[:-8])
    with structlog.testing.capture_logs() as logs:
        series, latest = await shown(ada, run)
    assert [each["steps"] for each in series] == [[0, 2]] * len(NAMES)
    assert [each["points"] for each in latest] == [2] * len(NAMES)
    assert {line["run"] for line in logs if line["event"] == "telemetry.unreadable"} == {run}


async def test_a_run_that_cannot_be_merged_does_not_hold_up_the_others(
    ada: Person, run: str, controller_database: Database
) -> None:
    other = (await make_run(ada))["id"]
    for each in (run, other):
        for number in range(2):
            await send(ada, each, number, [number], float(number))
            await fold_waiting(controller_database)
    async with controller_database.session(CONTROLLER) as session:
        await session.execute(text("UPDATE metrics SET values = '\\x09' WHERE run_id = :run"), {"run": run})
    with structlog.testing.capture_logs() as logs:
        for _ in range(2):
            assert not await Folder(controller_database).turn()
    assert [line["run"] for line in logs if line["event"] == "telemetry.not_merged"] == [run] * 2
    assert await rows(controller_database, "metrics", run) == 2 * len(NAMES)
    assert await rows(controller_database, "metrics", other) == len(NAMES)


async def test_what_has_become_much_is_merged(
    ada: Person, run: str, controller_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest_fold, "BATCHES_AT_ONCE", 1)
    for number in range(FOLDS + 1):
        await send(ada, run, number, [number], float(number))
    working = Folder(controller_database)
    for _ in range(FOLDS):
        await working.turn()
    assert await rows(controller_database, "metrics", run) == 3, "merged"
    assert await rows(controller_database, "metric_batches", run) == 1
    assert (await shown(ada, run))[0][0]["steps"] == list(range(FOLDS + 1))


async def test_a_folder_is_woken_by_what_is_told(
    ada: Person, run: str, controller_database: Database, prepared: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "POLL_SECONDS", 3600.0)
    listener = Listener(prepared.url("controller"))
    heard = asyncio.Event()
    listener.on_state(lambda state: heard.set() if state else None)
    listener.start()
    working = asyncio.create_task(Folder(controller_database).run(listener))
    try:
        async with asyncio.timeout(10):
            await heard.wait()
            for number in range(2):
                await send(ada, run, number, [number], float(number))
                while await rows(controller_database, "metric_batches", run):
                    continue
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        await listener.stop()
    assert await rows(controller_database, "metrics", run) == 2 * len(NAMES)


async def _damage(database: Database, run: str, damage: Callable[[bytes], bytes]) -> None:
    """The second of its batches."""
    async with database.session(CONTROLLER) as session:
        found = await session.execute(
            text("SELECT position, points FROM metric_batches WHERE run_id = :run ORDER BY position OFFSET 1 LIMIT 1"),
            {"run": run},
        )
        position, points = found.one()
        damaged = damage(points)
        assert damaged != points
        await session.execute(
            text("UPDATE metric_batches SET points = :points WHERE run_id = :run AND position = :position"),
            {"run": run, "position": position, "points": damaged},
        )


async def _blocked(database: Database) -> None:
    statement = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'metric_latest'::regclass")
    async with asyncio.timeout(10), database.session(CONTROLLER) as session:
        while not (await session.execute(statement)).scalar_one():
            continue
