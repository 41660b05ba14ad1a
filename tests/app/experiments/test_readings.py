import gzip
import itertools
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import numpy as np
import pyarrow
import pytest
from sqlalchemy import text

from app.experiments.folding import TARGET_POINTS
from app.experiments.ingest_compaction import compact
from app.experiments.ingest_fold import fold_waiting
from app.kit.db import CONTROLLER, Database
from tests.fixtures.auth import Person
from tests.fixtures.factories import make_run

POINTS = 20_000
SPLIT = 5_000
"""Points of a batch."""


@pytest.fixture
async def run(ada: Person) -> str:
    made: str = (await make_run(ada))["id"]
    return made


def noise() -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    values = np.random.default_rng(5).standard_normal(POINTS)
    values[::97] = np.nan
    return values


async def report(ada: Person, run: str, name: str, values: Any, *, every_s: float = 0.5, first: int = 0) -> None:
    began = 1_700_000_000.0
    for sequence, start in enumerate(range(0, len(values), SPLIT)):
        steps = list(range(first + start, first + min(start + SPLIT, len(values))))
        series = {
            "steps": steps,
            "values": ["NaN" if value != value else value for value in values[start : start + SPLIT].tolist()],
            "times": [began + every_s * step for step in steps],
        }
        body = {"source": name, "sequence": sequence, "metrics": {name: series}}
        assert (await ada.post(f"/runs/{run}/batches", body))["applied"]


async def settled(database: Database, run: str) -> None:
    while await fold_waiting(database):
        continue
    await compact(database, UUID(run))


async def curves(ada: Person, runs: list[str], names: list[str], **query: Any) -> dict[tuple[str, str], Any]:
    path = f"/projects/{ada.project_id}/runs:series"
    found = await ada.get(path, params={"run": runs, "name": names, **query})
    return {(curve["run_id"], curve["name"]): curve for curve in found}


@pytest.mark.parametrize("within", [None, (3_217, 15_001)])
async def test_every_column_of_a_chart_has_its_least_and_its_greatest_point(
    ada: Person, run: str, controller_database: Database, within: tuple[int, int] | None
) -> None:
    values, pixels = noise(), 300
    await report(ada, run, "loss", values)
    await settled(controller_database, run)
    first, last = within or (0, POINTS - 1)
    query = {"first": first, "last": last} if within else {}
    curve = (await curves(ada, [run], ["loss"], points=4 * pixels, **query))[run, "loss"]
    assert curve["total"] == last - first + 1
    assert len(curve["x"]) <= 4 * pixels
    x, shown = np.array(curve["x"]), np.array(curve["values"], np.float64)
    assert np.array_equal(shown, values[x.astype(int)], equal_nan=True), "points are those that were reported"
    steps = np.arange(first, last + 1)
    edges = np.linspace(first, last, pixels + 1)
    for start, end in itertools.pairwise(edges):
        everything = values[steps[(steps >= start) & (steps < end)]]
        drawn = shown[(x >= start) & (x < end)]
        assert np.nanmin(drawn) == np.nanmin(everything)
        assert np.nanmax(drawn) == np.nanmax(everything)


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"first": 3_217, "last": 15_001},
        {"axis": "time"},
        {"axis": "relative", "first": -1e9, "last": 1e9},
        {"axis": "time", "first": 1_700_001_000.25, "last": 1_700_009_000.0},
    ],
    ids=["steps", "some steps", "time", "relative", "some time"],
)
async def test_a_chart_of_extremes_is_the_chart_of_all_points(
    ada: Person, run: str, controller_database: Database, query: dict[str, Any]
) -> None:
    """As they wait all are looked at; merged, what their blocks say comes first."""
    await report(ada, run, "loss", noise())
    names = {"name": ["loss"], "points": 40}

    async def shown() -> tuple[Any, Any]:
        return await curves(ada, [run], ["loss"], points=40, **query), await ada.get(
            f"/runs/{run}/metrics", params=names | query
        )

    waiting = await shown()
    assert 0 < len(waiting[1][0]["values"]) <= 40
    await settled(controller_database, run)
    async with controller_database.session(CONTROLLER) as session:
        counted = text("SELECT count(*) FROM metrics WHERE run_id = :run AND extremes IS NOT NULL")
        assert (await session.execute(counted, {"run": run})).scalar_one() == -(-POINTS // TARGET_POINTS)
    assert await shown() == waiting
    # One more in order, and then one whose step was said before.
    for sequence, step in enumerate((POINTS, 4_000)):
        series = {"steps": [step], "values": [9.0], "times": [1_700_000_000.0 + 0.5 * step]}
        body = {"source": "late", "sequence": sequence, "metrics": {"loss": series}}
        assert (await ada.post(f"/runs/{run}/batches", body))["applied"]
        waiting = await shown()
        if "first" not in query:
            assert 9.0 in waiting[1][0]["values"]
            assert waiting[1][0]["total"] == POINTS + 1
        await settled(controller_database, run)
        assert await shown() == waiting


async def test_a_chart_over_time_and_over_time_since_the_run_began(ada: Person, run: str) -> None:
    await report(ada, run, "loss", np.arange(100.0))
    started = (await ada.get(f"/runs/{run}"))["started_at"]
    ends = {"first": 1_700_000_010.0, "last": 1_700_000_020.0}
    by_time = (await curves(ada, [run], ["loss"], axis="time", **ends))[run, "loss"]
    assert by_time["values"] == [float(step) for step in range(20, 41)]
    assert by_time["x"][0] == 1_700_000_010.0
    relative = (await curves(ada, [run], ["loss"], axis="relative"))[run, "loss"]
    seconds = np.datetime64(started.replace("+00:00", "").removesuffix("Z"), "us").astype(float) / 1e6
    assert relative["x"][0] == pytest.approx(1_700_000_000.0 - seconds, abs=0.01)
    assert np.diff(relative["x"]) == pytest.approx(0.5)


async def test_a_curve_is_smoothed_as_tensorboard_does_it(ada: Person, run: str) -> None:
    values = noise()[:2_000]
    await report(ada, run, "loss", values)
    expected, last, count = [], 0.0, 0
    for value in values.tolist():
        if value != value:
            expected.append(value)
            continue
        last = 0.9 * last + 0.1 * value
        count += 1
        expected.append(last / (1 - 0.9**count))
    curve = (await curves(ada, [run], ["loss"], points=5_000, smoothing=0.9))[run, "loss"]
    np.testing.assert_allclose(np.array(curve["values"], np.float64), expected, rtol=1e-9)


async def test_many_runs_and_metrics_at_once_those_that_have_points(ada: Person, controller_database: Database) -> None:
    runs = [(await make_run(ada))["id"] for _ in range(3)]
    for number, run in enumerate(runs[:2]):
        await report(ada, run, "loss", np.full(50, float(number)))
    await settled(controller_database, runs[0])
    await report(ada, runs[0], "reward", np.arange(10.0))
    found = await curves(ada, runs, ["loss", "reward", "absent"])
    assert set(found) == {(runs[0], "loss"), (runs[0], "reward"), (runs[1], "loss")}
    assert found[runs[1], "loss"]["values"] == [1.0] * 50


async def test_a_large_answer_is_compressed_for_who_takes_it(ada: Person, run: str) -> None:
    await report(ada, run, "loss", noise())
    path = f"/api/v1/projects/{ada.project_id}/runs:series"
    query = {"run": run, "name": "loss", "points": 4800}
    plain = await ada.http.get(path, params=query, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    size = len(plain.content)
    unpacked: dict[str, Callable[[bytes], bytes]] = {
        "gzip": gzip.decompress,
        "zstd": lambda raw: pyarrow.Codec("zstd").decompress(raw, size, asbytes=True),
    }
    for taken, encoding in {"gzip, br": "gzip", "gzip, deflate, br, zstd": "zstd"}.items():
        async with ada.http.stream("GET", path, params=query, headers={"Accept-Encoding": taken}) as reply:
            raw = b"".join([part async for part in reply.aiter_raw()])
        assert reply.headers["content-encoding"] == encoding
        assert reply.headers["vary"] == "Accept-Encoding"
        assert json.loads(unpacked[encoding](raw)) == plain.json()
        assert len(raw) < 60_000


async def test_runs_of_others_and_of_other_projects_are_not_found(ada: Person, bob: Person, run: str) -> None:
    theirs = (await make_run(bob))["id"]
    for person, project, asked in ((ada, ada.project_id, theirs), (bob, ada.project_id, run)):
        reply = await person.http.get(
            f"/api/v1/projects/{project}/runs:series", params={"run": [asked], "name": "loss"}
        )
        assert reply.status_code == 404
    too_many = {"run": [run] * 101, "name": [f"m{number}" for number in range(20)]}
    reply = await ada.http.get(f"/api/v1/projects/{ada.project_id}/runs:series", params=too_many)
    assert reply.status_code == 422
    assert "ask for fewer" in reply.json()["detail"]
