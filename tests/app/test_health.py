"""Ready, or why not: with the database taken away, behind, deaf, and without routes."""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from urllib.parse import urlsplit

import alembic.command
import httpx
import psycopg
import pytest
from fastapi import FastAPI

from app import readiness
from app.config import Settings
from app.inference.gateway_app import build_gateway
from app.main import build_app
from app.migrations.prepare import configuration
from deployments.local.home import write_private
from tests.fixtures.app import client, listening
from tests.fixtures.db import Prepared

OK = {"database": "ok", "migrations": "ok", "listener": "ok", "routes": "ok"}


class Door:
    """Between an application and its database; when it is shut, connections break and none can be made."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self.port = 0
        self.stuck = False

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def shut(self) -> None:
        assert self._server is not None
        self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        await self._server.wait_closed()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(*self._target)
        self._writers |= {writer, back}
        await asyncio.gather(self._pass(reader, back), self._pass(there, writer))
        self._writers -= {writer, back}

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while content := await reader.read(65536):
                if not self.stuck:
                    writer.write(content)
                    await writer.drain()
        writer.close()


@pytest.fixture
async def door(prepared: Prepared) -> AsyncIterator[Door]:
    url = urlsplit(prepared.url("app"))
    assert url.hostname is not None
    made = Door(url.hostname, url.port or 5432)
    await made.open()
    yield made
    await made.shut()


@pytest.fixture
def behind(door: Door, prepared: Prepared, tmp_path: Path) -> Settings:
    """Of an application whose database is behind the door."""
    secrets = tmp_path / "secrets"
    shutil.copytree(prepared.secrets, secrets)
    url = urlsplit(prepared.url("app"))
    address = url._replace(netloc=f"{url.username}:{url.password}@127.0.0.1:{door.port}")
    write_private(secrets / "database_app_url", address.geturl())
    return Settings(home=prepared.home, secrets_dir=secrets, url="http://platform.test")


async def ready(app: FastAPI) -> tuple[int, dict[str, str]]:
    async with client(app) as asking:
        reply: httpx.Response = await asking.get("/readyz")
        assert (await asking.get("/healthz")).status_code == 200
    body = reply.json()
    assert body["status"] == ("ok" if reply.status_code == 200 else "unavailable")
    return reply.status_code, body["parts"]


async def heard(app: FastAPI, state: bool) -> None:
    told = asyncio.Event()
    app.state.platform.listener.on_state(lambda now: told.set() if now is state else None)
    if app.state.platform.listener.listening is not state:
        async with asyncio.timeout(20):
            await told.wait()


@pytest.mark.parametrize("build", [build_app, build_gateway])
async def test_the_database_goes_away_and_comes_back(
    behind: Settings, door: Door, build: Callable[[Settings], FastAPI]
) -> None:
    app = build(behind)
    async with app.router.lifespan_context(app):
        await listening(app)
        assert await ready(app) == (200, OK)
        await door.shut()
        await heard(app, state=False)
        away = {
            "database": readiness.AWAY,
            "migrations": readiness.UNKNOWN,
            "listener": readiness.DEAF,
            "routes": readiness.UNKNOWN,
        }
        assert await ready(app) == (503, away)
        await door.open()
        await heard(app, state=True)
        assert await ready(app) == (200, OK)


async def test_a_database_that_does_not_answer(behind: Settings, door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "ANSWER_SECONDS", 0.05)
    app = build_app(behind)
    async with app.router.lifespan_context(app):
        await listening(app)
        door.stuck = True
        status, parts = await ready(app)
        assert (status, parts["database"], parts["routes"]) == (503, readiness.SILENT, readiness.UNKNOWN)
        door.stuck = False


async def test_migrations_that_are_missing(web_app: FastAPI, prepared: Prepared) -> None:
    """Nothing but the note of which was the last goes back."""
    with psycopg.connect(prepared.owner_url, autocommit=True) as connection:
        (newest,) = connection.execute("SELECT version_num FROM alembic_version").fetchone() or ("",)
    try:
        alembic.command.stamp(configuration(prepared.owner_url), "0007")
        status, parts = await ready(web_app)
        assert status == 503
        assert parts == OK | {
            "migrations": f"at 0007, this version needs {newest}: run `python -m app.migrations.prepare`"
        }
        with psycopg.connect(prepared.owner_url, autocommit=True) as connection:
            connection.execute("UPDATE alembic_version SET version_num = 'from the future'")
        assert await ready(web_app) == (200, OK)
    finally:
        with psycopg.connect(prepared.owner_url, autocommit=True) as connection:
            connection.execute("UPDATE alembic_version SET version_num = %s", [newest])
    assert await ready(web_app) == (200, OK)


async def test_routes_that_cannot_be_read(web_app: FastAPI, prepared: Prepared) -> None:
    with psycopg.connect(prepared.owner_url, autocommit=True) as connection:
        connection.execute("REVOKE SELECT ON inference_services FROM trine_app")
        try:
            status, parts = await ready(web_app)
        finally:
            connection.execute("GRANT SELECT ON inference_services TO trine_app")
    assert (status, parts) == (503, OK | {"routes": "the database refused to tell (ProgrammingError)"})
