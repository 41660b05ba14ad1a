import math
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import text

from app.experiments import runs_table_repository, runs_walk_repository
from app.kit.db import Database
from tests.fixtures.auth import Person
from tests.fixtures.factories import latest_metric, make_run
from tests.fixtures.paging import pages

Search = Callable[..., Awaitable[list[str]]]
RUNS: dict[str, dict[str, Any]] = {
    "a": {"params": {"lr": 0.1, "opt": "adam", "n": "64"}, "tags": {"team": "nlp"}, "loss": 0.5, "acc": 0.9},
    "b": {"params": {"lr": 1e-3, "opt": "sgd", "n": "0x"}, "tags": {"team": "vision"}, "loss": 0.2, "acc": 0.7},
    "c": {"params": {"lr": "1e-3", "opt": "Adam", "deep": {"er": True}}, "tags": {"seed": "7"}, "loss": math.nan},
    "d": {"params": {"lr": "auto", "opt": None}, "tags": {}, "loss": math.inf, "acc": 0.8},
    "e": {"params": {"opt": "100%_x" + "y" * 300}, "tags": {"team": "nlp", "seed": "10"}, "acc": 0.7},
}


@pytest.fixture
async def search(ada: Person, app_database: Database) -> Search:
    """Names of the runs that a filter finds, in their order."""
    rows = []
    for name, told in RUNS.items():
        run = await make_run(ada, name=name, params=told["params"], tags=told["tags"])
        rows += [latest_metric(ada, run["id"], metric, told[metric]) for metric in ("loss", "acc") if metric in told]
    async with app_database.session(ada.scope) as session:
        session.add_all(rows)

    async def found(filter_text: str, sort: str = "name", limit: int = 200) -> list[str]:
        told = await pages(
            ada, f"/projects/{ada.project_id}/runs:search", limit=limit, filter=filter_text, sort=sort, columns="name"
        )
        return [row["name"] for rows in told for row in rows]

    return found


FILTERS = {
    "metrics.loss < 0.3": "b",
    "metrics.loss > 0.3": "ad",
    "metrics.loss >= 0.2": "abd",
    "metrics.loss != 0.5": "bcd",
    "metrics.loss = 'nan'": "c",
    "metrics.loss = 'inf'": "d",
    "not metrics.loss < 0.3": "acde",
    "metrics.loss is null": "e",
    "metrics.loss is not null": "abcd",
    "metrics.loss in (0.2, 0.5)": "ab",
    "metrics.loss not in (0.2, 0.5)": "cd",
    "min(metrics.loss) = 0.1 and max(metrics.loss) = 1": "abcd",
    "params.lr = 1e-3": "bc",
    "params.lr = '1e-3'": "c",
    "params.lr = 'auto'": "d",
    "params.lr != 1e-3": "a",
    "params.lr < 1": "abc",
    "params.n = 64": "a",
    "params.opt = 'adam'": "a",
    "params.opt ilike 'adam'": "ac",
    "params.opt like 'a%'": "a",
    "params.opt contains '%_X'": "e",
    "params.opt is null": "d",
    f"params.opt = '100%_x{'y' * 300}'": "e",
    f"params.opt = '100%_x{'y' * 299}'": "",
    "params.deep.er = true": "c",
    "tags.team = 'nlp'": "ae",
    "tags.team != 'nlp'": "b",
    "not tags.team = 'nlp'": "bcd",
    "tags.seed = 7": "c",
    "tags.seed < 11": "ce",
    "tags.team is null and tags.seed is null": "d",
    "metrics.loss < 0.6 and params.lr = 1e-3 and tags.team = 'vision'": "b",
    "metrics.acc = 0.7 or tags.team = 'nlp' and not params.lr > 0": "be",
    "name in ('a', 'b') and status = 'running' and kind = 'custom'": "ab",
    "experiment = 'by hand'": "abcde",
    "duration < 3600 and duration >= 0": "abcde",
    "created_at > '2020-01-01' and ended_at is null": "abcde",
    "user like '%@%'": "abcde",
    "": "abcde",
}


async def test_what_filters_find(search: Search, monkeypatch: pytest.MonkeyPatch) -> None:
    for few in (runs_table_repository.FEW, 0):
        monkeypatch.setattr(runs_table_repository, "FEW", few)
        wrong = {each: found for each, names in FILTERS.items() if (found := "".join(await search(each))) != names}
        assert wrong == {}, few


async def test_counts_are_those_of_the_table(search: Search, ada: Person) -> None:
    for filter_text, names in FILTERS.items():
        counted = await ada.get(f"/projects/{ada.project_id}/runs:count", params={"filter": filter_text})
        assert counted == {"runs": len(names)}, filter_text


SORTS = {
    "": "edcba",
    "created_at": "abcde",
    "metrics.loss": "badce",
    "metrics.loss desc": "dabec",
    "metrics.acc, name desc": "ebdac",
    "metrics.acc desc, metrics.loss": "adbec",
    "metrics.acc desc, created_at": "adbec",
    "min(metrics.loss), params.opt": "abdce",
    "params.lr": "bcade",
    "params.lr desc": "acbde",
    "params.n": "abcde",
    "tags.seed": "ceabd",
    "tags.seed desc, metrics.acc desc": "ecadb",
    "tags.team, name desc": "eabdc",
    "tags.team desc, metrics.loss": "baedc",
    "max(metrics.acc) desc, name": "abdec",
    "status, name desc": "edcba",
    "duration desc, name": "abcde",
    "ended_at, name": "abcde",
}


@pytest.mark.parametrize("limit", [1, 2, 200])
async def test_pages_of_every_order(search: Search, limit: int) -> None:
    found = {each: "".join(await search("", each, limit)) for each in SORTS if each not in COLLATED}
    assert found == {each: names for each, names in SORTS.items() if each not in COLLATED}


async def test_a_run_that_goes_on_is_on_one_page(search: Search, ada: Person, app_database: Database) -> None:
    """All of them last longer when the second page is read than the last of the first page did."""
    begun = "now() - interval '1 hour' + ascii(name) * interval '1 microsecond'"
    async with app_database.session(ada.scope) as session:
        await session.execute(text(f"UPDATE runs SET started_at = {begun}"))
    assert await search("", "duration desc", 1) == list("abcde")
    assert await search("", "duration", 2) == list("edcba")


ORDERS = [
    "metrics.acc, name desc",
    "summary.score desc, tags.team",
    "status, summary.score",
    "tags.team, params.lr, metrics.acc desc",
    "tags.team desc, duration, created_at",
    "params.lr desc, tags.seed desc",
    "min(metrics.loss) desc, max(metrics.acc)",
    "name, created_at desc",
]


@pytest.mark.parametrize("ties", [1, 3, 1000])
async def test_a_walk_tells_what_sorting_everything_tells(
    search: Search, ada: Person, ties: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(8):
        run = await make_run(ada, name="fgh"[number % 3] + str(number), params={"lr": [0.1, "auto", 1][number % 3]})
        tags = {"team": "nlp"} if number % 2 else {"seed": str(number % 5)}
        told = {"tags": tags, "summary": {"score": [None, "high", 0.5, 2][number % 4]}}
        await ada.patch(f"/runs/{run['id']}", told)
    for filter_text in ("", "name != 'a' and not params.lr = 'auto'"):
        monkeypatch.setattr(runs_walk_repository, "WINDOW", 0)
        whole = {order: await search(filter_text, order) for order in ORDERS}
        monkeypatch.setattr(runs_walk_repository, "WINDOW", 5000)
        monkeypatch.setattr(runs_walk_repository, "TIES", ties)
        assert {order: await search(filter_text, order, 2) for order in ORDERS} == whole


async def test_what_is_found_is_what_the_run_has_now(search: Search, ada: Person, app_database: Database) -> None:
    run = (await ada.post(f"/projects/{ada.project_id}/runs:search", {"filter": "name = 'b'"}))["items"][0]["id"]
    assert await search("tags.team = 'vision'") == ["b"]
    await ada.patch(f"/runs/{run}", {"tags": {"team": "audio"}, "summary": {"best": 0.5}, "status": "failed"})
    assert await search("tags.team = 'vision'") == []
    assert await search("tags.team = 'audio'") == await search("status = 'failed'") == ["b"]
    assert await search("summary.best < 1", "summary.best") == ["b"]
    assert await search("", "tags.team, name", 1) == list("baecd")
    async with app_database.session(ada.scope) as session:
        await session.execute(text("UPDATE runs SET name = 'z', tags = tags - 'team' WHERE name = 'a'"))
    assert await search("tags.team = 'nlp'") == ["e"]
    assert await search("name = 'a'") == []
    assert await search("", "tags.team desc, name desc", 1) == list("ebzdc")


async def test_a_tag_that_no_index_takes_is_found_all_the_same(search: Search, ada: Person) -> None:
    long = "k" * 300
    await make_run(ada, name="f", tags={long: "x", "note": "y" * 300})
    assert await search(f"tags.{long} = 'x'") == ["f"]
    assert await search("", f"tags.{long}, name", 2) == list("fabcde")
    assert await search(f"tags.note = '{'y' * 300}'") == ["f"]
    assert await search(f"tags.note = '{'y' * 299}'") == []


COLLATED = {"min(metrics.loss), params.opt"}
"""Whether capitals come first is the database's."""


@pytest.mark.parametrize("limit", [1, 2])
async def test_pages_of_a_filter_in_every_way(search: Search, limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for few in (runs_table_repository.FEW, 0):
        monkeypatch.setattr(runs_table_repository, "FEW", few)
        assert "".join(await search("params.lr < 1", "metrics.loss", limit)) == "bac"
        assert "".join(await search("params.lr < 1", "metrics.loss desc", limit)) == "abc"
        assert "".join(await search("metrics.acc >= 0.7", "params.lr", limit)) == "bade"


async def test_rows_have_the_columns_that_were_asked_for(search: Search, ada: Person) -> None:
    body = {"filter": "name = 'd' or name = 'a'", "sort": "name", "columns": ["metrics.loss", "params.lr", "tags.team"]}
    answer = await ada.post(f"/projects/{ada.project_id}/runs:search", body)
    first, second = answer["items"]
    assert answer["next_cursor"] is None
    assert first["metrics"] == {"loss": {"step": 9, "value": 0.5, "minimum": 0.1, "maximum": 1.0}}
    assert (first["params"], first["tags"], first["status"]) == ({"lr": 0.1}, {"team": "nlp"}, "running")
    assert (second["metrics"]["loss"]["value"], second["params"], second["tags"]) == ("Infinity", {"lr": "auto"}, {})
    everything = (await ada.post(f"/projects/{ada.project_id}/runs:search", {"filter": "name = 'c'"}))["items"][0]
    assert everything["params"] == {"lr": "1e-3", "opt": "Adam", "deep.er": True}
    assert everything["metrics"]["loss"]["value"] == "NaN"


async def test_what_is_deleted_is_not_found(search: Search, ada: Person) -> None:
    told = await ada.post(f"/projects/{ada.project_id}/runs:search", {"filter": "params.lr < 0.01"})
    run = told["items"][0]["id"]
    await ada.patch(f"/runs/{run}", {"status": "failed"})
    assert (await ada.http.delete(f"/api/v1/runs/{run}")).status_code == 204
    left = (await ada.post(f"/projects/{ada.project_id}/runs:search", {"filter": "params.lr < 0.01"}))["items"]
    assert run not in [row["id"] for row in left]
    assert len(left) == 1


async def test_nobody_finds_runs_of_others(search: Search, ada: Person, bob: Person) -> None:
    await make_run(bob, name="theirs", params={"lr": 0.1})
    for body in ({"filter": "params.lr = 0.1"}, {}):
        theirs = await bob.post(f"/projects/{bob.project_id}/runs:search", body)
        assert [row["name"] for row in theirs["items"]] == ["theirs"]
        foreign = await bob.http.post(f"/api/v1/projects/{ada.project_id}/runs:search", json=body)
        assert foreign.status_code == 404


@pytest.mark.parametrize(
    ("field", "value", "position"),
    [
        ("filter", "metrics.loss <", 14),
        ("filter", "name = 'a'; drop table runs", 10),
        ("sort", "metrics.loss upwards", 13),
        ("sort", "name, kind, status, user, id, duration", None),
        ("columns", ["params."], 7),
        ("cursor", "AAAA", None),
        ("cursor", "W10", None),
    ],
)
async def test_what_is_wrong_is_told_with_its_place(ada: Person, field: str, value: Any, position: int | None) -> None:
    reply = await ada.http.post(f"/api/v1/projects/{ada.project_id}/runs:search", json={field: value})
    assert reply.status_code == 422
    told = reply.json()
    assert told["errors"][0]["field"] == field
    assert told.get("position") == position


async def test_a_cursor_belongs_to_its_question(search: Search, ada: Person) -> None:
    path = f"/projects/{ada.project_id}/runs:search"
    cursor = (await ada.post(path, {"sort": "metrics.loss", "limit": 1}))["next_cursor"]
    reply = await ada.http.post(f"/api/v1{path}", json={"sort": "metrics.acc", "limit": 1, "cursor": cursor})
    assert (reply.status_code, reply.json()["errors"][0]["field"]) == (422, "cursor")


async def test_numbers_that_no_float_holds_are_stored_all_the_same(ada: Person, app_database: Database) -> None:
    run = await make_run(ada, params={"huge": 10**400, "tiny": "1e-99", "long": "9" * 70, "dots": "1.2.3"})
    async with app_database.session(ada.scope) as session:
        statement = text("SELECT key, number FROM params WHERE run_id = :run")
        numbers = {row.key: row.number for row in await session.execute(statement, {"run": run["id"]})}
    assert numbers == {"dots": None, "huge": None, "long": None, "tiny": 1e-99}
