"""Runs in groups, and how their metrics spread."""

import math
import statistics
from typing import Any

import pytest

from app.kit.db import Database
from tests.fixtures.auth import Person
from tests.fixtures.factories import latest_metric, make_run
from tests.fixtures.paging import pages

LOSSES: dict[tuple[float | str | None, str | None], list[float | None]] = {
    (0.1, "adam"): [0.1, 0.2, 0.3],
    ("1e-1", "adam"): [0.4],
    (1, "adam"): [1.0, math.nan, math.inf, 1e200],
    ("auto", 'a "b" \\c'): [5.0],
    (None, None): [None],
}
"""By learning rate and optimizer; None: there is none."""


@pytest.fixture
async def runs(ada: Person, app_database: Database) -> list[str]:
    made = []
    for (lr, optimizer), losses in LOSSES.items():
        for seed, loss in enumerate(losses):
            params: dict[str, Any] = {"seed": seed} | ({"lr": lr} if lr is not None else {})
            tags = {"optimizer": optimizer} if optimizer else {}
            run = await make_run(ada, name=f"{lr}-{seed}", params=params, tags=tags)
            made.append(str(run["id"]))
            if loss is not None:
                async with app_database.session(ada.scope) as session:
                    session.add(latest_metric(ada, run["id"], "loss", loss, minimum=0.05, maximum=loss))
    return made


async def grouped(ada: Person, **body: Any) -> list[dict[str, Any]]:
    found = await ada.post(f"/projects/{ada.project_id}/runs:group", body)
    items: list[dict[str, Any]] = found["items"]
    return items


async def test_mean_and_spread_over_seeds(ada: Person, runs: list[str]) -> None:
    found = await grouped(ada, by=["params.lr"], metrics=["metrics.loss", "min(metrics.loss)", "metrics.other"])
    assert [(group["keys"], group["runs"]) for group in found] == [
        *(([0.1], 4), ([1.0], 4), (["auto"], 1), ([None], 1)),
    ]
    losses = [0.1, 0.2, 0.3, 0.4]
    first, least, other = found[0]["metrics"]
    assert first == {
        "count": 4,
        "mean": pytest.approx(statistics.mean(losses)),
        "deviation": pytest.approx(statistics.stdev(losses)),
        "minimum": 0.1,
        "maximum": 0.4,
        "others": 0,
    }
    assert (least["mean"], least["deviation"]) == (pytest.approx(0.05), pytest.approx(0, abs=1e-12))
    nothing = {"count": 0, "mean": None, "deviation": None, "minimum": None, "maximum": None, "others": 0}
    assert other == found[3]["metrics"][0] == nothing
    one = {"count": 1, "mean": 1.0, "deviation": None, "minimum": 1.0, "maximum": 1.0, "others": 3}
    assert found[1]["metrics"][0] == one, "what has no mean does not take it from the others"


async def test_each_filter_finds_its_group(ada: Person, runs: list[str]) -> None:
    narrowed = "not name = '0.1-0'"
    found = await grouped(ada, by=["params.lr", "tags.optimizer", "experiment"], filter=narrowed)
    assert sum(group["runs"] for group in found) == len(runs) - 1
    for group in found:
        assert group["keys"][2] == "by hand"
        counted = await ada.get(f"/projects/{ada.project_id}/runs:count", params={"filter": group["filter"]})
        assert counted["runs"] == group["runs"], group["filter"]


SORTS = {
    "": [0.1, 1.0, "auto", None],
    "params.lr desc": [1.0, 0.1, "auto", None],
    "metrics.loss": [0.1, 1.0, "auto", None],
    "metrics.loss desc": ["auto", 1.0, 0.1, None],
    "min(metrics.loss), params.lr": [0.1, 1.0, "auto", None],
    "max(metrics.loss) desc": ["auto", 1.0, 0.1, None],
}


@pytest.mark.parametrize("limit", [1, 3, 200])
async def test_pages_of_every_order(ada: Person, runs: list[str], limit: int) -> None:
    for sort, keys in SORTS.items():
        metrics = ["metrics.loss", "min(metrics.loss)", "max(metrics.loss)"]
        told = await pages(
            ada, f"/projects/{ada.project_id}/runs:group", limit=limit, by="params.lr", metrics=metrics, sort=sort
        )
        assert [group["keys"][0] for groups in told for group in groups] == keys, sort


async def test_what_is_refused(ada: Person, bob: Person, runs: list[str]) -> None:
    path = f"/api/v1/projects/{ada.project_id}/runs:group"
    for body, field in (
        ({"by": ["metrics.loss"]}, "by"),
        ({"by": ["summary.x"]}, "by"),
        ({"by": ["created_at"]}, "by"),
        ({"by": ["duration"]}, "by"),
        ({"by": ["lr"]}, "by"),
        ({"by": []}, "by"),
        ({"by": ["params.lr"], "metrics": ["params.seed"]}, "metrics"),
        ({"by": ["params.lr"], "sort": "params.seed"}, "sort"),
        ({"by": ["params.lr"], "sort": "metrics.loss"}, "sort"),
        ({"by": ["params.lr"], "cursor": "x"}, "cursor"),
        ({"by": ["params.lr"], "filter": "lr <"}, "filter"),
    ):
        reply = await ada.http.post(path, json=body)
        assert (reply.status_code, reply.json()["errors"][0]["field"]) == (422, field), reply.text
    page = await ada.post(f"/projects/{ada.project_id}/runs:group", {"by": ["params.lr"], "limit": 1})
    other = await ada.http.post(path, json={"by": ["tags.optimizer"], "limit": 1, "cursor": page["next_cursor"]})
    assert (other.status_code, other.json()["errors"][0]["field"]) == (422, "cursor")
    assert (await bob.http.post(path, json={"by": ["params.lr"]})).status_code == 404
    assert await grouped(bob, by=["params.lr"]) == []
