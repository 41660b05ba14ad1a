import math
from typing import Any

import pytest

from app.kit.db import Database
from tests.fixtures.auth import Person
from tests.fixtures.factories import latest_metric, make_run


async def ask(ada: Person, metric: str = "metrics.loss", **params: Any) -> dict[str, Any]:
    path = f"/projects/{ada.project_id}/runs:importance"
    found: dict[str, Any] = await ada.get(path, params={"metric": metric} | params)
    return found


async def make_runs(ada: Person, database: Database, count: int) -> None:
    """Runs whose loss is by their learning rate, in whatever way that was written."""
    rows = []
    for n in range(count):
        lr = [0.1, "1e-2", 0.001][n % 3]
        params = {"lr": lr, "seed": n, "same": 1} | ({"opt": "adam"} if n % 2 else {"opt": None})
        run = await make_run(ada, params=params, tags={"half": str(n % 2)})
        await ada.patch(f"/runs/{run['id']}", {"summary": {"score": n % 2}})
        value = math.nan if n == 0 else math.inf if n == 1 else math.log10(float(lr))
        rows.append(latest_metric(ada, run["id"], "loss", value, minimum=value, maximum=0.5))
    async with database.session(ada.scope) as session:
        session.add_all(rows)


async def test_what_a_metric_depends_on(ada: Person, app_database: Database) -> None:
    await make_runs(ada, app_database, 32)
    found = await ask(ada)
    assert found["runs"] == 30, "NaN and infinity are no values to explain"
    assert found["score"] > 0.7
    assert {each["name"] for each in found["params"]} == {"lr", "seed", "opt"}
    first = found["params"][0]
    assert (first["name"], first["runs"]) == ("lr", 30)
    assert first["importance"] > 0.7
    assert first["correlation"] == pytest.approx(1.0)
    halves = await ask(ada, filter="tags.half = '1'")
    assert halves["runs"] == 15
    assert {each["name"] for each in halves["params"]} == {"lr", "seed"}
    score = (await ask(ada, "summary.score"))["params"][0]
    assert (score["name"], score["correlation"], score["runs"]) == ("opt", None, 16)


async def test_what_cannot_be_said(ada: Person, app_database: Database) -> None:
    await make_runs(ada, app_database, 11)
    path = f"/api/v1/projects/{ada.project_id}/runs:importance"
    for metric, code, said in (
        ("metrics.loss", "too_few_runs", "9 runs"),
        ("metrics.nothing", "too_few_runs", "0 runs"),
        ("params.lr", "invalid", "metric"),
        ("loss", "invalid", "metrics.loss"),
        ("metrics.", "invalid", "at character"),
    ):
        reply = await ada.http.get(path, params={"metric": metric})
        assert (reply.status_code, reply.json()["code"]) == (422, code), reply.text
        assert said in reply.text
    # A maximum is a number of every run.
    assert (await ask(ada, "max(metrics.loss)"))["runs"] == 11
