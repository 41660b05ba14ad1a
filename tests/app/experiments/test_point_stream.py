import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import numpy as np
import pytest

from app.experiments import point_stream
from app.experiments.folding import Metric, chunks_of
from app.experiments.ingest_fold import fold_waiting
from app.experiments.ingest_points import Columns, pack
from app.experiments.point_stream_repository import Reached
from app.experiments.series_repository import Stored
from app.kit.db import Database
from app.kit.uuids import as_uuid
from tests.fixtures import sse
from tests.fixtures.auth import Person
from tests.fixtures.factories import make_run
from trine.specs.telemetry import Series


class Event(NamedTuple):
    name: str
    attempt: int
    points: list[tuple[int, Any]]
    id: str


@pytest.fixture
async def run(ada: Person) -> str:
    made: str = (await make_run(ada))["id"]
    return made


async def send(ada: Person, run: str, sequence: int, points: dict[str, dict[int, Any]], **fields: Any) -> None:
    metrics = {
        name: {"steps": list(each), "values": list(each.values()), "times": [float(step) for step in each]}
        for name, each in points.items()
    }
    await ada.post(f"/runs/{run}/batches", {"source": "w", "sequence": sequence, "metrics": metrics, **fields})


async def end(ada: Person, run: str) -> None:
    await ada.patch(f"/runs/{run}", {"status": "succeeded"})


@contextlib.asynccontextmanager
async def stream(
    address: str, person: Person, run: str, *names: str, last: str | None = None, **query: Any
) -> AsyncIterator[AsyncIterator[Event]]:
    path = f"/runs/{run}/metrics:stream"
    async with sse.stream(address, person, path, last, name=list(names), **query) as told:
        yield parsed(told)


async def parsed(told: AsyncIterator[dict[str, str]]) -> AsyncIterator[Event]:
    async for fields in told:
        assert fields["event"] == "points"
        data = json.loads(fields["data"])
        points = list(zip(data["steps"], data["values"], strict=True))
        assert data["times"] == [float(step) for step in data["steps"]]
        yield Event(data["name"], data["attempt"], points, fields["id"])


async def test_points_are_told_as_they_are_acknowledged(
    ada: Person, run: str, served: str, controller_database: Database
) -> None:
    await send(ada, run, 0, {"loss": {0: 3.0, 1: 2.0}, "other": {0: 1.0}})
    async with stream(served, ada, run, "loss") as told:
        assert (await anext(told)).points == [(0, 3.0), (1, 2.0)]
        await send(ada, run, 1, {"loss": {2: "NaN", 3: "-Infinity"}})
        assert (await anext(told)).points == [(2, "NaN"), (3, "-Infinity")]
        await fold_waiting(controller_database)
        await send(ada, run, 2, {"loss": {4: 0.5}})
        assert (await anext(told)).points == [(4, 0.5)], "what has been folded meanwhile is not told again"
        await end(ada, run)
        assert [event async for event in told] == []


async def test_a_stream_is_resumed_where_it_was(ada: Person, run: str, served: str) -> None:
    await send(ada, run, 0, {"loss": {0: 1.0}, "accuracy": {0: 0.1}})
    async with stream(served, ada, run, "loss", "accuracy") as told:
        first, second = await anext(told), await anext(told)
    assert [each.name for each in (first, second)] == ["accuracy", "loss"]
    await send(ada, run, 1, {"loss": {1: 2.0}})
    await end(ada, run)
    async with stream(served, ada, run, "loss", "accuracy", last=first.id) as told:
        assert [(event.name, event.points) async for event in told] == [("loss", [(0, 1.0), (1, 2.0)])]
    async with stream(served, ada, run, "loss", "accuracy", last=second.id) as told:
        assert [(event.name, event.points) async for event in told] == [("loss", [(1, 2.0)])]
    async with stream(served, ada, run, "loss", after=0) as told:
        assert [event.points async for event in told] == [[(1, 2.0)]]


async def test_a_new_attempt_is_told_from_where_it_resumed(
    ada: Person, run: str, served: str, controller_database: Database
) -> None:
    await send(ada, run, 0, {"loss": {0: 1.0, 1: 1.0, 2: 1.0}})
    async with stream(served, ada, run, "loss") as told:
        assert (await anext(told)).attempt == 1
        await fold_waiting(controller_database)
        await send(ada, run, 1, {"loss": {1: 2.0}}, attempt=2)
        event = await anext(told)
        assert (event.attempt, event.points) == (2, [(1, 2.0)])
        await fold_waiting(controller_database)
    await end(ada, run)
    async with stream(served, ada, run, "loss", after=0) as told:
        assert [(event.attempt, event.points) async for event in told] == [(2, [(1, 2.0)])]


async def test_many_writers_and_a_folder_at_once(
    ada: Person, run: str, served: str, controller_database: Database
) -> None:
    """Of each metric one writes in the order of steps, as a process does."""

    async def write(name: str) -> None:
        for step in range(20):
            metrics = {name: {"steps": [step], "values": [step], "times": [step]}}
            await ada.post(f"/runs/{run}/batches", {"source": name, "sequence": step, "metrics": metrics})

    async def fold() -> None:
        while True:
            await fold_waiting(controller_database)
            await asyncio.sleep(0)

    names = [f"m{number}" for number in range(3)]
    found: dict[str, list[int]] = {name: [] for name in names}
    async with stream(served, ada, run, *names) as told:
        folding = asyncio.create_task(fold())
        writing = asyncio.gather(*[write(name) for name in names])
        while any(len(steps) < 20 for steps in found.values()):
            event = await anext(told)
            found[event.name] += [step for step, _ in event.points]
        await writing
        folding.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await folding
    assert found == {name: list(range(20)) for name in names}


@pytest.mark.parametrize("last", ["x", "1.1", "1.1,2.2,3.3", "1.1,a.b", "1.1,", f"1.1,1.{10**17}"])
async def test_what_no_stream_of_these_metrics_said_is_refused(ada: Person, run: str, last: str) -> None:
    reply = await ada.http.get(
        f"/api/v1/runs/{run}/metrics:stream", params={"name": ["a", "b"]}, headers={"Last-Event-ID": last}
    )
    assert reply.status_code == 422
    assert "Last-Event-ID" in reply.json()["detail"]


async def test_a_run_of_somebody_else_is_not_found(bob: Person, run: str) -> None:
    reply = await bob.http.get(f"/api/v1/runs/{run}/metrics:stream", params={"name": "loss"})
    assert reply.status_code == 404


def test_many_points_come_in_pieces_and_of_one_step_the_last_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(point_stream, "POINTS_AT_ONCE", 2)
    run_id = as_uuid("01a20758-5a12-7600-a3f4-cd7fa76bbd37")
    assert run_id is not None
    columns = Columns(np.array([1, 2, 3]), np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 3.0]))
    (chunk,) = chunks_of(Metric(run_id, run_id, "loss"), 1, columns)
    again = Series(steps=[5, 3, 4], values=[5.0, 30.0, 4.0], times=[5.0, 3.0, 4.0])
    stored = [
        Stored(False, 0, run_id, "loss", 1, 3, chunk.steps, chunk.times, chunk.values),
        Stored(True, 1, run_id, None, None, None, None, None, pack(1, {"loss": again, "unasked": again})),
    ]
    told = point_stream.fresh(stored, {"loss": Reached(1, 1)})
    assert [(each.steps, each.values) for each in told] == [([2, 3], [2.0, 30.0]), ([4, 5], [4.0, 5.0])]
    assert point_stream.fresh(stored, {"loss": Reached(2, 0)}) == []
