"""Dump and restore of the database, by its owner's URL."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import psycopg.sql

from app.migrations.prepare import prepare
from deployments.backup.errors import BackupError
from deployments.backup.manifest import Blob
from deployments.backup.programs import run


@dataclass(frozen=True)
class Snapshot:
    """One state of the database, held while it is read by us and dumped by `pg_dump`."""

    connection: psycopg.Connection
    url: str

    @property
    def server_version(self) -> int:
        return self.connection.info.server_version

    def revision(self) -> str:
        found = self.connection.execute("SELECT version_num FROM alembic_version").fetchone()
        if found is None:
            raise BackupError("the database has no schema yet: there is nothing to back up")
        return str(found[0])

    def rows(self) -> dict[str, int]:
        return counts(self.connection)

    def blobs(self) -> list[Blob]:
        """What artifacts refer to; an upload that no artifact names yet is no record."""
        found = self.connection.execute("SELECT DISTINCT org_id, sha256, size FROM artifact_files ORDER BY 1, 2")
        return [Blob(*row) for row in found]

    def dump(self, path: Path) -> None:
        (name,) = self.connection.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
        arguments = ["--format=custom", f"--snapshot={name}", f"--file={path}"]
        run("pg_dump", *arguments, url=self.url, server_version=self.server_version)


@contextlib.contextmanager
def snapshot(url: str) -> Iterator[Snapshot]:
    """Raises `BackupError` for a role that row-level security would show a part of the rows only."""
    with psycopg.connect(url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        check_role(connection)
        if connection.execute("SELECT to_regclass('public.alembic_version')").fetchone() == (None,):
            raise BackupError("the database has no tables of Trine: there is nothing to back up")
        yield Snapshot(connection, url)


def restore(url: str, secrets: Path, dump: Path, rows: dict[str, int], *, replace: bool) -> None:
    """Loads a dump, checks the number of rows of every table, and brings the schema to that of this code.

    Raises:
        BackupError: somebody else is connected, the database holds rows and `replace` is False, or rows are missing.
    """
    with psycopg.connect(url, autocommit=True) as connection:
        check_role(connection)
        check_alone(connection)
        if not replace and any(counts(connection).values()):
            raise BackupError("the database holds rows, which a restore would delete: say --replace to have that done")
    # Makes the roles of the dump's grants, and their passwords in `secrets`.
    prepare(url, secrets)
    with psycopg.connect(url, autocommit=True) as connection, set_aside(connection):
        run("pg_restore", "--exit-on-error", str(dump), url=url, server_version=connection.info.server_version)
        restored = counts(connection)
        if wrong := {table for table in rows | restored if rows.get(table) != restored.get(table)}:
            found = ", ".join(f"{table} {restored.get(table)} of {rows.get(table)}" for table in sorted(wrong))
            raise BackupError(f"the restored rows are not those of the backup: {found}; restore another backup")
    # After the schema was made anew, the rights on it are given again; an older schema is upgraded.
    prepare(url, secrets)


@contextlib.contextmanager
def set_aside(connection: psycopg.Connection) -> Iterator[None]:
    """An empty schema instead of the present one, which comes back when the block raises and goes when it ends."""
    connection.execute("DROP SCHEMA IF EXISTS trine_before_restore CASCADE")
    connection.execute("ALTER SCHEMA public RENAME TO trine_before_restore")
    connection.execute("CREATE SCHEMA public")
    try:
        yield
    except BaseException:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("ALTER SCHEMA trine_before_restore RENAME TO public")
        raise
    connection.execute("DROP SCHEMA trine_before_restore CASCADE")


def counts(connection: psycopg.Connection) -> dict[str, int]:
    names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
    found = {}
    for (name,) in names:
        statement = psycopg.sql.SQL("SELECT count(*) FROM {}").format(psycopg.sql.Identifier(name))
        (number,) = connection.execute(statement).fetchone() or (0,)
        found[name] = int(number)
    return found


def check_role(connection: psycopg.Connection) -> None:
    bypasses = connection.execute(
        "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    if bypasses != (True,):
        raise BackupError(
            f"the role {connection.info.user} of database_owner_url is under row-level security and would see no "
            f"tenant's row: run ALTER ROLE {connection.info.user} BYPASSRLS as a superuser"
        )


def check_alone(connection: psycopg.Connection) -> None:
    others = connection.execute(
        "SELECT DISTINCT coalesce(usename, '?') FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    ).fetchall()
    if others:
        names = ", ".join(sorted(name for (name,) in others))
        raise BackupError(f"the database is in use by {names}: stop the platform first")
