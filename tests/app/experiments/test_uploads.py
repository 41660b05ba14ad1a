"""Large files in parts: what arrived is not sent again, whatever dies in between."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from app.config import Settings
from app.deletion import sweep, uploads
from app.kit.db import Database
from app.main import build_app
from app.storage import parts
from app.storage.store import ArtifactStore
from tests.app.storage.content import digest, some
from tests.fixtures.app import client, listening
from tests.fixtures.auth import Person
from tests.fixtures.factories import make_run
from tests.fixtures.scheduling import Desk

WHOLE = some(parts.PART_BYTES + 1000)
PIECES = [WHOLE[: parts.PART_BYTES], WHOLE[parts.PART_BYTES :]]


@pytest.fixture
async def run(ada: Person) -> str:
    made: str = (await make_run(ada))["id"]
    return made


async def begin(person: Person, run: str, content: bytes = WHOLE) -> Any:
    return await person.post(f"/runs/{run}/uploads", {"sha256": digest(content), "size": len(content)})


async def send(person: Person, run: str, upload: str, number: int, piece: bytes) -> httpx.Response:
    path = f"/api/v1/runs/{run}/uploads/{upload}/parts/{number}"
    return await person.http.put(path, params={"sha256": digest(piece)}, content=piece)


async def complete(person: Person, run: str, upload: str, pieces: list[bytes]) -> httpx.Response:
    body = {"parts": [digest(piece) for piece in pieces]}
    return await person.http.post(f"/api/v1/runs/{run}/uploads/{upload}:complete", json=body)


async def test_an_upload_that_broke_off_goes_on(ada: Person, run: str) -> None:
    made = await begin(ada, run)
    assert (made["complete"], made["parts"], made["part_size"]) == (False, [], parts.PART_BYTES)
    assert (await send(ada, run, made["id"], 1, PIECES[1])).json() == {
        "number": 1,
        "sha256": digest(PIECES[1]),
        "size": 1000,
    }
    again = await begin(ada, run)
    assert again["id"] == made["id"]
    assert [part["number"] for part in again["parts"]] == [1]
    missing = await complete(ada, run, made["id"], PIECES)
    assert (missing.status_code, missing.json()["code"]) == (422, "parts_missing")
    assert "1 of 2 parts have not arrived, the first of them is 0" in missing.json()["detail"]
    assert (await send(ada, run, made["id"], 0, PIECES[0])).status_code == 200
    assert (await complete(ada, run, made["id"], PIECES)).status_code == 204
    assert (await complete(ada, run, made["id"], PIECES)).status_code == 204, "an answer may have been lost"
    assert (await begin(ada, run))["complete"]
    file = {"path": "large", "sha256": digest(WHOLE), "size": len(WHOLE)}
    artifact = await ada.post(f"/runs/{run}/artifacts", {"name": "large", "files": [file]})
    assert (await ada.http.get(f"/api/v1/artifacts/{artifact['id']}/files/large")).content == WHOLE


async def test_what_one_organization_has_another_sends(ada: Person, bob: Person, run: str) -> None:
    content = b"the same for both"
    mine = await begin(ada, run, content)
    await send(ada, run, mine["id"], 0, content)
    await complete(ada, run, mine["id"], [content])
    assert (await begin(ada, (await make_run(ada))["id"], content))["complete"], "content is sent once"
    theirs = await begin(bob, (await make_run(bob))["id"], content)
    assert (theirs["complete"], theirs["parts"]) == (False, [])


async def test_a_part_that_is_not_what_it_says_is_not_there(ada: Person, run: str) -> None:
    upload = (await begin(ada, run))["id"]
    path = f"/api/v1/runs/{run}/uploads/{upload}/parts"
    wrong = await ada.http.put(f"{path}/1", params={"sha256": digest(PIECES[1])}, content=some(1000, seed=9))
    assert (wrong.status_code, wrong.json()["code"]) == (422, "digest_mismatch")
    short = await ada.http.put(f"{path}/1", params={"sha256": digest(b"short")}, content=b"short")
    assert (short.status_code, short.json()["code"]) == (422, "wrong_size")
    long = await ada.http.put(f"{path}/1", params={"sha256": digest(some(1001))}, content=some(1001))
    assert (long.status_code, long.json()["code"]) == (422, "too_large")
    beyond = await ada.http.put(f"{path}/2", params={"sha256": digest(b"x")}, content=b"x")
    assert "their numbers are from 0 to 1" in beyond.json()["detail"]
    assert (await begin(ada, run))["parts"] == []


async def test_parts_that_are_not_the_file_are_dropped(ada: Person, run: str) -> None:
    """Each was right: the file changed while it was sent."""
    body = {"sha256": digest(b"before"), "size": 6}
    upload = (await ada.post(f"/runs/{run}/uploads", body))["id"]
    await send(ada, run, upload, 0, b"after!")
    reply = await complete(ada, run, upload, [b"after!"])
    assert (reply.status_code, reply.json()["code"]) == (422, "digest_mismatch")
    assert (await ada.post(f"/runs/{run}/uploads", body)) == {
        "id": upload,
        **body,
        "part_size": parts.PART_BYTES,
        "parts": [],
        "complete": False,
    }


async def test_while_another_puts_it_together(ada: Person, run: str, desk: Desk) -> None:
    upload = (await begin(ada, run, b"xy"))["id"]
    await send(ada, run, upload, 0, b"xy")
    claim = "UPDATE uploads SET claimed_until = now() + interval '{}' WHERE id = :id"
    await desk.execute(claim.format("20 seconds"), id=UUID(upload))
    reply = await complete(ada, run, upload, [b"xy"])
    assert (reply.status_code, reply.headers["retry-after"]) == (202, "1")
    await desk.execute(claim.format("-1 second"), id=UUID(upload))
    assert (await complete(ada, run, upload, [b"xy"])).status_code == 204, "who had it has died"


async def test_many_at_once_complete_it_once(ada: Person, run: str) -> None:
    upload = (await begin(ada, run, b"once"))["id"]
    await send(ada, run, upload, 0, b"once")
    replies = await asyncio.gather(*(complete(ada, run, upload, [b"once"]) for _ in range(6)))
    assert {reply.status_code for reply in replies} <= {202, 204}
    assert (await complete(ada, run, upload, [b"once"])).status_code == 204


async def test_what_is_aborted_is_gone(ada: Person, run: str, settings: Settings) -> None:
    upload = (await begin(ada, run, b"abort"))["id"]
    await send(ada, run, upload, 0, b"abort")
    assert (await ada.http.delete(f"/api/v1/runs/{run}/uploads/{upload}")).status_code == 204
    assert (await send(ada, run, upload, 0, b"abort")).status_code == 404
    store = ArtifactStore(settings.store)
    assert await parts.arrived(store, org_id=ada.org_id, upload_id=UUID(upload)) == []


async def test_what_nobody_goes_on_with_is_swept(
    ada: Person, run: str, desk: Desk, settings: Settings, controller_database: Database
) -> None:
    store = ArtifactStore(settings.store)
    left, used = (await begin(ada, run, b"left"))["id"], (await begin(ada, run, b"used"))["id"]
    await send(ada, run, left, 0, b"left")
    await send(ada, run, used, 0, b"used")
    old = "UPDATE uploads SET updated_at = updated_at - interval '25 hours' WHERE id = :id"
    await desk.execute(old, id=UUID(left))
    assert await uploads.sweep(controller_database, store) == 1
    assert await parts.arrived(store, org_id=ada.org_id, upload_id=UUID(left)) == []
    assert (await begin(ada, run, b"left"))["parts"] == []
    assert len((await begin(ada, run, b"used"))["parts"]) == 1


async def test_content_that_no_artifact_came_to_name_is_swept(
    ada: Person, run: str, desk: Desk, settings: Settings, controller_database: Database
) -> None:
    """Sent at once, or in parts; the client died before it named it."""
    store = ArtifactStore(settings.store)
    assert (await ada.http.put(f"/api/v1/runs/{run}/blobs/{digest(b'at once')}", content=b"at once")).is_success
    upload = (await begin(ada, run, b"in parts"))["id"]
    await send(ada, run, upload, 0, b"in parts")
    await complete(ada, run, upload, [b"in parts"])
    await sweep.sweep(controller_database, store, settings.retention)
    assert await store.has(ada.org_id, digest(b"at once")), "an artifact may still come"
    await desk.execute(
        "UPDATE unreferenced_blobs SET created_at = created_at - interval '25 hours' WHERE org_id = :org",
        org=ada.org_id,
    )
    await sweep.sweep(controller_database, store, settings.retention)
    for content in (b"at once", b"in parts"):
        assert not await store.has(ada.org_id, digest(content))


async def test_what_is_too_large_is_refused_before_it_is_sent(settings: Settings, ada: Person, run: str) -> None:
    app: FastAPI = build_app(settings.model_copy(update={"max_artifact_bytes": 1000}))
    async with app.router.lifespan_context(app), client(app, ada.token) as http:
        await listening(app)
        reply = await http.post(f"/api/v1/runs/{run}/uploads", json={"sha256": digest(b""), "size": 1001})
        assert (reply.status_code, reply.json()["errors"][0]["field"]) == (422, "size")


async def test_a_quota_is_asked_before_anything_is_sent(ada: Person, run: str) -> None:
    limit = {"resource": "storage", "hard": 100, "project": str(ada.project_id)}
    assert (await ada.http.put(f"/api/v1/orgs/{ada.org}/quota", json=limit)).is_success
    reply = await ada.http.post(f"/api/v1/runs/{run}/uploads", json={"sha256": digest(b""), "size": 101})
    assert (reply.status_code, reply.json()["code"]) == (422, "over_quota")
