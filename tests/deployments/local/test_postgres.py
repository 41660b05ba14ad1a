import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from deployments.local.home import Home
from deployments.local.ports import free
from deployments.local.postgres import DATABASE, Postgres
from deployments.local.process import Mark, signal_quietly


@pytest.fixture
def postgres(home: Home) -> Iterator[Postgres]:
    server = Postgres(home)
    yield server
    assert server.stop() == []


def test_it_asks_for_a_scram_password_and_keeps_its_files_private(postgres: Postgres) -> None:
    port = postgres.start()
    url = postgres.home.secrets / "database_owner_url"
    assert stat.S_IMODE(url.stat().st_mode) == 0o600
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in (postgres.data, postgres.home.postgres)} == {0o700}
    assert postgres.data.stat().st_uid == postgres.account.pw_uid
    with psycopg.connect(url.read_text()) as connection:
        methods = connection.execute("SELECT DISTINCT auth_method FROM pg_hba_file_rules").fetchall()
        stored = connection.execute("SELECT rolpassword FROM pg_authid WHERE rolcanlogin").fetchall()
        listening = connection.execute("SHOW listen_addresses").fetchone()
    assert methods == [("scram-sha-256",)]
    assert all(password.startswith("SCRAM-SHA-256$") for (password,) in stored)
    assert listening == ("127.0.0.1",)
    for wrong in (
        f"postgresql://postgres@127.0.0.1:{port}/{DATABASE}",
        f"postgresql://postgres:x@127.0.0.1:{port}/{DATABASE}",
    ):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(wrong)


def test_a_second_start_is_a_no_op(postgres: Postgres) -> None:
    postgres.start()
    running = postgres.postmaster()
    postgres.start()
    assert postgres.postmaster() == running


def test_a_port_that_another_server_takes_first(postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as quicker:
        taken = quicker.getsockname()[1]
        # As it looked a moment before.
        seen = iter([taken])
        monkeypatch.setattr("deployments.local.postgres.free", lambda port: next(seen, None) or free(port))
        assert postgres.start() != taken


def test_records_survive_a_kill_and_the_port_stays(postgres: Postgres) -> None:
    port = postgres.start()
    with psycopg.connect(postgres.url(port, DATABASE)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS value")
    killed = postgres.processes()
    for process in killed:
        signal_quietly(process, "kill")
    psutil.wait_procs(killed, timeout=10)
    assert postgres.postmaster() is None
    assert postgres.start() == port
    with psycopg.connect(postgres.url(port, DATABASE)) as connection:
        assert connection.execute("SELECT value FROM kept").fetchone() == (7,)


def test_a_pid_file_of_before_a_reboot_does_not_stop_the_start(postgres: Postgres) -> None:
    postgres.start()
    assert postgres.stop() == []
    other = Mark.of(1)
    assert other is not None  # a live process, whose pid a killed server could have had
    Path(postgres.data / "postmaster.pid").write_text(
        f"{other.pid}\n{postgres.data}\n1\n5433\n\n127.0.0.1\n0 0\nready\n"
    )
    assert postgres.postmaster() is None
    postgres.start()
    assert postgres.postmaster() is not None


def test_an_initialization_that_was_killed_is_done_again(postgres: Postgres) -> None:
    postgres.home.postgres.mkdir(mode=0o700)
    (postgres.data / "base").mkdir(parents=True)
    postgres.start()
    assert postgres.initialized
