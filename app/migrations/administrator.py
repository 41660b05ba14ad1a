"""Makes somebody who has an account an administrator of the platform: `python -m app.migrations.administrator EMAIL`.

Reads `database_owner_url` of TRINE_SECRETS_DIR. The platform itself cannot do it, whoever asks.
"""

import os
import sys
from pathlib import Path

import psycopg

USAGE = "usage: python -m app.migrations.administrator EMAIL"


def appoint(owner_url: str, email: str) -> bool:
    """False where nobody has an account with that address."""
    with psycopg.connect(owner_url) as connection:
        connection.execute("SET LOCAL ROLE trine_owner")
        # Policies hold for the owner too.
        connection.execute("ALTER TABLE users NO FORCE ROW LEVEL SECURITY")
        found = connection.execute(
            "UPDATE users SET is_platform_admin = true WHERE lower(email) = lower(%s) AND deleted_at IS NULL", (email,)
        )
        connection.execute("ALTER TABLE users FORCE ROW LEVEL SECURITY")
        connection.execute("SELECT pg_notify('trine', %s)", ('{"topic": "credentials"}',))
        return found.rowcount == 1


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        sys.stderr.write(f"{USAGE}\n")
        return 2
    owner_url = (Path(os.environ["TRINE_SECRETS_DIR"]) / "database_owner_url").read_text().strip()
    try:
        if appoint(owner_url, arguments[0]):
            return 0
    except psycopg.Error as error:
        sys.stderr.write(f"the database refused: {error}\n")
        return 1
    sys.stderr.write(f"nobody has an account with the address {arguments[0]}: register it first\n")
    return 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
