"""Engine and sessions of PostgreSQL. Every transaction says for whom it is; row-level security does the rest."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import event, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session, SessionTransaction
from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry

PLATFORM = UUID(int=0)
"""The organization of the platform itself. Nobody is a member; a transaction in its scope sees all organizations and
people, and its events are the platform's."""


AWAY = (OperationalError, InterfaceError, NoConnection, OSError)
"""The database cannot be reached, or has no connection left."""
FAILED = (DBAPIError, NoConnection, OSError)
"""What may come of any statement, for loops that go on."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose rows a transaction may see."""

    org_ids: tuple[UUID, ...] = ()
    user_id: UUID | None = None
    hidden_project_ids: tuple[UUID, ...] = ()
    """Private projects of these organizations, whose rows repositories leave out."""
    every_organization: bool = False
    """Of the controller alone, whose database role the policies let through."""


NOBODY = Scope()
CONTROLLER = Scope(every_organization=True)

_SET_SCOPE = text("SELECT set_config('app.org_ids', :org_ids, true), set_config('app.user_id', :user_id, true)")


@dataclass(frozen=True, slots=True)
class PoolUse:
    """Connections of a pool now, and who waits for one."""

    limit: int
    in_use: int
    idle: int
    waiting: int


class Database:
    """One pool of connections of one role."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.url = url
        self.engine: AsyncEngine = create_async_engine(
            sqlalchemy_url(url),
            poolclass=_Pool,
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_recycle=1800,
            # Of the driver alone: it would send BEGIN on its own, a round trip before the scope's. See `_begin`.
            isolation_level="AUTOCOMMIT",
            # Errors quote the values of a statement, and end in logs.
            hide_parameters=True,
        )
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False, autoflush=True)
        self._limit = 2 * pool_size

    @asynccontextmanager
    async def session(self, scope: Scope = NOBODY) -> AsyncIterator[AsyncSession]:
        """A transaction that commits when the block ends and rolls back when it raises."""
        async with self._sessions(info={"scope": scope}) as session, session.begin():
            yield session

    async def close(self) -> None:
        await self.engine.dispose()

    @property
    def use(self) -> PoolUse:
        pool = self.engine.pool
        assert isinstance(pool, _Pool)
        return PoolUse(self._limit, pool.checkedout(), pool.checkedin(), pool.waiting)


class _Pool(AsyncAdaptedQueuePool):
    waiting = 0

    def _do_get(self) -> ConnectionPoolEntry:
        self.waiting += 1
        try:
            return super()._do_get()
        finally:
            self.waiting -= 1


def sqlalchemy_url(url: str) -> str:
    """`postgresql://…` as SQLAlchemy wants it for psycopg 3."""
    scheme, separator, rest = url.partition("://")
    if scheme not in {"postgresql", "postgres", "postgresql+psycopg"} or not separator:
        raise ValueError(f"not a PostgreSQL address (postgresql://user:password@host/database): {scheme}://…")
    return f"postgresql+psycopg://{rest}"


async def enter(session: AsyncSession, scope: Scope) -> None:
    """Gives a running transaction the scope that a credential has just proved, or that it is about to create."""
    session.info["scope"] = scope
    await session.execute(_SET_SCOPE, scope_parameters(scope))


def after_commit(session: AsyncSession, then: Callable[[], None]) -> None:
    """`then` is called where the transaction commits, and never where it does not."""
    event.listen(session.sync_session, "after_commit", lambda _: then(), once=True)


@event.listens_for(Session, "after_begin")
def _begin(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    """The transaction and its scope in one round trip; the values are UUIDs, so nothing needs quoting."""
    scope = session.info.get("scope")
    if scope is None or transaction.nested:
        return
    parameters = scope_parameters(scope)
    settings = ", ".join(f"set_config('app.{name}', '{value}', true)" for name, value in parameters.items())
    # Without parameters the driver uses the simple protocol, which takes several statements.
    connection.exec_driver_sql(f"BEGIN; SELECT {settings}", execution_options={"no_parameters": True})


def scope_parameters(scope: Scope) -> dict[str, str]:
    return {
        "org_ids": "{" + ",".join(str(org_id) for org_id in scope.org_ids) + "}" if scope.org_ids else "",
        "user_id": str(scope.user_id) if scope.user_id else "",
    }
