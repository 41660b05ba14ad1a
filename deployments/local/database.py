"""The database of the platform: the embedded server, or the one of TRINE_DATABASE_URL; then its schema."""

import os
import subprocess
import sys

import psycopg

from deployments.local.environment import ROOT, cleaned
from deployments.local.errors import LocalError
from deployments.local.home import Home, write_private
from deployments.local.postgres import Postgres, tail

OLDEST_VERSION = 15
OWNER_URL = "database_owner_url"


def external() -> str | None:
    return os.environ.get("TRINE_DATABASE_URL") or None


def start(home: Home) -> int | None:
    """Makes the owner's URL valid; returns the embedded server's port, or None for a server of somebody else.

    Raises:
        LocalError: the embedded server does not start; the other one is out of reach or too old.
    """
    url = external()
    if url is None:
        return Postgres(home).start()
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            version = connection.info.server_version // 10000
    except psycopg.OperationalError as error:
        raise LocalError("database.unreachable", reason=str(error).strip()) from error
    if version < OLDEST_VERSION:
        raise LocalError("database.old", version=version)
    write_private(home.secrets / OWNER_URL, url)
    return None


def migrate(home: Home) -> None:
    """Runs the migrations in a process of their own; roles and their passwords are made there.

    Raises:
        LocalError: a migration failed; it quotes the end of the output.
    """
    _run(home, "app.migrations.prepare", failure="migrations.failed", log="migrations.log")


INITIAL_PASSWORD_DAYS = 14
"""How long the password of a new account is good that nobody has chosen."""


def appoint(home: Home, email: str, *, new: bool = False) -> None:
    """Makes the person with that address an administrator of the platform; a `new` one has a password that runs out.

    Raises:
        LocalError: it failed; it quotes the end of the output.
    """
    limit = ("--password-days", str(INITIAL_PASSWORD_DAYS)) if new else ()
    _run(home, "app.migrations.administrator", email, *limit, failure="administrator.failed", log="administrator.log")


def answers(home: Home) -> bool:
    """True when the platform's own role can ask the database something."""
    path = home.secrets / "database_app_url"
    if not path.exists():
        return False
    try:
        with psycopg.connect(path.read_text().strip(), connect_timeout=5) as connection:
            connection.execute("SELECT 1")
    except psycopg.OperationalError:
        return False
    return True


def _run(home: Home, module: str, *arguments: str, failure: str, log: str) -> None:
    path = home.logs / log
    environment = cleaned(dict(os.environ)) | {"TRINE_HOME": str(home.root), "TRINE_SECRETS_DIR": str(home.secrets)}
    with path.open("wb") as output:
        done = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            env=environment,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode != 0:
        raise LocalError(failure, log=path, tail=tail(path))
