"""Whose database a backup is of."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from app.config import Settings
from deployments.backup.source import owner_url
from deployments.local.home import Home
from deployments.local.postgres import Postgres


@pytest.fixture
def home() -> Iterator[Home]:
    folder = Path(tempfile.mkdtemp(prefix="trine-bk-"))
    yield Home(folder)
    Postgres(Home(folder)).stop()
    shutil.rmtree(folder)


def test_an_embedded_server_that_does_not_run_is_started_and_stopped_again(home: Home) -> None:
    settings = Settings(home=home.root)
    server = Postgres(home)
    with owner_url(settings) as url, psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS value")
        assert server.postmaster() is not None
    assert server.postmaster() is None
    server.start()
    with owner_url(settings) as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT value FROM kept").fetchone() == (7,)
    assert server.postmaster() is not None


def test_a_server_that_a_secret_names_is_left_to_itself(home: Home) -> None:
    home.create()
    (home.secrets / "database_owner_url").write_text("postgresql://owner:word@db.example.org/trine\n")
    with owner_url(Settings(home=home.root)) as url:
        assert url == "postgresql://owner:word@db.example.org/trine"
    assert not Postgres(home).initialized
