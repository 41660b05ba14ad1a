"""Gauges of what a process of the control plane holds open, read when they are told."""

from app.kit.db import Database
from app.kit.notify import Announcer, Listener
from app.kit.pipeline import Pipeline
from app.metrics import BACKLOG, DATABASE_CONNECTIONS, DATABASE_LIMIT, DATABASE_WAITING, LISTENING


class Readings:
    def __init__(self, listener: Listener, announcer: Announcer | None = None, **pools: Database | Pipeline) -> None:
        """`pools` by the names that the metrics give them."""
        self._listener = listener
        self._announcer = announcer
        self._pools = pools

    def __call__(self) -> None:
        for name, pool in self._pools.items():
            use = pool.use
            DATABASE_CONNECTIONS.set(use.in_use, name, "in_use")
            DATABASE_CONNECTIONS.set(use.idle, name, "idle")
            DATABASE_LIMIT.set(use.limit, name)
            DATABASE_WAITING.set(use.waiting, name)
        LISTENING.set(self._listener.listening)
        if self._announcer:
            BACKLOG.set(self._announcer.backlog, "announcements")
