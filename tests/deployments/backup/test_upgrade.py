"""The embedded PostgreSQL's data is brought from an older major version to that of this release."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from app.config import Settings
from app.main import build_app
from app.migrations.prepare import prepare
from deployments.backup import upgrade
from deployments.backup.errors import BackupError
from deployments.local.errors import LocalError
from deployments.local.home import Home
from deployments.local.postgres import DATABASE, Postgres
from deployments.local.postgres_programs import VERSION, binaries
from deployments.local.process import signal_quietly
from tests.deployments.backup.test_backup import Site, use
from tests.fixtures.app import client
from tests.fixtures.db import keep_port

ROOT = Path(__file__).parents[3]
STEPS = ("read", "write", "load", "compare", "exchange", "sign in")


def installed(version: int) -> bool:
    try:
        return binaries(version).is_dir()
    except LocalError:
        return False


OLDER = [version for version in range(15, VERSION) if installed(version)]


@pytest.fixture
def home() -> Iterator[Home]:
    made = Home(Path(tempfile.mkdtemp(prefix="trine-up-")))
    try:
        made.create()
        keep_port(made)
        made.make_secrets()
        yield made
        for server in (Postgres(made), Postgres(made, folder=made.postgres / "upgrade" / "data")):
            assert server.clear_leftovers() == []
    finally:
        shutil.rmtree(made.root)


async def used(home: Home, version: int) -> tuple[Site, str]:
    """A platform on a server of that version, which has stopped: its site and an API key."""
    server = Postgres(home, version=version)
    port = server.start()
    prepare(server.url(port, DATABASE), home.secrets)
    site = Site(Settings(home=home.root, url="http://platform.test"), server.url(port, "postgres"), DATABASE)
    key, _ = await use(site)
    with psycopg.connect(site.url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE other")
    return site, key


async def test_after_it_every_record_role_and_right_is_there(home: Home) -> None:
    (oldest, *_) = OLDER
    site, key = await used(home, oldest)
    before = site.contents()
    known = {path.name: path.read_text() for path in home.secrets.iterdir()}
    assert Postgres(home, version=oldest).stop() == []
    with pytest.raises(LocalError, match="upgrade") as refused:
        Postgres(home).start()
    assert refused.value.key == "postgres.older"

    heard: list[str] = []
    upgrade.upgrade(home, heard.append)

    assert [step for step in STEPS if not any(line.startswith(step) for line in heard)] == []
    assert {path.name for path in home.postgres.iterdir()} == {"data", "postgres.log"}
    server = Postgres(home)
    assert server.data_version == VERSION
    server.start()
    try:
        assert {path.name: path.read_text() for path in home.secrets.iterdir()} == known
        assert before["runs"]
        assert site.contents() == before
        app = build_app(site.settings)
        async with app.router.lifespan_context(app), client(app, key) as http:
            assert (await http.get("/api/v1/auth/me")).status_code == 200
        with psycopg.connect((home.secrets / "database_app_url").read_text()) as connection:
            assert connection.execute("SELECT count(*) FROM runs").fetchone() == (0,)
            assert upgrade.names(site.url) == ["other", DATABASE]
        with pytest.raises(BackupError, match="trine down"):
            upgrade.upgrade(home, heard.append)
    finally:
        server.stop()
    upgrade.upgrade(home, heard.append)
    assert heard[-1] == f"the data is of PostgreSQL {VERSION} already"


async def test_it_is_refused_while_the_platform_runs(home: Home) -> None:
    site, _ = await used(home, OLDER[-1])
    before = site.contents()
    with pytest.raises(BackupError, match="trine down"):
        upgrade.upgrade(home, lambda step: None)
    assert site.contents() == before


async def test_killed_at_each_step_it_is_given_again(home: Home) -> None:
    site, _ = await used(home, OLDER[-1])
    before = site.contents()
    assert Postgres(home, version=OLDER[-1]).stop() == []
    for step in STEPS:
        killed_at(home, step)
    with command(home) as last:
        said, _ = last.communicate()
    assert last.returncode == 0, said
    server = Postgres(home)
    server.start()
    try:
        assert site.contents() == before
    finally:
        server.stop()


def command(home: Home) -> subprocess.Popen[str]:
    environment = os.environ | {"TRINE_HOME": str(home.root)}
    program = [sys.executable, "-m", "deployments.backup", "upgrade"]
    return subprocess.Popen(program, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def killed_at(home: Home, step: str) -> None:
    """`kill -9` of the command and the programs that it runs, not of the servers that it started."""
    with command(home) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith(step):
                break
        else:
            raise AssertionError(f"it did not come to {step!r}")
        children = psutil.Process(process.pid).children()
        process.send_signal(signal.SIGKILL)
        for child in children:
            signal_quietly(child, "kill")


@pytest.mark.parametrize("half", ["neither", "first", "both"])
async def test_cut_short_while_the_folders_are_exchanged(home: Home, half: str) -> None:
    site, _ = await used(home, OLDER[-1])
    before = site.contents()
    old = Postgres(home, version=OLDER[-1])
    assert old.stop() == []
    work = upgrade.Work(home)
    work.copy(old, lambda step: None)
    if half != "neither":
        work.current.data.rename(work.replaced)
    if half == "both":
        work.new.data.rename(work.current.data)
    with pytest.raises(LocalError) as refused:
        Postgres(home).start()
    assert refused.value.key == "postgres.upgrading"
    upgrade.upgrade(home, lambda step: None)
    server = Postgres(home)
    server.start()
    try:
        assert site.contents() == before
    finally:
        server.stop()


def test_what_differs_is_named() -> None:
    same = {"trine": {"public.runs": (2, "7"), "public.users": (1, "3")}}
    upgrade.check(same, same)
    with pytest.raises(BackupError, match=r"public\.runs"):
        upgrade.check(same, {"trine": {"public.runs": (2, "8"), "public.users": (1, "3")}})
    with pytest.raises(BackupError, match="nothing was replaced"):
        upgrade.check(same, same | {"other": {}})
