"""The whole platform with all that other tests left running on it: up again, kill -9 of everything, up, down."""

import json

import httpx
import psutil
import pytest

from deployments.local import account, state
from deployments.local.ports import busy
from deployments.local.postgres import Postgres
from deployments.local.process import signal_quietly
from tests.fixtures.platform import Platform

EXPERIMENT = "/api/v1/projects/default/experiments"


pytestmark = pytest.mark.e2e


def test_records_survive_and_nothing_is_left_behind(platform: Platform) -> None:
    # up, and a record
    home = platform.home
    with platform.api() as api:
        made = api.post(EXPERIMENT, json={"name": "kept"})
        assert made.status_code == httpx.codes.CREATED, made.text
    found = state.load(home)
    assert found is not None
    listening = [
        (process.name(), connection.laddr)
        for process in platform.processes()
        for connection in process.net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN and not connection.laddr.ip.endswith("127.0.0.1")
    ]
    assert listening == []

    # up again: the same processes, and it says so
    assert "already up" in platform.succeeds("up")
    assert state.load(home) == found
    status = json.loads(platform.succeeds("status", "--json"))
    assert {part["name"] for part in status["parts"]} == {"postgres", "ray", "web", "gateway", "controller"}
    assert all(part["healthy"] and part["since"] for part in status["parts"])
    other = platform.run("up", "--virtual-gpus", "3")
    assert other.returncode == 1
    assert "trine down" in other.stderr

    # kill -9 of everything
    killed = platform.processes()
    for process in killed:
        signal_quietly(process, "kill")
    psutil.wait_procs(killed, timeout=20)
    assert platform.run("status").returncode == 1

    # up: the same account, key and record
    credentials = account.load(home)
    platform.succeeds("up")
    assert account.load(home) == credentials
    with platform.api() as api:
        assert api.post(EXPERIMENT, json={"name": "kept"}).status_code == httpx.codes.OK

    # down: no process, port or lock, and the data
    platform.succeeds("down")
    assert platform.processes() == set()
    assert not any(busy(port) for port in platform.ports.values())
    assert Postgres(home).initialized
    assert platform.run("status").returncode == 1
    assert "Nothing was running" in platform.succeeds("down")
