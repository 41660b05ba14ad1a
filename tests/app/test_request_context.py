"""One id from the header through the answer, the log and the events."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from app import request_context
from app.kit import logging
from tests.app.kit.test_logging import KEY, PROMPT
from tests.fixtures.app import client
from tests.fixtures.auth import Person
from tests.fixtures.factories import make_run
from tests.fixtures.log_lines import log_lines


@pytest.fixture
async def failing() -> AsyncIterator[httpx.AsyncClient]:
    """An application whose one route fails with what it was sent."""
    logging.configure("INFO")
    app = FastAPI()
    request_context.install(app)

    @app.post("/fail")
    async def fail(body: dict[str, Any]) -> None:
        raise ValueError(f"cannot answer {body}")

    async with client(app, KEY) as opened:
        yield opened


@pytest.mark.parametrize("path", ["/api/v1/auth/me", "/api/v1/nowhere", "/healthz", "/v1/x", "/"])
async def test_every_answer_has_the_id(anonymous: httpx.AsyncClient, ada: Person, path: str) -> None:
    for asking in (anonymous, ada.http):
        given = await asking.get(path, headers={"X-Request-ID": "from-the-client.1"})
        assert given.headers.get_list("x-request-id") == ["from-the-client.1"]
        made = await asking.get(path)
        assert UUID(made.headers["x-request-id"]).version == 7


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "a;b", "<script>", "é", '{"a":1}'])
async def test_an_id_that_could_confuse_a_log_is_replaced(anonymous: httpx.AsyncClient, given: str) -> None:
    reply = await anonymous.get("/healthz", headers={b"X-Request-ID": given.encode()})
    assert UUID(reply.headers["x-request-id"]).version == 7


async def test_a_failure_is_logged_under_its_id_without_what_was_sent(
    failing: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    body = {"prompt": PROMPT, "api_key": KEY, "any": [PROMPT]}
    reply = await failing.post("/fail?token=" + KEY, json=body, headers={"X-Request-ID": "abc"})
    assert (reply.status_code, reply.json()["code"]) == (500, "internal")
    assert reply.headers["x-request-id"] == "abc"
    assert "abc" in reply.json()["detail"]
    written = capsys.readouterr()
    said = written.out + written.err
    assert PROMPT not in said + reply.text
    assert KEY not in said + reply.text
    (line,) = [each for each in log_lines(written.out) if each["event"] == "request.failed"]
    assert (line["request_id"], line["path"], line["method"]) == ("abc", "/fail", "POST")
    assert line["exception"][0]["type"] == "builtins.ValueError"


async def test_what_the_platform_logs_holds_nothing_that_was_sent(
    ada: Person, anonymous: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    """Requests that are refused or fail in the database, each with a secret in another place."""
    key = (await ada.api_key())["key"]
    await anonymous.get("/api/v1/auth/me", headers={"Authorization": f"Bearer {KEY}"})
    await anonymous.post("/api/v1/auth/login", json={"email": ada.email, "password": PROMPT})
    await ada.http.post(f"/api/v1/projects/{ada.project_id}/experiments", json={"name": f"{PROMPT}\0"})
    await ada.http.get(f"/api/v1/projects/{PROMPT}%00", headers={"Authorization": f"Bearer {key}"})
    await ada.http.post(f"/api/v1/projects/{ada.project_id}/training-jobs", json={"recipe": PROMPT})
    written = capsys.readouterr()
    for secret in (KEY, PROMPT, key, ada.token):
        assert secret not in written.out + written.err


async def test_events_name_the_request_that_made_them(ada: Person) -> None:
    ada.http.headers["X-Request-ID"] = "the-request"
    run = await make_run(ada)
    (event,) = (await ada.get("/events/history", params={"subject_id": run["id"]}))["items"]
    assert event["data"]["request_id"] == "the-request"
