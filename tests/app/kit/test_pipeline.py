"""One round trip, one transaction, and the rows of the scope alone, whoever used the connection before."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import psycopg.errors
import pytest

from app.kit.db import Scope
from app.kit.pipeline import Pipeline, Statement
from tests.fixtures.db import Prepared

ORGANIZATIONS = Statement("SELECT id FROM organizations WHERE id = ANY (%(ids)s) ORDER BY id", {})
SLOW = Statement("SELECT pg_sleep(60)", {})
BROKEN = Statement("SELECT 1 / 0", {})


@pytest.fixture
async def pipeline(prepared: Prepared) -> AsyncIterator[Pipeline]:
    made = Pipeline(prepared.url("app"), size=1)
    await made.open()
    yield made
    await made.close()


@pytest.fixture
async def organizations(prepared: Prepared) -> list[UUID]:
    ids = [uuid4(), uuid4()]
    async with await psycopg.AsyncConnection.connect(prepared.owner_url, autocommit=True) as connection:
        for each in ids:
            await connection.execute(
                "INSERT INTO organizations (id, name, slug) VALUES (%s, %s, %s)", (each, "one", each.hex)
            )
    return ids


async def test_a_connection_that_served_another_sees_only_its_own(
    pipeline: Pipeline, organizations: list[UUID]
) -> None:
    first, second = organizations
    for asked, scope in ((1, first), (1, first), (2, second), (1, second), (2, first), (1, None), (2, first)):
        found = await pipeline.run(Scope((scope,) if scope else ()), [_all(organizations)] * asked)
        assert [result.rows for result in found] == [[(scope,)] if scope else []] * asked


async def test_after_an_error_nothing_of_it_remains(pipeline: Pipeline, organizations: list[UUID]) -> None:
    first, second = organizations
    await pipeline.run(Scope((first,)), [_all(organizations)])
    for broken in ([BROKEN], [BROKEN, _all(organizations)]):
        with pytest.raises(psycopg.errors.DivisionByZero):
            await pipeline.run(Scope((second,)), broken)
        (found,) = await pipeline.run(Scope((first,)), [_all(organizations)])
        assert found.rows == [(first,)]


async def test_an_answer_that_nobody_waited_for_is_not_the_next_ones(
    pipeline: Pipeline, organizations: list[UUID]
) -> None:
    first, _ = organizations
    await pipeline.run(Scope((first,)), [_all(organizations)])
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await pipeline.run(Scope((first,)), [SLOW])

    (found,) = await pipeline.run(Scope((first,)), [_all(organizations)])

    assert found.rows == [(first,)]


def _all(organizations: list[UUID]) -> Statement:
    return Statement(ORGANIZATIONS.text, {"ids": organizations})
