"""PostgreSQL's own programs: those of the server's version where they are installed, else the wheel's."""

import os
import subprocess
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from deployments.backup.errors import BackupError
from deployments.local.postgres_programs import DEBIAN, VERSION, binaries


def run(program: str, *arguments: str, url: str, server_version: int) -> None:
    """Runs `pg_dump`, `psql` or the like on the database of `url`; the password goes by the environment.

    Raises:
        BackupError: with the end of what it printed.
    """
    parameters = conninfo_to_dict(url)
    password = parameters.pop("password", None)
    environment = {"PATH": os.defpath, "LC_ALL": "C", "HOME": "/"}
    if password is not None:
        environment["PGPASSWORD"] = str(password)
    connection = make_conninfo(**{name: str(value) for name, value in parameters.items() if value is not None})
    command = [str(folder(server_version // 10_000) / program), f"--dbname={connection}", "--no-password", *arguments]
    done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        raise BackupError(f"{program} failed: {done.stderr.strip()[-1500:] or f'exit status {done.returncode}'}")


def folder(server: int) -> Path:
    """The oldest installed programs that are as new as the server.

    Older ones refuse a newer server. Newer ones dump an older server well, but may set, at a restore, what it does
    not know.

    Raises:
        BackupError: all of them are older than the server.
    """
    found = {int(path.name): path / "bin" for path in DEBIAN.glob("[0-9]*") if (path / "bin/pg_restore").exists()}
    found.setdefault(VERSION, binaries())
    fitting = [version for version in sorted(found) if version >= server]
    if not fitting:
        raise BackupError(f"the server is PostgreSQL {server}: install the package postgresql-client-{server} or newer")
    return found[fitting[0]]
