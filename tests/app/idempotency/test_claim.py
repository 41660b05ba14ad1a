"""One effect and one answer for each `Idempotency-Key`."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from app.idempotency import sweep
from app.idempotency.answer import REPLAYED
from app.idempotency.claim import Claim, lock_number
from app.kit.db import CONTROLLER, Database
from tests.fixtures.app import client
from tests.fixtures.auth import PASSWORD, Person
from tests.fixtures.factories import make_run, upload


async def ask(person: Person, key: str, name: str = "run", *, http: httpx.AsyncClient | None = None) -> httpx.Response:
    """A new run in the one experiment `x`."""
    experiment = await person.post(f"/projects/{person.project_id}/experiments", {"name": "x"})
    return await (http or person.http).post(
        f"/api/v1/experiments/{experiment['id']}/runs", json={"name": name}, headers={"Idempotency-Key": key}
    )


async def runs(person: Person) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await person.get(f"/projects/{person.project_id}/runs"))["items"]
    return found


async def test_the_same_request_is_answered_alike_and_done_once(ada: Person) -> None:
    key = str(uuid4())
    first, second = await ask(ada, key), await ask(ada, f'"{key}"')
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert first.headers["content-type"] == second.headers["content-type"]
    assert REPLAYED not in first.headers
    assert second.headers[REPLAYED] == "true"
    assert len(await runs(ada)) == 1
    events = await ada.get("/events/history", params={"subject_id": first.json()["id"]})
    assert [event["action"] for event in events["items"]] == ["run.created"]


async def test_concurrent_retries_have_one_effect(ada: Person) -> None:
    key = str(uuid4())
    replies = await asyncio.gather(*(ask(ada, key) for _ in range(8)))
    assert {reply.status_code for reply in replies} <= {201, 409}
    waiting = [reply for reply in replies if reply.status_code == 409]
    assert all(reply.json()["code"] == "idempotency_in_progress" for reply in waiting)
    assert all(reply.headers["retry-after"] == "1" for reply in waiting)
    (run,) = await runs(ada)
    assert {reply.json()["id"] for reply in replies if reply.status_code == 201} == {run["id"]}
    assert (await ask(ada, key)).json()["id"] == run["id"]


async def test_a_second_request_is_told_to_come_back_while_the_first_is_under_way(
    ada: Person, app_database: Database
) -> None:
    key = str(uuid4())
    async with app_database.session(ada.scope) as session:
        await session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": lock_number(ada.user_id, key)})
        reply = await ask(ada, key)
    assert (reply.status_code, reply.json()["code"]) == (409, "idempotency_in_progress")
    assert (await ask(ada, key)).status_code == 201


async def test_a_crash_between_effect_and_commit_leaves_neither(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection is lost when everything was written and nothing committed."""
    key = str(uuid4())
    kept = Claim.keep

    async def and_die(self: Claim, response: Any) -> None:
        await kept(self, response)
        raw: Any = await (await self.session.connection()).get_raw_connection()
        await raw.driver_connection.close()

    with monkeypatch.context() as patched:
        patched.setattr(Claim, "keep", and_die)
        assert (await ask(ada, key)).status_code == 503
    assert await runs(ada) == []
    reply = await ask(ada, key)
    assert reply.status_code == 201
    assert REPLAYED not in reply.headers
    assert len(await runs(ada)) == 1


async def test_a_lost_answer_is_found_again(ada: Person) -> None:
    """The first answer never arrived; the request was done all the same."""
    key = str(uuid4())
    await ask(ada, key)
    (run,) = await runs(ada)
    assert (await ask(ada, key)).json()["id"] == run["id"]


async def test_another_request_under_the_same_key_is_refused(ada: Person) -> None:
    key = str(uuid4())
    await ask(ada, key, "one")
    other = await ask(ada, key, "two")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    elsewhere = await ada.http.post(
        f"/api/v1/projects/{ada.project_id}/models", json={"name": "net"}, headers={"Idempotency-Key": key}
    )
    assert elsewhere.json()["code"] == "idempotency_key_reused"
    assert [run["name"] for run in await runs(ada)] == ["one"]


async def test_keys_belong_to_who_sent_them(ada: Person, bob: Person, web_app: FastAPI) -> None:
    key = str(uuid4())
    mine, theirs = await ask(ada, key), await ask(bob, key)
    assert mine.json()["id"] != theirs.json()["id"]
    async with client(web_app, (await ada.api_key())["key"]) as machine:
        by_key = await ask(ada, key, http=machine)
    assert by_key.json()["id"] not in {mine.json()["id"], theirs.json()["id"]}


async def test_a_person_repeats_in_another_session(ada: Person, web_app: FastAPI) -> None:
    key = str(uuid4())
    first = await ask(ada, key)
    async with client(web_app) as browser:
        signed_in = await browser.post("/api/v1/auth/login", json={"email": ada.email, "password": PASSWORD})
    async with client(web_app, signed_in.json()["token"]) as again:
        assert (await ask(ada, key, http=again)).content == first.content


async def test_what_was_refused_may_be_sent_again(ada: Person) -> None:
    """It had no effect, so there is nothing to repeat."""
    headers = {"Idempotency-Key": str(uuid4())}
    path = f"/api/v1/projects/{ada.project_id}/services"
    body = {"name": f"s{ada.org_id.hex[-8:]}"}
    first = await ada.http.post(path, json=body)
    assert (await ada.http.post(path, json=body, headers=headers)).status_code == 409
    assert (await ada.http.delete(f"/api/v1/services/{first.json()['id']}")).status_code == 204
    assert (await ada.http.post(path, json=body, headers=headers)).status_code == 201


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "é"])
async def test_a_key_that_is_none_is_refused(ada: Person, key: str) -> None:
    reply = await ada.http.post("/api/v1/api-keys", json={}, headers={b"Idempotency-Key": key.encode()})
    assert (reply.status_code, reply.json()["code"]) == (422, "idempotency_key_invalid")


async def test_a_secret_is_answered_again_and_stored_nowhere_in_the_clear(
    ada: Person, controller_database: Database
) -> None:
    body = {"name": "deploy", "project": str(ada.project_id)}
    headers = {"Idempotency-Key": str(uuid4())}
    first = await ada.http.post("/api/v1/api-keys", json=body, headers=headers)
    assert first.status_code == 201, first.text
    again = await ada.http.post("/api/v1/api-keys", json=body, headers=headers)
    assert again.content == first.content
    assert len(await ada.listed("/api-keys")) == 1
    async with controller_database.session(CONTROLLER) as session:
        stored = (await session.execute(text("SELECT response::text FROM idempotency_keys"))).scalars().all()
    assert not any(first.json()["key"] in text for text in stored)


async def test_an_answer_without_a_body_is_repeated(ada: Person) -> None:
    made = await ada.api_key()
    headers = {"Idempotency-Key": str(uuid4())}
    for _ in range(2):
        reply = await ada.http.delete(f"/api/v1/api-keys/{made['id']}", headers=headers)
        assert (reply.status_code, reply.content) == (204, b"")


async def test_an_artifact_is_made_once(ada: Person) -> None:
    run = await make_run(ada)
    entry = {"path": "a.txt", **await upload(ada, run["id"], b"content")}
    body, headers = {"name": "a", "files": [entry]}, {"Idempotency-Key": str(uuid4())}
    replies = [await ada.http.post(f"/api/v1/runs/{run['id']}/artifacts", json=body, headers=headers) for _ in "12"]
    assert [reply.status_code for reply in replies] == [201, 201]
    assert len(await ada.listed(f"/runs/{run['id']}/artifacts")) == 1


async def test_keys_are_forgotten_after_their_time(ada: Person, controller_database: Database) -> None:
    key = str(uuid4())
    first = await ask(ada, key)
    async with controller_database.session(CONTROLLER) as session:
        statement = "UPDATE idempotency_keys SET expires_at = now() - interval '1 second' WHERE key = :key"
        await session.execute(text(statement), {"key": key})
    second = await ask(ada, key)
    assert second.json()["id"] != first.json()["id"]
    async with controller_database.session(CONTROLLER) as session:
        await session.execute(text(statement), {"key": key})
    assert await sweep.sweep(controller_database) == 1
    async with controller_database.session(CONTROLLER) as session:
        left = await session.scalar(text("SELECT count(*) FROM idempotency_keys WHERE key = :key"), {"key": key})
    assert left == 0


def test_every_write_in_a_transaction_takes_the_header(web_app: FastAPI) -> None:
    without = {
        f"{method} {path.removeprefix('/api/v1')}"
        for path, operations in web_app.openapi()["paths"].items()
        for method, operation in operations.items()
        if method in {"post", "put", "patch", "delete"}
        and not any(each["name"] == "Idempotency-Key" for each in operation.get("parameters", []))
    }
    assert without <= {
        "post /auth/register",  # an address registers once
        "post /auth/login",
        "post /auth/password:reset",  # a link is good once
        "post /projects/{project}/runs:compare",  # each only reads
        "post /projects/{project}/runs:export",
        "post /projects/{project}/runs:export-series",
        "post /auth/providers/{provider}:link",  # each begins a journey of its own
        "post /auth/providers/{provider}:sign-in",
        "post /enrolments",  # a code works once
        "post /runs/{run_id}/batches",  # by source and sequence
        "put /runs/{run_id}/blobs/{sha256}",  # by digest
        "post /runs/{run_id}/uploads",  # by digest: the same content goes on where it was
        "put /runs/{run_id}/uploads/{upload_id}/parts/{number}",  # by number and digest
        "post /runs/{run_id}/uploads/{upload_id}:complete",  # what is complete stays so
        "delete /runs/{run_id}/uploads/{upload_id}",
        "post /v2/models/{name}/infer",
    }
