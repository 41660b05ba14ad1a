"""Makes somebody who has an account an administrator of the platform, or gives them a link for a new password.

`python -m app.migrations.administrator EMAIL [--password-days N | --new-password]`. Reads `database_owner_url` of
TRINE_SECRETS_DIR. The platform itself cannot appoint anybody, whoever asks.
"""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import psycopg
from uuid_utils.compat import uuid7

from app.auth import password_links
from app.config import Settings
from app.kit.clock import now
from app.kit.crypto import keyed_hash, new_token

_LIFTED = ("users", "password_resets")


def appoint(owner_url: str, email: str) -> bool:
    """False where nobody has an account with that address."""
    with _owner(owner_url) as connection:
        found = connection.execute(
            "UPDATE users SET is_platform_admin = true WHERE lower(email) = lower(%s) AND deleted_at IS NULL", (email,)
        )
        connection.execute("SELECT pg_notify('trine', %s)", ('{"topic": "credentials"}',))
        return found.rowcount == 1


def limit_password(owner_url: str, email: str, *, until: datetime) -> bool:
    """Of somebody whose password was made for them. False where nobody has an account with that address."""
    with _owner(owner_url) as connection:
        found = connection.execute(
            "UPDATE users SET password_expires_at = %s WHERE lower(email) = lower(%s) AND deleted_at IS NULL",
            (until, email),
        )
        return found.rowcount == 1


def issue_link(owner_url: str, email: str, *, pepper: bytes) -> str | None:
    """A token for `POST /auth/password:reset`, good once within a day; None where nobody has an account with that
    address. Those before it are no longer good."""
    token = new_token(password_links.PREFIX)
    with _owner(owner_url) as connection:
        found = connection.execute(
            "SELECT id FROM users WHERE lower(email) = lower(%s) AND deleted_at IS NULL", (email,)
        ).fetchone()
        if found is None:
            return None
        connection.execute(
            "UPDATE password_resets SET used_at = now() WHERE user_id = %s AND used_at IS NULL", (found[0],)
        )
        connection.execute(
            "INSERT INTO password_resets (id, user_id, token_hash, expires_at) VALUES (%s, %s, %s, %s)",
            (uuid7(), found[0], keyed_hash(pepper, token), now() + password_links.LIFETIME),
        )
    return token


@contextmanager
def _owner(owner_url: str) -> Iterator[psycopg.Connection]:
    """Policies hold for the owner too: they are lifted for the transaction, in which nobody else reads these tables."""
    with psycopg.connect(owner_url) as connection:
        connection.execute("SET LOCAL ROLE trine_owner")
        for table in _LIFTED:
            connection.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        yield connection
        for table in _LIFTED:
            connection.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m app.migrations.administrator", description=__doc__)
    parser.add_argument("email", metavar="EMAIL")
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--password-days", type=int, help="their password was made for them, and runs out then")
    chosen.add_argument("--new-password", action="store_true", help="a link by which they choose one; nothing else")
    asked = parser.parse_args(arguments)
    settings = Settings()
    owner_url = settings.secret("database_owner_url")
    try:
        if asked.new_password:
            token = issue_link(owner_url, asked.email, pepper=settings.key_pepper)
            sys.stdout.write(f"{settings.url}/reset-password#{token}\n" if token else "")
            known = token is not None
        else:
            known = appoint(owner_url, asked.email)
            if known and asked.password_days:
                limit_password(owner_url, asked.email, until=now() + timedelta(days=asked.password_days))
    except psycopg.Error as error:
        sys.stderr.write(f"the database refused: {error}\n")
        return 1
    if not known:
        sys.stderr.write(f"nobody has an account with the address {asked.email}: register it first\n")
    return 0 if known else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
