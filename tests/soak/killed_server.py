"""A platform without Ray whose parts are killed in the middle of their work: PostgreSQL, web application, folder.

Each part is a process that a fork server makes, which has imported everything before: so it is back at once.
"""

import contextlib
import multiprocessing
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

from app.migrations.prepare import prepare
from deployments.local.account import Credentials
from deployments.local.home import Home
from deployments.local.ports import LOOPBACK, free
from deployments.local.postgres import Postgres
from deployments.local.process import signal_quietly
from tests.fixtures.db import keep_port
from tests.soak.forked import fold, serve
from tests.soak.writer import Writer

WRITERS = 4
BACK_WITHIN_S = 60.0
PASSWORD = "correct horse battery staple"

# Whether a transaction of the folder has written something that it has not committed.
_FOLDING = """
SELECT count(*) FROM pg_stat_activity WHERE usename = 'trine_controller' AND backend_xid IS NOT NULL
"""
_STORED = """
SELECT name, sum(metrics.points), latest.points FROM metrics JOIN metric_latest AS latest USING (run_id, name)
GROUP BY name, latest.points
"""
_WAITING = "SELECT count(*) FROM metric_batches"

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.soak.forked"])


class KilledServer:
    """Several write points without a pause, and repeat what was not acknowledged."""

    def __init__(self) -> None:
        # Unix sockets below it must stay shorter than 108 bytes.
        self._root = Path(tempfile.mkdtemp(prefix="trine-kills-", dir="/tmp"))
        self._home = Home(self._root)
        self._home.create()
        keep_port(self._home)
        self._postgres = Postgres(self._home)
        self._port = free(18000)
        self._url = f"http://{LOOPBACK}:{self._port}"
        self._web: BaseProcess | None = None
        self._folder: BaseProcess | None = None
        self.away: dict[str, list[float]] = {}
        """Seconds from each fault to the first write that was acknowledged after it, by fault."""

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        try:
            self._owner_url = self._postgres.url(self._postgres.start(), "trine")
            prepare(self._owner_url, self._home.secrets)
            self._home.make_secrets()
            self._start_web()
            self._start_folder()
            self._known, self.run = self._register()
            with contextlib.ExitStack() as writing:
                self._writers = [
                    writing.enter_context(Writer.of_points(self._known, self.run, metric=f"w{number}"))
                    for number in range(WRITERS)
                ]
                yield
        finally:
            for process in (self._web, self._folder):
                if process is not None:
                    _kill(process)
            self._postgres.stop()
            shutil.rmtree(self._root)

    def kill_folder(self) -> None:
        """While it has written what it has not committed."""
        folder = self._folder
        assert folder is not None

        def kill() -> None:
            with psycopg.connect(self._owner_url, autocommit=True) as connection:
                until = time.monotonic() + BACK_WITHIN_S
                while connection.execute(_FOLDING).fetchone() == (0,):
                    assert folder.is_alive(), "the folder ended"
                    assert time.monotonic() < until, "nothing was folded"
            _kill(folder)

        self._fault("folder", kill, self._start_folder)

    def kill_web(self) -> None:
        web = self._web
        assert web is not None
        self._fault("web", lambda: _kill(web), self._start_web)

    def kill_postgres(self) -> None:
        """As the kernel does when memory is short: every process of the server at once."""

        def kill() -> None:
            killed = self._postgres.processes()
            assert killed
            for process in killed:
                signal_quietly(process, "kill")
            psutil.wait_procs(killed, timeout=20)

        self._fault("postgres", kill, lambda: self._postgres.start())

    def check(self) -> int:
        """Points there are, when all that waits has been folded; every acknowledged one is, and none is twice."""
        for writer in self._writers:
            writer.end()
        acknowledged = {f"w{number}": writer.acknowledged for number, writer in enumerate(self._writers)}
        self._until_folded()
        with httpx.Client(
            base_url=self._url, headers={"Authorization": f"Bearer {self._known.api_key}"}, timeout=30, trust_env=False
        ) as http:
            params: dict[str, Any] = {"name": list(acknowledged), "points": 100_000}
            reply = http.get(f"/api/v1/runs/{self.run}/metrics", params=params).raise_for_status().json()
        series = {each["name"]: each for each in reply}
        with psycopg.connect(self._owner_url) as connection:
            stored = {name: (points, counted) for name, points, counted in connection.execute(_STORED)}
        for name, steps in acknowledged.items():
            there = series[name]["steps"]
            assert len(there) == len(set(there)) == series[name]["total"], "more points than can be read in one piece"
            assert set(steps) <= set(there), f"{name}: an acknowledged point is lost"
            assert series[name]["values"] == [float(step) for step in there]
            assert stored[name] == (len(there), len(there)), f"{name}: a point is there twice, or was never counted"
        return sum(len(each["steps"]) for each in series.values())

    def _fault(self, name: str, kill: Callable[[], object], start: Callable[[], object]) -> None:
        for writer in self._writers:
            writer.more(3, within=BACK_WITHIN_S)
        since = time.monotonic()
        kill()
        start()
        back = max(writer.first_after(since, within=BACK_WITHIN_S) for writer in self._writers)
        self.away.setdefault(name, []).append(back - since)

    def _until_folded(self) -> None:
        with psycopg.connect(self._owner_url, autocommit=True) as connection:
            until = time.monotonic() + BACK_WITHIN_S
            while connection.execute(_WAITING).fetchone() != (0,):
                assert time.monotonic() < until, "what waits is not folded"

    def _start_web(self) -> None:
        self._web = _FORKS.Process(target=serve, args=(self._root, self._port), daemon=True)
        self._web.start()

    def _start_folder(self) -> None:
        url = (self._home.secrets / "database_controller_url").read_text()
        self._folder = _FORKS.Process(target=fold, args=(url,), daemon=True)
        self._folder.start()

    def _register(self) -> tuple[Credentials, str]:
        """Somebody who may write, and a run to write to."""
        person = {"email": "soak@example.org", "password": PASSWORD, "name": "Soak", "organization": "Soak"}
        patient = Retrying(
            retry=retry_if_exception_type(httpx.TransportError),
            stop=stop_after_delay(60),
            wait=wait_fixed(0.1),
            reraise=True,
        )
        with httpx.Client(base_url=f"{self._url}/api/v1", timeout=30, trust_env=False) as http:
            made = patient(http.post, "/auth/register", json=person).raise_for_status().json()
            http.headers["Authorization"] = f"Bearer {made['token']}"
            project = made["projects"][0]["id"]
            key = http.post("/api-keys", json={"name": "soak", "project": project}).raise_for_status().json()["key"]
            experiment = http.post(f"/projects/{project}/experiments", json={"name": "soak"}).raise_for_status().json()
            run = http.post(f"/experiments/{experiment['id']}/runs", json={"name": "soak"}).raise_for_status().json()
        org = made["organizations"][0]["slug"]
        known = Credentials(
            url=self._url, email=person["email"], password=PASSWORD, api_key=key, org=org, project=project
        )
        return known, run["id"]


def _kill(process: BaseProcess) -> None:
    process.kill()
    process.join()
