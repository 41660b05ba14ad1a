"""The whole platform on this machine: up, up again, kill -9 of everything, up, down. Two cold starts: minutes."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from deployments.local import account, ray, state
from deployments.local.home import Home
from deployments.local.ports import busy, free
from deployments.local.postgres import Postgres
from deployments.local.process import signal_quietly

ROOT = Path(__file__).parents[3]
EXPERIMENT = "/api/v1/projects/default/experiments"


class Platform:
    def __init__(self, root: Path) -> None:
        self.home = Home(root)
        self.ports = {
            name: free(port) for name, port in (("PORT", 13000), ("RAY_PORT", 14000), ("RAY_DASHBOARD_PORT", 15000))
        }

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {f"TRINE_{name}": str(port) for name, port in self.ports.items()}
        environment |= {"TRINE_HOME": str(self.home.root), "LANG": "C.UTF-8", "OPENAI_API_KEY": "not for the cluster"}
        return subprocess.run(
            [sys.executable, "-m", "deployments.local", *arguments],
            env=environment,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def succeeds(self, *arguments: str) -> str:
        done = self.run(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def processes(self) -> set[psutil.Process]:
        return ray.processes(self.home) | set(Postgres(self.home).processes())

    def api(self) -> httpx.Client:
        credentials = account.load(self.home)
        assert credentials is not None
        return httpx.Client(
            base_url=credentials.url,
            headers={"Authorization": f"Bearer {credentials.api_key}"},
            timeout=30,
            trust_env=False,
        )


@pytest.fixture
def platform() -> Iterator[Platform]:
    folder = Path(tempfile.mkdtemp(prefix="tr-", dir="/tmp"))
    made = Platform(folder / "home")
    yield made
    made.run("down")
    shutil.rmtree(folder)


@pytest.mark.local
def test_records_survive_and_nothing_is_left_behind(platform: Platform) -> None:
    # up, and a record
    platform.succeeds("up", "--virtual-gpus", "2")
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
