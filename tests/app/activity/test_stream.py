import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from app.activity import service
from app.activity.repository import EventRepository
from app.kit.db import Database
from app.kit.notify import notify
from app.tables import Event
from tests.fixtures import sse
from tests.fixtures.auth import Person
from tests.fixtures.factories import make_run
from tests.fixtures.paging import pages


@contextlib.asynccontextmanager
async def stream(address: str, person: Person, last: str | None = None) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
    """Events as they are told."""
    async with sse.stream(address, person, "/events", last) as told:
        yield parsed(told)


async def parsed(told: AsyncIterator[dict[str, str]]) -> AsyncIterator[dict[str, Any]]:
    async for fields in told:
        event = json.loads(fields["data"])
        assert (fields["id"], fields["event"]) == (event["id"], "activity")
        yield event


async def take(events: AsyncIterator[dict[str, Any]], count: int) -> list[str]:
    """Subjects of the next `count` events."""
    return [(await anext(events))["subject_id"] for _ in range(count)]


async def history(person: Person) -> list[dict[str, Any]]:
    """Newest first."""
    found: list[dict[str, Any]] = (await person.get("/events/history"))["items"]
    return found


async def record(session: AsyncSession, person: Person, *, key: UUID | None = None) -> Event:
    event = Event(
        id=key or uuid7(),
        org_id=person.org_id,
        actor_type="user",
        action="test.happened",
        subject_type="test",
        subject_id=uuid7(),
        data={},
    )
    session.add(event)
    await session.flush()
    await notify(session, service.TOPIC, event=event.id)
    return event


async def test_what_happens_is_told_as_it_happens_and_the_past_is_not(ada: Person, served: str) -> None:
    before = (await make_run(ada))["id"]
    async with stream(served, ada) as events:
        first = asyncio.create_task(take(events, 1))
        made = []
        # It begins some time after its first byte.
        while not first.done():
            made.append((await make_run(ada))["id"])
        (told,) = await first
        assert told in made
        assert told != before
        following = [*made[made.index(told) + 1 :], (await make_run(ada))["id"]]
        assert await take(events, len(following)) == following


async def test_a_stream_that_broke_off_goes_on_where_it_was(ada: Person, served: str) -> None:
    made = [(await make_run(ada))["id"] for _ in range(5)]
    keys = [event["id"] for event in (await history(ada))[4::-1]]
    async with stream(served, ada, keys[1]) as events:
        assert await take(events, 3) == made[2:]
        last = await asyncio.gather(take(events, 1), make_run(ada))
        assert last[0] == [last[1]["id"]]
    missed = [(await make_run(ada))["id"] for _ in range(3)]
    newest = (await history(ada))[3]["id"]
    async with stream(served, ada, newest) as events:
        assert await take(events, 3) == missed


async def test_only_what_happens_in_ones_own_organization_is_told(ada: Person, bob: Person, served: str) -> None:
    await make_run(ada)
    last = (await history(ada))[0]["id"]
    await make_run(bob)
    mine = (await make_run(ada))["id"]
    async with stream(served, ada, last) as events:
        assert await take(events, 1) == [mine]
    async with stream(served, bob, last) as events:
        assert mine not in await take(events, 1), "a foreign key leads to what is one's own"


async def test_an_event_of_an_older_transaction_that_is_committed_later_is_told(
    ada: Person, served: str, app_database: Database
) -> None:
    await make_run(ada)
    last = (await history(ada))[0]["id"]
    async with stream(served, ada, last) as events:
        async with app_database.session(ada.scope) as slow:
            late = await record(slow, ada)
            async with app_database.session(ada.scope) as quick:
                early = await record(quick, ada)
            async with app_database.session(ada.scope) as reader:
                repository = EventRepository(reader)
                assert await repository.after(await repository.place(UUID(last)), limit=10) == ([], True)
        assert await take(events, 2) == [str(late.subject_id), str(early.subject_id)]
    async with stream(served, ada, str(late.id)) as events:
        assert await take(events, 1) == [str(early.subject_id)]


async def test_an_event_with_an_older_key_that_is_written_later_is_told(
    ada: Person, served: str, app_database: Database
) -> None:
    await make_run(ada)
    last = (await history(ada))[0]["id"]
    key = uuid7()
    async with stream(served, ada, last) as events:
        async with app_database.session(ada.scope) as session:
            early = await record(session, ada)
        assert await take(events, 1) == [str(early.subject_id)]
        async with app_database.session(ada.scope) as session:
            late = await record(session, ada, key=key)
        assert late.id < early.id
        assert await take(events, 1) == [str(late.subject_id)]
    async with stream(served, ada, str(early.id)) as events:
        assert await take(events, 1) == [str(late.subject_id)]


async def test_nothing_is_lost_of_many_at_once(ada: Person, served: str) -> None:
    await make_run(ada)
    last = (await history(ada))[0]["id"]
    async with stream(served, ada, last) as events:
        runs = asyncio.gather(*[make_run(ada) for _ in range(30)])
        told = await take(events, 30)
        assert sorted(told) == sorted(run["id"] for run in await runs)


async def test_after_an_event_that_is_gone_what_came_later_is_told(ada: Person, served: str) -> None:
    await make_run(ada)
    gone = str(uuid7())
    later = (await make_run(ada))["id"]
    async with stream(served, ada, gone) as events:
        assert await take(events, 1) == [later]


async def test_a_cursor_that_is_none_is_refused(ada: Person, served: str) -> None:
    async with httpx.AsyncClient(base_url=served, headers=ada.headers) as client:
        reply = await client.get("/api/v1/events", headers={"Last-Event-ID": "yesterday"})
    assert reply.status_code == 422


async def test_the_history_comes_in_pages(ada: Person) -> None:
    made = [(await make_run(ada))["id"] for _ in range(5)]
    whole = await history(ada)
    assert [event["subject_id"] for event in whole if event["action"] == "run.created"] == made[::-1]
    assert [event for page in await pages(ada, "/events/history") for event in page] == whole
    (only,) = (await ada.get("/events/history", params={"subject_id": made[2]}))["items"]
    assert only["subject_id"] == made[2]
