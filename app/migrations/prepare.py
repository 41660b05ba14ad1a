"""Makes a PostgreSQL database ready: roles, then migrations. `python -m app.migrations.prepare`.

Reads `database_owner_url` of TRINE_SECRETS_DIR (a role that may create roles) and writes there, readable by its owner
alone, `database_app_url` and `database_controller_url`. Running it again changes nothing.
"""

import os
import secrets
import sys
from pathlib import Path

import alembic.command
import alembic.config
import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from app.migrations import restored

LOGIN_ROLES = {"trine_app": "database_app_url", "trine_controller": "database_controller_url"}
OLDEST_POSTGRES = 15


def prepare(owner_url: str, secrets_dir: Path) -> None:
    """Raises `RuntimeError` with one sentence where the server is too old or the role may not create roles."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        _check_version(connection)
        _create_roles(connection, owner_url, secrets_dir)
    upgrade(owner_url)
    restored.forget_transactions(owner_url)


def upgrade(owner_url: str, revision: str = "head") -> None:
    alembic.command.upgrade(configuration(owner_url), revision)


def configuration(owner_url: str) -> alembic.config.Config:
    """For Alembic's commands on that database."""
    config = alembic.config.Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["url"] = owner_url
    return config


def _check_version(connection: psycopg.Connection) -> None:
    major = connection.info.server_version // 10_000
    if major < OLDEST_POSTGRES:
        raise RuntimeError(f"PostgreSQL {major} is too old: Trine needs {OLDEST_POSTGRES} or newer")


def _create_roles(connection: psycopg.Connection, owner_url: str, secrets_dir: Path) -> None:
    database = sql.Identifier(connection.info.dbname)
    # One at a time on a server: CREATE ROLE has no IF NOT EXISTS, and two platforms may start together.
    connection.execute("SELECT pg_advisory_lock(7460123)")
    existing = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE 'trine\\_%'")}
    for role in ("trine_owner", "trine_auth"):
        if role not in existing:
            connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(role)))
    connection.execute("GRANT trine_owner TO CURRENT_USER")
    connection.execute("GRANT trine_auth TO trine_owner")
    connection.execute(sql.SQL("GRANT CREATE, CONNECT ON DATABASE {} TO trine_owner").format(database))
    connection.execute("GRANT USAGE, CREATE ON SCHEMA public TO trine_owner, trine_auth")
    for role, file in LOGIN_ROLES.items():
        path = secrets_dir / file
        if path.exists() and role in existing:
            continue
        password = secrets.token_urlsafe(32)
        verb = "ALTER" if role in existing else "CREATE"
        statement = sql.SQL(verb + " ROLE {} LOGIN NOINHERIT PASSWORD {}")
        connection.execute(statement.format(sql.Identifier(role), sql.Literal(password)))
        connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, sql.Identifier(role)))
        _write_secret(path, _url_of(owner_url, role, password))
    connection.execute("GRANT USAGE ON SCHEMA public TO trine_app, trine_controller")
    connection.execute("SELECT pg_advisory_unlock(7460123)")


def _url_of(owner_url: str, role: str, password: str) -> str:
    parameters = {name: str(value) for name, value in conninfo_to_dict(owner_url).items() if value is not None}
    host, port = parameters.pop("host", "127.0.0.1"), parameters.pop("port", "5432")
    database = parameters.pop("dbname", "postgres")
    for secret in ("user", "password"):
        parameters.pop(secret, None)
    query = make_conninfo(**parameters).replace(" ", "&")
    address = f"postgresql://{role}:{password}@{'' if str(host).startswith('/') else host}:{port}/{database}"
    options = "&".join(part for part in (f"host={host}" if str(host).startswith("/") else "", query) if part)
    return f"{address}?{options}" if options else address


def _write_secret(path: Path, value: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_suffix(".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(value)
    temporary.replace(path)


def main() -> int:
    secrets_dir = Path(os.environ["TRINE_SECRETS_DIR"])
    try:
        prepare((secrets_dir / "database_owner_url").read_text().strip(), secrets_dir)
    except (RuntimeError, psycopg.Error) as error:
        sys.stderr.write(f"the database could not be prepared: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
