import asyncio
import hashlib
import time
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from app.config import Settings
from app.deletion import blobs
from app.deletion.sweep import sweep
from app.kit.db import CONTROLLER, Database
from app.storage.store import ArtifactStore
from tests.fixtures.auth import Person
from tests.fixtures.factories import make_artifact, make_run, upload

PNG = b"\x89PNG\r\n\x1a\n and the rest"


@pytest.fixture
async def run(ada: Person) -> str:
    made: str = (await make_run(ada))["id"]
    return made


async def logged(person: Person, run_id: str, content: bytes, **fields: Any) -> dict[str, Any]:
    body = {"key": "val/sample", "kind": "image", "media_type": "image/png", "step": 0, "time": 1.5}
    made: dict[str, Any] = await person.post(
        f"/runs/{run_id}/media", body | await upload(person, run_id, content) | fields
    )
    return made


async def test_what_was_logged_is_listed_by_key_and_step_and_comes_down(ada: Person, run: str) -> None:
    first = await logged(ada, run, PNG, attributes={"caption": "a cat"})
    for step in (5, 9):
        await logged(ada, run, PNG, step=step)
    table = await logged(ada, run, b"{}", key="val/errors", kind="table", media_type="application/json", step=9)
    listed = await ada.get(f"/runs/{run}/media", params={"key": "val/sample"})
    assert [row["step"] for row in listed["items"]] == [9, 5, 0]
    assert listed["items"][-1]["attributes"] == {"caption": "a cat"}
    narrowed = await ada.get(f"/runs/{run}/media", params={"from_step": 6, "kind": "table"})
    assert [row["id"] for row in narrowed["items"]] == [table["id"]]
    assert await ada.get(f"/runs/{run}/media:keys") == [
        {"key": "val/errors", "kind": "table", "count": 1, "first_step": 9, "last_step": 9},
        {"key": "val/sample", "kind": "image", "count": 3, "first_step": 0, "last_step": 9},
    ]
    reply = await ada.http.get(f"/api/v1/runs/{run}/media/{first['id']}/content")
    assert reply.content == PNG
    assert reply.headers["content-type"] == "image/png"
    assert reply.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert "sample-0.png" in reply.headers["content-disposition"]


async def test_pages_follow_each_other(ada: Person, run: str) -> None:
    for step in range(5):
        await logged(ada, run, PNG, step=step)
    seen: list[int] = []
    cursor: str | None = None
    while True:
        page = await ada.get(f"/runs/{run}/media", params={"limit": 2} | ({"cursor": cursor} if cursor else {}))
        seen += [row["step"] for row in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert seen == [4, 3, 2, 1, 0]


async def test_the_same_again_is_the_same(ada: Person, run: str) -> None:
    first = await logged(ada, run, PNG)
    again = await asyncio.gather(*(logged(ada, run, PNG) for _ in range(4)))
    assert {row["id"] for row in again} == {first["id"]}
    assert (await logged(ada, run, PNG, attempt=2))["id"] != first["id"]
    assert (await logged(ada, run, PNG + b"!"))["id"] != first["id"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"kind": "table"}, "the media type of a table is one of application/json"),
        ({"media_type": "image/svg+xml"}, "the media type of a image is one of"),
        ({"step": -1}, "step"),
        ({"key": ""}, "key"),
        ({"key": "a\nb"}, "key"),
        ({"size": 1}, "has 21 bytes, not 1"),
        ({"sha256": hashlib.sha256(b"absent").hexdigest()}, "was not uploaded"),
    ],
)
async def test_what_is_wrong_is_named(ada: Person, run: str, wrong: dict[str, Any], said: str) -> None:
    body = {"key": "k", "kind": "image", "media_type": "image/png", "step": 0, "time": time.time()}
    body |= {"sha256": (await upload(ada, run, PNG))["sha256"], "size": len(PNG)}
    reply = await ada.http.post(f"/api/v1/runs/{run}/media", json=body | wrong)
    assert reply.status_code == 422
    assert said in reply.text


async def test_another_run_does_not_have_it(ada: Person, run: str) -> None:
    made = await logged(ada, run, PNG)
    other = (await make_run(ada))["id"]
    assert (await ada.http.get(f"/api/v1/runs/{other}/media/{made['id']}/content")).status_code == 404
    assert (await ada.http.get(f"/api/v1/runs/{run}/media/{uuid4()}/content")).status_code == 404


async def test_its_bytes_count_and_a_hard_limit_refuses_more(ada: Person, run: str) -> None:
    await logged(ada, run, PNG)
    limit = {"project": str(ada.project_id), "resource": "storage", "hard": len(PNG)}
    reply = await ada.http.put(f"/api/v1/orgs/{ada.org}/quota", json=limit)
    assert reply.status_code == 200
    body = {"key": "k", "kind": "image", "media_type": "image/png", "step": 1, "time": 1.0}
    reply = await ada.http.post(f"/api/v1/runs/{run}/media", json=body | await upload(ada, run, PNG))
    assert (reply.status_code, reply.json()["code"]) == (422, "over_quota")
    assert (await logged(ada, run, PNG))["step"] == 0, "what is there already takes no more"


async def test_content_goes_with_the_last_run_that_shows_it(
    ada: Person, run: str, controller_database: Database, settings: Settings
) -> None:
    store = ArtifactStore(settings.store)
    shown, shared = hashlib.sha256(PNG).hexdigest(), hashlib.sha256(b"shared").hexdigest()
    await logged(ada, run, PNG)
    await logged(ada, run, b"shared", kind="text", media_type="text/plain")
    other = (await make_run(ada))["id"]
    await make_artifact(ada, other, {"file": b"shared"})
    assert (await ada.http.delete(f"/api/v1/runs/{run}")).status_code == 204
    await sweep(controller_database, store, timedelta(0))
    await _later(controller_database)
    await blobs.sweep(controller_database, store)
    assert not await store.has(ada.org_id, shown)
    assert await store.has(ada.org_id, shared)
    kept = (await make_run(ada))["id"]
    await logged(ada, kept, b"shared", kind="text", media_type="text/plain")
    assert (await ada.http.delete(f"/api/v1/runs/{other}")).status_code == 204
    await sweep(controller_database, store, timedelta(0))
    await _later(controller_database)
    await blobs.sweep(controller_database, store)
    assert await store.has(ada.org_id, shared), "media refer to it"


async def _later(database: Database) -> None:
    """Beyond the time in which content may be wanted again."""
    statement = text("UPDATE unreferenced_blobs SET created_at = created_at - CAST(:grace AS interval)")
    async with database.session(CONTROLLER) as session:
        await session.execute(statement, {"grace": blobs.GRACE})
