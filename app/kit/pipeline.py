"""Several statements in one round trip: for the few requests that come thousands of times a second.

Until the driver sends Sync, PostgreSQL runs them as one transaction: all of them count or none. They are under
row-level security; a connection keeps the scope that it was given last, and is given another before it serves another.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString
from weakref import WeakKeyDictionary

import psycopg
import psycopg_pool

from app.kit.db import PoolUse, Scope, scope_parameters

_SET_SCOPE = "SELECT set_config('app.org_ids', %(org_ids)s, false), set_config('app.user_id', %(user_id)s, false)"


@dataclass(frozen=True, slots=True)
class Statement:
    text: LiteralString
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Result:
    affected: int
    rows: Sequence[tuple[Any, ...]]
    """Empty for a statement that returns none."""


class Pipeline:
    """A pool of connections of its own, opened with the application."""

    def __init__(self, url: str, *, size: int) -> None:
        self._pool = psycopg_pool.AsyncConnectionPool(
            url, min_size=1, max_size=size, open=False, kwargs={"autocommit": True, "prepare_threshold": 1}
        )
        self._scopes: WeakKeyDictionary[psycopg.AsyncConnection[Any], Scope] = WeakKeyDictionary()

    async def open(self) -> None:
        await self._pool.open()

    async def close(self) -> None:
        await self._pool.close()

    @property
    def use(self) -> PoolUse:
        seen = self._pool.get_stats()
        size, idle = seen.get("pool_size", 0), seen.get("pool_available", 0)
        return PoolUse(self._pool.max_size, size - idle, idle, seen.get("requests_waiting", 0))

    async def run(self, scope: Scope, statements: Sequence[Statement]) -> list[Result]:
        """Raises `psycopg.Error`, and then nothing has happened."""
        async with self._pool.connection() as connection:
            try:
                if len(statements) == 1 and self._scopes.get(connection) == scope:
                    (only,) = statements
                    return [await _result(await connection.execute(only.text, only.parameters))]
                async with connection.pipeline():
                    if self._scopes.pop(connection, None) != scope:
                        await connection.execute(_SET_SCOPE, scope_parameters(scope))
                    cursors = [await connection.execute(each.text, each.parameters) for each in statements]
                self._scopes[connection] = scope
            except BaseException:
                # The driver takes for prepared what the server skipped after the error, and an answer that nobody
                # waited for would be the next one's; the pool makes another.
                await connection.close()
                raise
            return [await _result(cursor) for cursor in cursors]


async def _result(cursor: psycopg.AsyncCursor[tuple[Any, ...]]) -> Result:
    return Result(cursor.rowcount, await cursor.fetchall() if cursor.description else ())
