"""The table of runs and their series as files, through the API."""

import csv
import io
import math
from typing import Any
from uuid import uuid4

import httpx
import pyarrow.parquet
import pytest

from app.auth.permissions import Role
from app.auth.principal import Principal, PrincipalKind
from app.errors import Unauthenticated
from app.experiments import export
from app.experiments.export_schemas import RunsExportRequest
from app.kit.db import Database
from tests.fixtures.auth import Person
from tests.fixtures.factories import latest_metric, make_run

RUNS: dict[str, dict[str, Any]] = {
    "a": {"params": {"lr": 0.1, "n": 2**60 + 1, "opt": "adam"}, "tags": {"team": "=1+1"}, "loss": 0.30000000000000004},
    "b": {"params": {"lr": "1e-3", "opt": None}, "tags": {}, "loss": math.nan},
    "c": {"params": {"lr": 2, "n": 1, "opt": ["x"]}, "tags": {"team": "nlp"}, "loss": math.inf},
    "d": {"params": {}, "tags": {}},
}


@pytest.fixture
async def ids(ada: Person, app_database: Database) -> dict[str, str]:
    made = {}
    for name, told in RUNS.items():
        run = await make_run(ada, name=name, params=told["params"], tags=told["tags"])
        made[name] = str(run["id"])
        if "loss" in told:
            async with app_database.session(ada.scope) as session:
                session.add(latest_metric(ada, run["id"], "loss", told["loss"]))
    await ada.patch(f"/runs/{made['a']}", {"summary": {"best": 1.5, "note": "good"}})
    return made


async def exported(person: Person, what: str = "runs:export", **body: Any) -> httpx.Response:
    reply = await person.http.post(f"/api/v1/projects/{person.project_id}/{what}", json=body)
    assert reply.status_code == 200, reply.text
    return reply


async def rows(person: Person, what: str = "runs:export", **body: Any) -> list[dict[str, str]]:
    """Of CSV."""
    return list(csv.DictReader(io.StringIO((await exported(person, what, **body)).text, newline="")))


async def table(person: Person, what: str = "runs:export", **body: Any) -> dict[str, list[Any]]:
    """Of Parquet."""
    content = (await exported(person, what, format="parquet", **body)).content
    found: dict[str, list[Any]] = pyarrow.parquet.read_table(io.BytesIO(content)).to_pydict()
    return found


async def test_everything_that_runs_have(ada: Person, ids: dict[str, str]) -> None:
    found = await table(ada, sort="name")
    assert found["id"] == list(ids.values())
    assert found["name"] == ["a", "b", "c", "d"]
    assert found["experiment"] == ["by hand"] * 4
    assert found["user"] == [ada.email] * 4
    assert found["params.lr"] == [0.1, 0.001, 2.0, None], "all write a number"
    assert found["params.n"] == [str(2**60 + 1), None, "1", None], "one of them no float64 has"
    assert found["params.opt"] == ["adam", None, '["x"]', None]
    assert found["tags.team"] == ["=1+1", None, "nlp", None]
    assert found["summary.best"] == [1.5, None, None, None]
    assert found["summary.note"] == ["good", None, None, None]
    assert str(found["metrics.loss"]) == "[0.30000000000000004, nan, inf, None]"
    assert found["created_at"][0].tzinfo is not None
    assert found["ended_at"] == [None] * 4
    assert min(found["duration"]) > 0


async def test_the_filter_order_and_columns_of_the_table(ada: Person, ids: dict[str, str]) -> None:
    columns = ["min(metrics.loss)", "metrics.loss", "params.lr", "tags.team", "status", "name"]
    found = await rows(ada, filter="params.lr > 0", sort="params.lr desc", columns=columns)
    assert list(found[0]) == ["id", "name", "min(metrics.loss)", "metrics.loss", "params.lr", "tags.team", "status"]
    assert [row["name"] for row in found] == ["c", "a", "b"]
    assert [row["metrics.loss"] for row in found] == ["Infinity", "0.30000000000000004", "NaN"]
    assert [row["params.lr"] for row in found] == ["2", "0.1", "1e-3"], "as they were written"
    assert [row["tags.team"] for row in found] == ["nlp", "'=1+1", ""]
    assert await rows(ada, filter="name = 'nobody'") == []
    assert list(await table(ada, filter="name = 'nobody'")) == list(await table(ada, filter="name = 'nothing'"))


async def test_pages_make_one_table(ada: Person, ids: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    whole = await exported(ada, sort="params.lr", columns=["params.lr", "metrics.loss"])
    monkeypatch.setattr(export, "PLACES", 1)
    monkeypatch.setattr(export, "CELLS", 1)
    in_pages = await exported(ada, sort="params.lr", columns=["params.lr", "metrics.loss"])
    assert in_pages.text == whole.text
    assert len(whole.text.splitlines()) == 5


async def test_no_session_is_open_while_a_piece_is_sent(
    ada: Person, ids: dict[str, str], app_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "PLACES", 1)
    request = RunsExportRequest(columns=["params.lr"])

    async def still() -> bool:
        return True

    principal = _principal(ada)
    found = await export.runs(
        app_database, principal=principal, project=str(ada.project_id), request=request, still=still
    )
    assert [app_database.use.in_use async for _ in found.content] == [0] * 5


async def test_an_export_ends_with_the_right_to_it(
    ada: Person, ids: dict[str, str], app_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "PLACES", 1)
    pieces: list[bytes] = []

    async def still() -> bool:
        return len(pieces) < 2

    async def receive() -> None:
        async for piece in found.content:
            pieces.append(piece)  # noqa: PERF401 — what came before it broke off counts

    found = await export.runs(
        app_database,
        principal=_principal(ada),
        project=str(ada.project_id),
        request=RunsExportRequest(),
        still=still,
    )
    with pytest.raises(Unauthenticated):
        await receive()
    assert len(pieces) == 2


async def test_every_point_of_series(ada: Person, ids: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    first = {"steps": [1, 2, 2**53 - 1], "values": [0.1, "NaN", "-Infinity"], "times": [1.5, 2.5, 3.5]}
    again = {"steps": [2], "values": [7.0], "times": [9.0]}
    for sequence, (attempt, metrics) in enumerate([(1, {"loss": first, "acc": again}), (2, {"loss": again})]):
        batch = {"source": "s", "sequence": sequence, "attempt": attempt, "metrics": metrics}
        await ada.post(f"/runs/{ids['a']}/batches", batch)
    monkeypatch.setattr(export, "POINTS", 2)
    found = await table(ada, "runs:export-series", run=[ids["a"], ids["d"]])
    assert found["run"] == ["a"] * 4
    assert found["run_id"] == [ids["a"]] * 4
    assert found["metric"] == ["acc", "loss", "loss", "loss"]
    assert found["step"] == [2, 1, 2, 2**53 - 1]
    assert found["time"] == [9.0, 1.5, 9.0, 3.5], "of two attempts the later holds"
    assert str(found["value"]) == "[7.0, 0.1, 7.0, -inf]"
    told = await rows(ada, "runs:export-series", run=[ids["a"]], name=["loss"])
    assert [row["value"] for row in told] == ["0.1", "7.0", "-Infinity"]
    assert told[2]["step"] == str(2**53 - 1)


async def test_what_is_refused_is_refused_before_anything_is_sent(
    ada: Person, bob: Person, ids: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/api/v1/projects/{ada.project_id}/runs:export"
    for body in ({"filter": "nonsense <"}, {"sort": "lr"}, {"columns": ["lr"]}, {"format": "xlsx"}, {"limit": 1}):
        reply = await ada.http.post(path, json=body)
        assert (reply.status_code, reply.headers["content-type"]) == (422, "application/problem+json")
    for run in (str(uuid4()), (await make_run(bob))["id"]):
        assert (await ada.http.post(f"{path}-series", json={"run": [ids["a"], run]})).status_code == 404
    monkeypatch.setattr(export, "COLUMNS", 12)
    many = await ada.http.get(path)
    assert (many.status_code, many.json()["errors"][0]["field"]) == (422, "columns")


async def test_headers_of_a_file(ada: Person) -> None:
    for kind, media_type in (("csv", "text/csv; charset=utf-8"), ("parquet", "application/vnd.apache.parquet")):
        reply = await exported(ada, format=kind)
        assert reply.headers["content-type"] == media_type
        assert reply.headers["content-disposition"] == f'attachment; filename="runs.{kind}"'
        assert reply.headers["x-content-type-options"] == "nosniff"


def _principal(person: Person) -> Principal:
    return Principal(PrincipalKind.USER, uuid4(), person.user_id, {person.org_id: Role.OWNER})
