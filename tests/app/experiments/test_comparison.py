"""Runs side by side, through the API."""

import math
from typing import Any
from uuid import uuid4

import pytest

from app.experiments import environments
from app.kit.db import Database
from tests.fixtures.auth import Person
from tests.fixtures.captured import captured
from tests.fixtures.factories import latest_metric, make_artifact, make_run


async def compare(ada: Person, *runs: str, **params: Any) -> dict[str, Any]:
    found: dict[str, Any] = await ada.get(f"/projects/{ada.project_id}/runs:compare", params={"run": runs} | params)
    return found


def rows(found: dict[str, Any], part: str) -> dict[str, tuple[list[Any], list[int], bool]]:
    return {row["name"]: (row["values"], row["missing"], row["identical"]) for row in found[part]}


async def test_configuration_metrics_and_summary(ada: Person, app_database: Database) -> None:
    one = await make_run(ada, name="one", params={"lr": 0.1, "model": {"depth": 2}}, tags={"team": "nlp"})
    two = await make_run(ada, name="two", params={"lr": "1e-1", "opt": None})
    for run, value in ((one, 1.0), (two, math.nan)):
        async with app_database.session(ada.scope) as session:
            session.add(latest_metric(ada, run["id"], "loss", value, minimum=0.5))
    await ada.patch(f"/runs/{one['id']}", {"summary": {"best": 3}})
    found = await compare(ada, two["id"], one["id"])
    assert [run["name"] for run in found["runs"]] == ["two", "one"]
    assert rows(found, "params") == {
        "lr": (["1e-1", 0.1], [], True),
        "model.depth": ([None, 2], [0], False),
        "opt": ([None, None], [1], False),
    }
    assert rows(found, "tags") == {"team": ([None, "nlp"], [0], False)}
    assert rows(found, "summary") == {"best": ([None, 3], [0], False)}
    (loss,) = found["metrics"]
    assert [value["value"] for value in loss["values"]] == ["NaN", 1.0]
    assert (loss["name"], loss["missing"], loss["identical"]) == ("loss", [], False)
    hidden = await compare(ada, one["id"], two["id"], hide_identical=True)
    assert set(rows(hidden, "params")) == {"model.depth", "opt"}


async def test_environment_and_packages(ada: Person) -> None:
    one = await captured(ada, x=2, torch="2.1", tags={"command": "ignored: the artifact says more"})
    two = await captured(ada, x=None, torch="2.2")
    three = (await make_run(ada, tags={"command": "python t.py", "python": "3.12.1", "version.torch": "2.2"}))["id"]
    four = (await make_run(ada))["id"]
    found = await compare(ada, one, two, three, four)
    assert [run["environment"] for run in found["runs"]] == ["artifact", "artifact", "tags", "none"]
    assert [run["code"]["dirty"] for run in found["runs"]] == [True, False, None, None]
    assert rows(found, "environment")["python.version"] == (["3.11.9", "3.11.9", "3.12.1", None], [3], False)
    assert rows(found, "environment")["git.commit"] == (["c1", "c1", None, None], [2, 3], False)
    assert rows(found, "packages") == {
        "torch": (["2.1", "2.2", "2.2", None], [3], False),
        "py-yaml": (["6", "6", None, None], [2, 3], False),
    }


async def test_the_last_environment_of_a_run_that_was_resumed(ada: Person) -> None:
    run = await captured(ada, x=2, torch="2.1")
    files = {"environment.json": b'{"python": {"version": "3.13.0"}}'}
    await make_artifact(ada, run, files, name="environment", kind="environment")
    found = await compare(ada, run)
    assert rows(found, "environment") == {"python.version": (["3.13.0"], [], True)}
    assert found["packages"] == []
    assert found["runs"][0]["code"]["patch"] is None


@pytest.mark.parametrize("content", [b"no json", b"[1]", b"{" * 5000, b'{"a": "' + b"x" * 600_000 + b'"}', b"\xff\xfe"])
async def test_what_is_no_environment_is_said_to_be_unreadable(ada: Person, content: bytes) -> None:
    run = await make_run(ada, tags={"python": "3.11.1"})
    await make_artifact(ada, run["id"], {"environment.json": content}, name="environment", kind="environment")
    found = await compare(ada, run["id"])
    assert found["runs"][0]["environment"] == "unreadable"
    assert rows(found, "environment") == {"python.version": (["3.11.1"], [], True)}


async def test_code(ada: Person) -> None:
    runs = [
        await captured(ada, x=2, torch="1"),
        await captured(ada, x=3, torch="1"),
        await captured(ada, x=2, torch="1"),
        await captured(ada, x=None, torch="1", commit="c2"),
        (await make_run(ada))["id"],
    ]

    async def code(base: int, other: int) -> tuple[Any, ...]:
        path = f"/projects/{ada.project_id}/runs:compare-code"
        found = await ada.get(path, params={"base": runs[base], "other": runs[other]})
        files = [(file["path"], file["state"]) for file in found["files"]]
        return found["same_commit"], found["identical"], files, [file["text"] for file in found["files"]]

    assert await code(0, 2) == (True, True, [("t.py", "same")], [""])
    assert await code(0, 0) == (True, True, [("t.py", "same")], [""])
    same_commit, identical, files, (text,) = await code(0, 1)
    assert (same_commit, identical, files) == (True, False, [("t.py", "changed")])
    assert [line for line in text.splitlines()[2:] if line[0] in "+-"] == ["-+x = 2", "++x = 3"]
    assert (await code(0, 3))[:3] == (False, False, [("t.py", "only_base")])
    assert (await code(4, 1))[:3] == (None, None, [("t.py", "only_other")])


async def test_a_patch_larger_than_any_of_ours_is_not_read(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    run = await captured(ada, x=2, torch="1")
    monkeypatch.setitem(environments.MOST, environments.PATCH, 10)
    path = f"/api/v1/projects/{ada.project_id}/runs:compare-code"
    reply = await ada.http.get(path, params={"base": run, "other": run})
    assert (reply.status_code, reply.json()["code"]) == (422, "invalid")


async def test_only_runs_of_the_project(ada: Person, bob: Person) -> None:
    mine, theirs = (await make_run(ada))["id"], (await make_run(bob))["id"]
    other = await ada.post(f"/orgs/{ada.org}/projects", {"slug": "other", "name": "Other"})
    path = f"/api/v1/projects/{ada.project_id}/runs:compare"
    for wrong in (theirs, str(uuid4())):
        reply = await ada.http.post(path, json={"run": [mine, wrong]})
        assert (reply.status_code, reply.json()["code"]) == (404, "not_found")
        code = await ada.http.get(f"{path}-code", params={"base": mine, "other": wrong})
        assert code.status_code == 404
    assert (await ada.http.get(f"/api/v1/projects/{other['id']}/runs:compare", params={"run": mine})).status_code == 404
    assert (await ada.http.post(path, json={"run": [mine, mine]})).json()["runs"][0]["id"] == mine
    assert (await ada.http.post(path, json={"run": []})).status_code == 422
    assert (await ada.http.post(path, json={"run": [str(uuid4()) for _ in range(51)]})).status_code == 422
