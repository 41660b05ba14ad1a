"""What is read again and again is remembered for a time, and read once for all who ask meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from functools import partial
from typing import Generic, TypeVar

from cachetools import TTLCache

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Remembered(Generic[Key, Value]):
    def __init__(self, *, seconds: float, most: int = 10_000) -> None:
        self._known: TTLCache[Key, Value] = TTLCache(maxsize=most, ttl=seconds)
        self._reading: dict[Key, asyncio.Future[Value]] = {}
        self._forgotten = 0
        self.remembers = True
        """Where not, everybody reads on their own."""

    async def of(self, key: Key, read: Callable[[], Awaitable[Value]]) -> Value:
        """None is given, and not remembered. Who leaves does not end the reading of the others."""
        known = self._known.get(key)
        if known is not None:
            return known
        if not self.remembers:
            return await read()
        reading = self._reading.get(key)
        if reading is None:
            reading = self._reading[key] = asyncio.ensure_future(read())
            reading.add_done_callback(partial(self._keep, key, self._forgotten))
        return await asyncio.shield(reading)

    def known(self, key: Key) -> Value | None:
        return self._known.get(key)

    def __len__(self) -> int:
        return len(self._known)

    def forget(self) -> None:
        """What is being read now is not remembered, nor given to who asks from now on."""
        self._forgotten += 1
        self._known.clear()
        self._reading.clear()

    def _keep(self, key: Key, forgotten: int, reading: asyncio.Future[Value]) -> None:
        if self._reading.get(key) is reading:
            del self._reading[key]
        if reading.cancelled() or reading.exception() is not None:
            return
        if reading.result() is not None and self.remembers and forgotten == self._forgotten:
            self._known[key] = reading.result()
