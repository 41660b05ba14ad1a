"""The data of the embedded PostgreSQL, brought to the major version of this release.

The old server is read and dumped, a new one beside it restores, and every table is compared, row for row. Only then are
the folders exchanged; the old one goes when the platform's own role has signed in to the new server. Cut short at any
moment, the command is given again: until the comparison it begins anew, after it it goes on.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg
import psycopg.sql

from deployments.backup.errors import BackupError
from deployments.backup.programs import run
from deployments.local import database, preflight, ray, state
from deployments.local.home import Home, write_private
from deployments.local.lock import exclusive
from deployments.local.ports import LOOPBACK, free
from deployments.local.postgres import FIRST_PORT, SUPERUSER, UPGRADE, Postgres, private_folder_of
from deployments.local.postgres_programs import VERSION

CONTENTS = psycopg.sql.SQL(
    "SELECT count(*), coalesce(sum(('x' || left(encode(sha256(convert_to(whole::text, 'UTF8')), 'hex'), 15))"
    "::bit(60)::bigint), 0)::text FROM ONLY {} AS whole"
)
Contents = dict[str, tuple[int, str]]
"""Table → rows, and a sum over the digests of all of them."""


def upgrade(home: Home, tell: Callable[[str], None]) -> None:
    """`tell` hears of each step before it begins.

    Raises:
        BackupError: the platform runs, its database is not the embedded one, or the copy is not the original.
        LocalError: a server does not start, programs or room on the disk are missing. The old data is untouched.
    """
    if database.external() is not None:
        raise BackupError("TRINE_DATABASE_URL names a server of your own: upgrade it as its documentation says")
    home.create()
    with exclusive(home):
        work = Work(home)
        work.check_idle()
        if not work.verified.exists():
            found = work.current.data_version
            if found is None:
                raise BackupError(f"there is no database in {work.current.data}: `trine up` makes one")
            if found == VERSION:
                shutil.rmtree(work.folder, ignore_errors=True)
                tell(f"the data is of PostgreSQL {VERSION} already")
                return
            work.copy(Postgres(home, version=found), tell)
        tell("exchange the folders")
        work.exchange()
        tell("sign in to the new server")
        work.sign_in()
        shutil.rmtree(work.replaced)
        shutil.rmtree(work.folder)
        tell(f"the data is of PostgreSQL {VERSION}")


@dataclass(frozen=True)
class Work:
    home: Home

    @property
    def folder(self) -> Path:
        return self.home.postgres / UPGRADE

    @property
    def verified(self) -> Path:
        """Exists from when on the new data is known to be the old."""
        return self.folder / "verified"

    @property
    def replaced(self) -> Path:
        return self.home.postgres / "data-replaced"

    @property
    def current(self) -> Postgres:
        return Postgres(self.home)

    @property
    def new(self) -> Postgres:
        return Postgres(self.home, folder=self.folder / "data")

    def check_idle(self) -> None:
        """A server that an upgrade left running is ours to stop; any other is the platform's."""
        found = state.load(self.home)
        leftover = self.folder.exists()
        if ray.processes(self.home, found.processes if found else None) or (self.current.processes() and not leftover):
            raise BackupError("the platform runs: stop it with `trine down` first")

    def copy(self, old: Postgres, tell: Callable[[str], None]) -> None:
        old.clear_leftovers()
        self.new.clear_leftovers()
        shutil.rmtree(self.folder, ignore_errors=True)
        preflight.check_disk(self.home.postgres, 2 * size(old.data))
        private_folder_of(self.folder, old.account)
        tell(f"read the data of PostgreSQL {old.version}")
        try:
            port = free(FIRST_PORT)
            old.listen(port, default_transaction_read_only="on")
            databases = names(old.url(port, "postgres"))
            before = {name: contents(old.url(port, name)) for name in databases}
            tell("write it down")
            self.dump(old, port, databases)
        finally:
            old.stop()
        tell(f"load it into PostgreSQL {VERSION}")
        try:
            self.new.listen(port)
            self.load(port, databases)
            tell("compare every row")
            after = {name: contents(self.new.url(port, name)) for name in names(self.new.url(port, "postgres"))}
            check(before, after)
        finally:
            self.new.stop()
        write_private(self.verified, f"{old.version} → {VERSION}\n")

    def dump(self, old: Postgres, port: int, databases: list[str]) -> None:
        """By the new version's programs, as PostgreSQL's documentation advises."""
        roles = f"--file={self.folder / 'roles.sql'}"
        run("pg_dumpall", "--roles-only", roles, url=old.url(port, "postgres"), server_version=VERSION * 10_000)
        for number, name in enumerate(databases):
            file = f"--file={self.folder / f'{number}.dump'}"
            run("pg_dump", "--format=custom", file, url=old.url(port, name), server_version=VERSION * 10_000)

    def load(self, port: int, databases: list[str]) -> None:
        url, roles = self.new.url(port, "postgres"), self.folder / "roles.sql"
        lines = roles.read_text().splitlines(keepends=True)
        roles.write_text("".join(line for line in lines if line != f"CREATE ROLE {SUPERUSER};\n"))
        arguments = ["--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", f"--file={roles}"]
        run("psql", *arguments, url=url, server_version=VERSION * 10_000)
        for number, name in enumerate(databases):
            file = str(self.folder / f"{number}.dump")
            run("pg_restore", "--create", "--exit-on-error", file, url=url, server_version=VERSION * 10_000)
            with psycopg.connect(self.new.url(port, name), autocommit=True) as connection:
                connection.execute("ANALYZE")

    def exchange(self) -> None:
        """Each half is done where it was not done before."""
        data = self.current.data
        if not self.new.data.exists():
            return
        if data.exists():
            data.rename(self.replaced)
        self.new.data.rename(data)

    def sign_in(self) -> None:
        """The platform's own role, with the password that it had.

        Raises:
            BackupError: it cannot; the old data stays.
        """
        server, secret = self.current, self.home.secrets / "database_app_url"
        # One that was left running would hold the port that the secrets name.
        server.stop()
        port = server.choose_port()
        server.listen(port)
        try:
            if secret.exists():
                with psycopg.connect(secret.read_text().strip(), host=LOOPBACK, port=port) as connection:
                    connection.execute("SELECT 1")
        except psycopg.OperationalError as error:
            raise BackupError(
                f"{secret} does not open the new server: {str(error).strip()}. Put the right one there and give the "
                f"command again; the old data is in {self.replaced}"
            ) from error
        finally:
            server.stop()


def names(url: str) -> list[str]:
    """Databases that somebody made."""
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres' ORDER BY 1"
        )
        return [name for (name,) in found]


def contents(url: str) -> Contents:
    found: Contents = {}
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "SELECT schemaname, tablename FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2"
        ).fetchall()
        for schema, table in tables:
            statement = CONTENTS.format(psycopg.sql.Identifier(schema, table))
            found[f"{schema}.{table}"] = connection.execute(statement).fetchone() or (0, "0")
        sequences = connection.execute("SELECT schemaname, sequencename, coalesce(last_value, 0) FROM pg_sequences")
        found |= {f"{schema}.{sequence}": (value, "") for schema, sequence, value in sequences}
    return found


def check(before: dict[str, Contents], after: dict[str, Contents]) -> None:
    """Raises `BackupError` with what is not the same."""
    wrong = sorted(
        f"{name}: {table}"
        for name in before | after
        for table in before.get(name, {}) | after.get(name, {})
        if before.get(name, {}).get(table) != after.get(name, {}).get(table)
    )
    if wrong or before.keys() != after.keys():
        named = ", ".join(wrong[:5]) or "other databases"
        raise BackupError(f"the copy is not the original ({named}): nothing was replaced; report it")


def size(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
