"""The web application as a replica runs it, over a PostgreSQL of its own: for what needs no Ray."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg
import psycopg.sql

from app.migrations.prepare import LOGIN_ROLES, prepare
from deployments.local.home import Home
from deployments.local.postgres import DATABASE, Postgres

WITHIN_S = 60


@dataclass(frozen=True)
class Site:
    home: Home
    owner_url: str

    @contextlib.contextmanager
    def serve(self, application: str = "app.main:build_app", **environment: str) -> Iterator["Served"]:
        """One process of an application, by its factory, in an environment with these changes."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port: int = free.getsockname()[1]
        url = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "uvicorn", application, "--factory", "--port", str(port)]
        command += ["--log-level", "warning", "--no-access-log"]
        given = {name: value for name, value in os.environ.items() if not name.startswith("TRINE_")}
        given |= {"TRINE_HOME": str(self.home.root), "TRINE_URL": url, "TRINE_LOG_LEVEL": "ERROR"} | environment
        log = self.home.logs / f"web-{port}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(command, env=given, stdout=output, stderr=subprocess.STDOUT)
        try:
            _wait(process, url, log)
            yield Served(url, process.pid, log)
        finally:
            process.terminate()
            process.wait()

    def role_that_bypasses(self, name: str) -> Path:
        """A folder of secrets with which the application sees every row. Its role has the rights of the true one."""
        role, password = psycopg.sql.Identifier(name), os.urandom(16).hex()
        statement = psycopg.sql.SQL("CREATE ROLE {} LOGIN BYPASSRLS PASSWORD {} IN ROLE trine_app")
        with psycopg.connect(self.owner_url, autocommit=True) as connection:
            connection.execute(statement.format(role, psycopg.sql.Literal(password)))
        folder = self.home.root / f"secrets-{name}"
        shutil.copytree(self.home.secrets, folder)
        url = folder / "database_app_url"
        url.write_text(f"postgresql://{name}:{password}@{self.owner_url.rpartition('@')[2]}")
        return folder


@dataclass(frozen=True)
class Served:
    url: str
    pid: int
    log: Path


@contextlib.contextmanager
def site(kept: Path | None = None) -> Iterator[Site]:
    """A database with schema and roles; the server ends with the block, and its folder goes unless it is to be kept."""
    folder = kept or Path(tempfile.mkdtemp(prefix="trine-site-"))
    home = Home(folder.resolve())
    postgres = Postgres(home)
    try:
        home.create()
        home.make_secrets()
        owner_url = postgres.url(postgres.start(), DATABASE)
        for file in LOGIN_ROLES.values():
            # Of a database that was kept it names the port of last time; `prepare` writes it anew.
            (home.secrets / file).unlink(missing_ok=True)
        prepare(owner_url, home.secrets)
        yield Site(home, owner_url)
    finally:
        postgres.stop()
        if kept is None:
            shutil.rmtree(folder, ignore_errors=True)


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + WITHIN_S
    while True:
        with contextlib.suppress(httpx.TransportError):
            if not httpx.get(f"{url}/readyz", trust_env=False).is_server_error:
                return
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the web application did not start:\n{log.read_text(errors='replace')[-3000:]}")
        time.sleep(0.1)
