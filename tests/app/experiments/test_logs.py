import asyncio
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
from uuid_utils.compat import uuid7

from app.experiments.ingest_statements import Reach, Report, statements
from app.kit.db import scope_parameters
from tests.fixtures.auth import Person
from tests.fixtures.db import Prepared
from tests.fixtures.factories import make_run
from tests.fixtures.locks import until_blocked
from tests.fixtures.scheduling import TINY, Desk
from trine.specs.telemetry import Batch


def batch(text: str, source: str = "w", sequence: int = 0) -> dict[str, Any]:
    return {"source": source, "sequence": sequence, "logs": [{"time": 1, "text": text}]}


@pytest.fixture
async def run(ada: Person) -> str:
    made: str = (await make_run(ada))["id"]
    return made


async def lines(ada: Person, run: str, **query: Any) -> list[tuple[str, str]]:
    """`(key, text)`."""
    return [(entry["id"], entry["text"]) for entry in await ada.get(f"/runs/{run}/logs", params=query)]


async def test_lines_are_read_on_from_the_last_one_read(ada: Person, run: str) -> None:
    for number in range(5):
        await ada.post(f"/runs/{run}/batches", batch(str(number), sequence=number))
    first = await lines(ada, run, limit=2)
    assert [text for _, text in first] == ["0", "1"]
    rest = await lines(ada, run, after=first[-1][0])
    assert [text for _, text in rest] == ["2", "3", "4"]
    assert await lines(ada, run, after=rest[-1][0]) == []
    assert len(await lines(ada, run, after=str(uuid7()))) == 5, "after a line that is gone, all are told again"


async def test_no_line_appears_before_one_that_was_read(ada: Person, run: str, prepared: Prepared) -> None:
    early = statements(Reach((ada.org_id,)), [Report(UUID(run), Batch.model_validate(batch("early")))])
    async with await psycopg.AsyncConnection.connect(prepared.url("app")) as connection:
        for name, value in scope_parameters(ada.scope).items():
            await connection.execute("SELECT set_config(%s, %s, true)", (f"app.{name}", value))
        for statement in early:
            await connection.execute(statement.text, statement.parameters)
        late = asyncio.create_task(ada.post(f"/runs/{run}/batches", batch("late", source="other")))
        await until_blocked(prepared)
        assert await lines(ada, run) == [], "nothing that came later may be read first"
        await connection.commit()
    await late
    (first, second) = await lines(ada, run)
    assert (first[1], second[1]) == ("early", "late")
    assert await lines(ada, run, after=first[0]) == [second]


async def test_lines_of_other_runs_do_not_wait(ada: Person, run: str, prepared: Prepared) -> None:
    other = (await make_run(ada))["id"]
    early = statements(Reach((ada.org_id,)), [Report(UUID(run), Batch.model_validate(batch("early")))])
    async with await psycopg.AsyncConnection.connect(prepared.url("app")) as connection:
        for name, value in scope_parameters(ada.scope).items():
            await connection.execute("SELECT set_config(%s, %s, true)", (f"app.{name}", value))
        for statement in early:
            await connection.execute(statement.text, statement.parameters)
        await ada.post(f"/runs/{other}/batches", batch("other"))
        assert [text for _, text in await lines(ada, other)] == ["other"]


async def test_the_log_of_a_job_is_resumed_and_ends_with_it(ada: Person, desk: Desk, served: str) -> None:
    job = await ada.post(f"/projects/{ada.project_id}/training-jobs", TINY)
    for number in range(4):
        await ada.post(f"/runs/{job['run_id']}/batches", batch(str(number), sequence=number))
    keys = [key for key, _ in await lines(ada, job["run_id"])]
    async with httpx.AsyncClient(base_url=served, headers=ada.headers, timeout=20) as client:
        following = asyncio.create_task(
            client.get(f"/api/v1/training-jobs/{job['id']}/logs", headers={"Last-Event-ID": keys[1]})
        )
        await ada.post(f"/runs/{job['run_id']}/batches", batch("4", sequence=4))
        await ada.post(f"/training-jobs/{job['id']}:cancel")
        reply = await following
    told = [line.removeprefix("id: ") for line in reply.text.splitlines() if line.startswith("id: ")]
    assert told == [*keys[2:], (await lines(ada, job["run_id"]))[-1][0]]
