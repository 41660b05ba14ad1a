"""LISTEN/NOTIFY: a hint that something changed, never the only way to learn it."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import psycopg
import structlog
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.db import FAILED, Database

log = structlog.get_logger(__name__)

CHANNEL = "trine"
RECONNECT_SECONDS = 1.0
ANNOUNCE_SECONDS = 0.1


async def notify(session: AsyncSession, topic: str, /, **ids: Any) -> None:
    """Told when the transaction commits; ids only, because anybody who can connect may listen."""
    await _notify(session, [_payload(topic, **ids)])


def _payload(topic: str, /, **ids: Any) -> str:
    return json.dumps({"topic": topic, **{name: str(value) for name, value in ids.items()}})


async def _notify(session: AsyncSession, payloads: Sequence[str]) -> None:
    statement = text("SELECT pg_notify(:channel, payload) FROM unnest(CAST(:payloads AS text[])) AS payload")
    await session.execute(statement, {"channel": CHANNEL, "payloads": list(payloads)})


class Announcer:
    """NOTIFY for what happens often: gathered, and told at most ten times a second, after it has been committed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._pending: set[tuple[str, str, str]] = set()
        self._waiting = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def backlog(self) -> int:
        return len(self._pending)

    def tell(self, topic: str, kind: str, subject: object) -> None:
        self._pending.add((topic, kind, str(subject)))
        self._waiting.set()

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            await self._waiting.wait()
            self._waiting.clear()
            pending, self._pending = self._pending, set()
            try:
                async with self._database.session() as session:
                    await _notify(session, [_payload(topic, **{kind: subject}) for topic, kind, subject in pending])
            except FAILED as error:
                # Nothing is lost: whoever waits polls as well.
                log.warning("notify.failed", error=type(error).__name__, topics=len(pending))
            await asyncio.sleep(ANNOUNCE_SECONDS)


class Listener:
    """One connection that listens; whoever waits on a topic is woken. Waiters must also poll."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._subscribers: list[tuple[str, asyncio.Queue[dict[str, str]]]] = []
        self._callbacks: list[tuple[str, Callable[[], None]]] = []
        self._watchers: list[Callable[[bool], None]] = []
        self._task: asyncio.Task[None] | None = None
        self.listening = False

    def on_message(self, topic: str, callback: Callable[[], None]) -> None:
        self._callbacks.append((topic, callback))

    def on_state(self, watcher: Callable[[bool], None]) -> None:
        """`watcher(True)` when listening begins, `watcher(False)` when the connection is lost."""
        self._watchers.append(watcher)

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    @asynccontextmanager
    async def subscribe(self, topic: str) -> AsyncIterator[asyncio.Queue[dict[str, str]]]:
        """A queue of what is told on `topic`; the oldest is dropped when nobody takes it."""
        queue: asyncio.Queue[dict[str, str]] = asyncio.Queue(maxsize=1000)
        entry = (topic, queue)
        self._subscribers.append(entry)
        try:
            yield queue
        finally:
            self._subscribers.remove(entry)

    async def _run(self) -> None:
        while True:
            try:
                await self._listen()
            except (psycopg.Error, OSError) as error:
                log.warning("listen.dropped", error=str(error))
            self._tell(False)
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _listen(self) -> None:
        async with await psycopg.AsyncConnection.connect(self._url, autocommit=True) as connection:
            await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(CHANNEL)))
            self._tell(True)
            async for notification in connection.notifies():
                self._hear(notification.payload)

    def _tell(self, listening: bool) -> None:
        self.listening = listening
        for watcher in self._watchers:
            watcher(listening)

    def _hear(self, payload: str) -> None:
        try:
            message = json.loads(payload)
            message["topic"]
        except (ValueError, TypeError, KeyError):
            # Anybody who can connect may say anything on the channel.
            log.warning("listen.not_ours", characters=len(payload))
            return
        self._dispatch(message)

    def _dispatch(self, message: dict[str, str]) -> None:
        for topic, callback in self._callbacks:
            if topic == message["topic"]:
                callback()
        for topic, queue in self._subscribers:
            if topic == message["topic"]:
                if queue.full():
                    queue.get_nowait()
                queue.put_nowait(message)
