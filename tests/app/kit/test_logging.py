"""What was sent never reaches a log: not by a field, not by a message, not by an exception."""

import json
import logging as stdlib
from typing import Any

import psycopg
import pytest
import structlog

from app.kit import logging
from app.kit.redaction import redacted
from tests.fixtures.log_lines import log_lines

KEY = "trn_" + "k" * 43
PROMPT = "my patient's diagnosis"


@pytest.fixture
def log() -> Any:
    logging.configure("INFO")
    return structlog.get_logger("test")


def test_a_line_is_an_object_with_the_request_id(log: Any, capsys: pytest.CaptureFixture[str]) -> None:
    with structlog.contextvars.bound_contextvars(request_id="abc"):
        log.info("run.started", run="1")
    (line,) = log_lines(capsys.readouterr().out)
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "run.started", "run": "1", "request_id": "abc", "level": "info"}


def test_exceptions_tell_where_and_not_what_was_sent(log: Any, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        try:
            raise ConnectionRefusedError(111, "Connection refused")
        except OSError as error:
            raise ValueError(f"cannot read {PROMPT} of {KEY}") from error
    except ValueError:
        log.exception("request.failed")
    text = capsys.readouterr().out
    assert PROMPT not in text
    assert KEY not in text
    (line,) = log_lines(text)
    assert [each["type"] for each in line["exception"]] == ["builtins.ValueError", "builtins.ConnectionRefusedError"]
    assert line["exception"][1]["message"] == "[Errno 111] Connection refused"
    assert all("test_logging.py" in each["frames"][-1] for each in line["exception"])


def test_members_of_a_group_are_told(log: Any, capsys: pytest.CaptureFixture[str]) -> None:
    log.error("failed", exc_info=ExceptionGroup(PROMPT, [KeyError(KEY), psycopg.OperationalError("server closed")]))
    (line,) = log_lines(capsys.readouterr().out)
    assert [each.get("message") for each in line["exception"]] == [None, None, "server closed"]
    assert PROMPT not in json.dumps(line)


def test_lines_of_libraries_are_objects_too(capsys: pytest.CaptureFixture[str]) -> None:
    root = stdlib.getLogger()
    before = root.handlers[:]
    root.handlers.clear()
    try:
        logging.configure("INFO")
        try:
            raise ValueError(PROMPT)
        except ValueError:
            stdlib.getLogger("library").exception("called with %s", f"Bearer {KEY}")
    finally:
        root.handlers[:] = before
    text = capsys.readouterr().err
    (line,) = log_lines(text)
    assert line["event"] == "called with Bearer [hidden]"
    assert PROMPT not in text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("authorization", f"Bearer {KEY}"),
        ("headers", {"Authorization": f"Bearer {KEY}"}),
        ("messages", [{"role": "user", "content": KEY}]),
        ("address", f"https://ada:{KEY}@example.org/x"),
        ("path", f"/links/a?signature=17000.{KEY}&x=1"),
        ("detail", f"the key {KEY} is not known"),
        ("detail", f'{{"password": "{KEY}"}}'),
        ("nested", [{"deep": ({"token": KEY},)}]),
        ("jwt", f"eyJhbGciOiJIUzI1NiJ9.{KEY}.{KEY}"),
    ],
)
def test_what_looks_like_a_secret_is_hidden(name: str, value: object) -> None:
    assert KEY not in json.dumps(redacted(value, name=name))


def test_what_is_none_stays() -> None:
    said = {"event": "run.started", "tokens_per_second": 3.5, "path": "/api/v1/api-keys/1", "count": 2, "none": None}
    assert redacted(said) == said
