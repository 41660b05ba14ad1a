"""A database of its own for each test: what is done to a schema is seen by everybody in it."""

import secrets
from collections.abc import Iterator

import psycopg
import psycopg.sql
import pytest

from tests.fixtures.db import Prepared


@pytest.fixture
def fresh(server_url: str, prepared: Prepared) -> Iterator[str]:
    """Address of an empty database on the server of the tests, where the roles exist."""
    name = f"trine_fresh_{secrets.token_hex(4)}"
    identifier = psycopg.sql.Identifier(name)
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(identifier))
    yield server_url.rpartition("/")[0] + f"/{name}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(psycopg.sql.SQL("DROP DATABASE {} WITH (FORCE)").format(identifier))
