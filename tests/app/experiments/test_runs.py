import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from app.kit.db import Database
from tests.fixtures.auth import Person
from tests.fixtures.db import Prepared
from tests.fixtures.factories import make_run
from tests.fixtures.locks import until_blocked
from tests.fixtures.paging import check_pages


async def test_runs_come_in_pages(ada: Person) -> None:
    made = [await make_run(ada) for _ in range(5)]
    await check_pages(ada, f"/projects/{ada.project_id}/runs", [run["id"] for run in made])
    experiment = made[0]["experiment_id"]
    await check_pages(
        ada, f"/projects/{ada.project_id}/runs", [run["id"] for run in made], experiment_id=experiment, kind="custom"
    )


async def test_experiments_come_in_pages(ada: Person) -> None:
    path = f"/projects/{ada.project_id}/experiments"
    made = [(await ada.post(path, {"name": f"experiment {number}"}))["id"] for number in range(5)]
    await check_pages(ada, path, made)


async def test_changes_of_one_run_at_once_are_all_kept(ada: Person) -> None:
    run = (await make_run(ada))["id"]
    await asyncio.gather(
        *[
            ada.patch(f"/runs/{run}", {"summary": {f"m{number}": number}, "tags": {f"t{number}": "x"}})
            for number in range(8)
        ]
    )
    found = await ada.get(f"/runs/{run}")
    assert found["summary"] == {f"m{number}": number for number in range(8)}
    assert len(found["tags"]) == 8


@pytest.mark.parametrize(
    ("meanwhile", "answer"),
    [("summary = '{\"a\": 1}'", 200), ("status = 'succeeded', ended_at = now()", 409)],
)
async def test_a_change_is_made_to_the_run_as_it_is_by_then(
    ada: Person, app_database: Database, prepared: Prepared, meanwhile: str, answer: int
) -> None:
    run = (await make_run(ada))["id"]
    body: dict[str, Any] = {"summary": {"b": 2}, "status": "failed"}
    async with app_database.session(ada.scope) as session:
        await session.execute(text(f"UPDATE runs SET {meanwhile} WHERE id = :run"), {"run": run})
        waits = asyncio.create_task(ada.http.patch(f"/api/v1/runs/{run}", json=body))
        await until_blocked(prepared)
    reply = await waits
    assert reply.status_code == answer
    found = await ada.get(f"/runs/{run}")
    assert found["summary"] == ({"a": 1, "b": 2} if answer == 200 else {})
    assert found["status"] == ("failed" if answer == 200 else "succeeded")
