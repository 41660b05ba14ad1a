import asyncio
from typing import Any
from uuid import UUID

import psycopg
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from app.errors import Invalid
from app.experiments import ingest
from app.experiments.ingest_statements import Reach, Report
from app.kit.db import CONTROLLER, Database, Scope
from tests.fixtures.auth import Person
from tests.fixtures.factories import make_run
from trine.specs.telemetry import Ack, Batch


def series(steps: list[int], values: list[Any]) -> dict[str, Any]:
    return {"steps": steps, "values": values, "times": [float(step) for step in steps]}


@pytest.fixture
async def run(ada: Person) -> str:
    made: str = (await make_run(ada))["id"]
    return made


async def send(ada: Person, run: str, sequence: int, source: str = "w", **fields: Any) -> Any:
    return await ada.post(f"/runs/{run}/batches", {"source": source, "sequence": sequence, **fields})


async def points(ada: Person, run: str, name: str = "loss", **query: Any) -> dict[str, Any]:
    (found,) = await ada.get(f"/runs/{run}/metrics", params={"name": name, **query})
    return dict(found)


async def latest(ada: Person, run: str) -> dict[str, Any]:
    return {metric["name"]: metric for metric in (await ada.get(f"/runs/{run}"))["metrics"]}


async def test_a_batch_is_applied_once_however_often_it_is_sent(ada: Person, run: str) -> None:
    metrics = {"loss": series([1, 2], [2.0, 1.0])}
    answers = await asyncio.gather(*[send(ada, run, 0, metrics=metrics, params={"a": 1}) for _ in range(4)])
    assert sorted(answer["applied"] for answer in answers) == [False, False, False, True]
    assert (await send(ada, run, 0, metrics=metrics))["applied"] is False
    assert (await points(ada, run))["steps"] == [1, 2]
    assert (await latest(ada, run))["loss"]["points"] == 2
    assert (await send(ada, run, 0, source="other", metrics=metrics))["applied"] is True, "of another process"


async def test_batches_of_many_processes_at_once(ada: Person, run: str) -> None:
    names = [f"metric-{index}" for index in range(20)]
    await asyncio.gather(
        *[
            send(ada, run, 0, source=f"w{worker}", metrics={name: series([worker], [worker]) for name in order})
            for worker, order in enumerate([names, names[::-1], names, names[::-1]])
        ]
    )
    assert {metric["points"] for metric in (await latest(ada, run)).values()} == {4}


async def test_not_a_number_and_infinities_come_back(ada: Person, run: str) -> None:
    await send(ada, run, 0, metrics={"loss": series([1, 2, 3, 4], ["NaN", "Infinity", "-Infinity", 0.5])})
    assert (await points(ada, run))["values"] == ["NaN", "Infinity", "-Infinity", 0.5]
    found = (await latest(ada, run))["loss"]
    assert (found["minimum"], found["maximum"], found["value"]) == ("-Infinity", "Infinity", 0.5)


async def test_extremes_survive_a_batch_of_nothing_but_nan(ada: Person, run: str) -> None:
    await send(ada, run, 0, metrics={"loss": series([1], ["NaN"])})
    await send(ada, run, 1, metrics={"loss": series([2], [3.0])})
    await send(ada, run, 2, metrics={"loss": series([3], ["NaN"])})
    found = (await latest(ada, run))["loss"]
    assert (found["minimum"], found["maximum"], found["value"], found["step"]) == (3.0, 3.0, "NaN", 3)


async def test_points_out_of_order_and_said_again(ada: Person, run: str) -> None:
    await send(ada, run, 0, metrics={"loss": series([5, 1, 3, 3], [5.0, 1.0, 3.0, 30.0])})
    await send(ada, run, 1, metrics={"loss": series([2, 1], [2.0, 10.0])})
    found = await points(ada, run)
    assert found["steps"] == [1, 2, 3, 5]
    assert found["values"] == [10.0, 2.0, 30.0, 5.0]
    newest = (await latest(ada, run))["loss"]
    assert (newest["step"], newest["value"]) == (5, 5.0), "a late point is not the latest"


async def test_of_several_attempts_the_highest_counts(ada: Person, run: str) -> None:
    await send(ada, run, 0, attempt=2, metrics={"loss": series([10, 11], [0.2, 0.1])})
    await send(ada, run, 1, attempt=1, metrics={"loss": series([10, 12], [9.0, 9.0])})
    found = await points(ada, run)
    assert list(zip(found["steps"], found["values"], strict=True)) == [(10, 0.2), (11, 0.1), (12, 9.0)]
    assert (await latest(ada, run))["loss"]["value"] == 0.1


async def test_only_what_is_new_and_no_more_points_than_asked_for(ada: Person, run: str) -> None:
    await send(ada, run, 0, metrics={"loss": series(list(range(1000)), [float(step) for step in range(1000)])})
    found = await points(ada, run, points=8)
    assert len(found["steps"]) <= 8
    assert (found["steps"][0], found["steps"][-1], found["total"]) == (0, 999, 1000)
    assert (await points(ada, run, after=997))["steps"] == [998, 999]
    assert (await points(ada, run, name="absent"))["steps"] == []


async def test_params_tags_and_summary_are_merged(ada: Person, run: str) -> None:
    await send(ada, run, 0, params={"a": 1, "b": None}, tags={"x": "1"}, summary={"best": 1})
    await send(ada, run, 1, params={"a": [2]}, tags={"y": "2"}, summary={"best": 2, "last": 3})
    found = await ada.get(f"/runs/{run}")
    assert found["params"] == {"a": [2], "b": None}
    assert found["tags"] == {"x": "1", "y": "2"}
    assert found["summary"] == {"best": 2, "last": 3}


async def test_what_postgresql_cannot_hold_is_replaced_and_not_lost(ada: Person, run: str) -> None:
    await send(
        ada,
        run,
        0,
        metrics={"lo\x00ss": series([1], [1.0])},
        params={"a\x00": "b\x00"},
        tags={"t": "\x00"},
        logs=[{"time": 1.5, "text": "one\x00two"}, {"stream": "stderr", "time": 2, "text": "three"}],
        failure={"kind": "data", "message": "no\x00file"},
    )
    found = await ada.get(f"/runs/{run}")
    assert found["params"] == {"a\ufffd": "b\ufffd"}
    assert found["failure"]["message"] == "no\ufffdfile"
    logs = await ada.get(f"/runs/{run}/logs")
    assert [(entry["stream"], entry["text"]) for entry in logs] == [("stdout", "one\ufffdtwo"), ("stderr", "three")]


async def test_a_batch_of_thousands_of_metrics(ada: Person, run: str) -> None:
    metrics = {f"m{index}": series([1], [1.0]) for index in range(7000)}
    assert await send(ada, run, 0, metrics=metrics) == {"applied": True, "points": 7000}


async def test_a_batch_that_is_wrong_says_where(ada: Person, run: str) -> None:
    body = {"source": "w", "sequence": 0, "metrics": {"loss": {"steps": [1], "values": [], "times": []}}, "extra": 1}
    reply = await ada.http.post(f"/api/v1/runs/{run}/batches", json=body)
    assert reply.status_code == 422
    assert {error["field"]: error["message"] for error in reply.json()["errors"]} == {
        "metrics.loss": "steps, values and times must have the same length",
        "extra": "there is no such field",
    }
    late = {"source": "w", "sequence": 0, "logs": [{"time": 1e300, "text": "x"}]}
    assert (await ada.http.post(f"/api/v1/runs/{run}/batches", json=late)).status_code == 422


async def test_a_run_ends_once(ada: Person, run: str) -> None:
    ended = await ada.patch(f"/runs/{run}", {"status": "succeeded", "summary": {"x": 1}})
    assert ended["ended_at"]
    reply = await ada.http.patch(f"/api/v1/runs/{run}", json={"status": "failed"})
    assert reply.status_code == 409


async def test_batches_of_many_runs_at_once_are_each_applied_once(ada: Person) -> None:
    runs = [(await make_run(ada))["id"] for _ in range(6)]

    async def twice(run: str, sequence: int) -> bool:
        fields = {"metrics": {"loss": series([sequence], [1.0])}, "params": {f"p{sequence}": run}, "tags": {"run": run}}
        answers = await asyncio.gather(*[send(ada, run, sequence, **fields) for _ in range(2)])
        return sorted(answer["applied"] for answer in answers) == [False, True]

    assert all(await asyncio.gather(*[twice(run, sequence) for sequence in range(5) for run in runs]))
    for run in runs:
        found = await ada.get(f"/runs/{run}")
        assert [metric["points"] for metric in found["metrics"]] == [5]
        assert found["params"] == {f"p{sequence}": run for sequence in range(5)}
        assert found["tags"] == {"run": run}


async def test_what_the_database_refuses_is_refused_alone(ada: Person, web_app: FastAPI) -> None:
    runs = [UUID((await make_run(ada))["id"]) for _ in range(3)]
    good = Batch.model_validate({"source": "w", "sequence": 0, "metrics": {"loss": series([1], [1.0])}})
    bad = good.model_copy(update={"sequence": 2**63})
    reports = [Report(run, batch) for run, batch in zip(runs, (good, bad, good), strict=True)]
    first, refused, third = await ingest.apply(
        web_app.state.platform.pipeline, Scope((ada.org_id,)), Reach((ada.org_id,)), reports
    )
    assert first == third == Ack(applied=True, points=1)
    assert isinstance(refused, psycopg.DataError)
    assert [len((await ada.get(f"/runs/{run}"))["metrics"]) for run in runs] == [1, 0, 1]


async def test_a_name_that_is_too_long_is_refused_with_its_field(ada: Person, run: str) -> None:
    reply = await ada.http.post(
        f"/api/v1/runs/{run}/batches", json={"source": "w", "sequence": 0, "params": {"p" * 251: 1}}
    )
    assert reply.status_code == 422
    assert reply.json()["errors"][0]["field"].startswith("params")


async def test_a_source_with_too_many_gaps_is_told_what_to_do(
    ada: Person, run: str, web_app: FastAPI, controller_database: Database
) -> None:
    metrics, other = {"loss": series([1], [1.0])}, (await make_run(ada))["id"]
    await send(ada, run, 0, metrics=metrics)
    async with controller_database.session(CONTROLLER) as session:
        every_other = "SELECT range_agg(int8range(2 * n, 2 * n + 1)) FROM generate_series(0, CAST(:gaps AS int8)) AS n"
        statement = text(f"UPDATE batch_sources SET applied = ({every_other}) WHERE run_id = :run")
        await session.execute(statement, {"gaps": ingest.GAPS, "run": run})
    beyond = 2 * ingest.GAPS + 2
    batch = Batch.model_validate({"source": "w", "sequence": beyond, "metrics": metrics})
    reports = [Report(UUID(each), batch) for each in (run, other)]
    refused, taken = await ingest.apply(
        web_app.state.platform.pipeline, Scope((ada.org_id,)), Reach((ada.org_id,)), reports
    )
    assert isinstance(refused, Invalid)
    assert taken == Ack(applied=True, points=1)
    body = {"source": "w", "sequence": beyond, "metrics": metrics}
    reply = await ada.http.post(f"/api/v1/runs/{run}/batches", json=body)
    assert reply.status_code == 422
    assert reply.json()["errors"][0]["field"] == "sequence"
    assert "more than 1000 gaps" in reply.json()["detail"]
    assert "as another source" in reply.json()["detail"]
    assert (await send(ada, run, 2, metrics=metrics))["applied"] is False, "was applied before"
    assert (await send(ada, run, 1, metrics=metrics))["applied"] is True, "fills a gap"
    assert (await send(ada, run, beyond, metrics=metrics))["applied"] is True, "now there is room"
    assert (await send(ada, run, 0, source="new", metrics=metrics))["applied"] is True
    assert (await latest(ada, run))["loss"]["points"] == 4
