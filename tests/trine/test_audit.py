"""Events by the client and the command line, against the real application."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.trine.test_platform import command
from trine.client import AsyncClient, Client
from trine.errors import PermissionDenied


def test_events_are_listed_and_exported(client: Client, tmp_path: Path) -> None:
    made = client.experiments.create(name="audited")
    (event,) = client.events.list(subject=made.id)
    assert (event.action, event.data["after"], event.data["client"]["address"]) == (
        "experiment.created",
        {"name": "audited"},
        "127.0.0.1",
    )
    later = datetime.now(UTC) + timedelta(days=1)
    assert list(client.events.list(created_after=later)) == []
    lines = [json.loads(line) for line in client.events.export(action="experiment")]
    assert {line["subject_type"] for line in lines} == {"experiment"}
    assert lines[-1]["subject_id"] == str(made.id), "the newest comes last"
    file = tmp_path / "audit.ndjson"
    done = command("audit", "export", "--output", str(file), "--from", "2020-01-01")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    exported = [json.loads(line) for line in file.read_text().splitlines()]
    assert exported == sorted(exported, key=lambda each: str(each["id"]))
    assert "organization.created" in {each["action"] for each in exported}
    again = command("audit", "export", "--output", str(file))
    assert again.returncode == 1, "what is there is not overwritten"
    piped = command("audit", "export", "--subject", str(made.id))
    assert [json.loads(line)["id"] for line in piped.stdout.splitlines()] == [str(event.id)]
    listed = command("audit", "list", "--action", "experiment", "--json")
    assert str(made.id) in listed.stdout


async def test_a_reader_exports_nothing(client: Client) -> None:
    body = {"name": "reader", "project": str(client.account.me().default_project_id), "scopes": ["read"]}
    key = client.transport.request("POST", "/api/v1/api-keys", json=body).json()["key"]
    async with AsyncClient(client.transport.url, key) as reader:
        assert [event async for event in reader.events.list(limit=1)]
        with pytest.raises(PermissionDenied):
            _ = [line async for line in reader.events.export()]
