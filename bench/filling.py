"""Rows that are written past the application: to make so many one by one takes minutes."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg


@contextmanager
def unguarded(owner_url: str, tables: Sequence[str]) -> Iterator[psycopg.Connection]:
    """The owner's connection. The policies of these tables, which bind the owner too, do not until the end, when the
    tables get their statistics."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        for table in tables:
            connection.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY".encode())
        yield connection
        for table in tables:
            connection.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY".encode())
            connection.execute(f"VACUUM ANALYZE {table}".encode())
