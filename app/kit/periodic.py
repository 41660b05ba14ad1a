"""Work that is done again and again until it is ended."""

import asyncio
from collections.abc import Awaitable, Callable


class Periodic:
    def __init__(self, work: Callable[[], Awaitable[None]], pause: Callable[[], float]) -> None:
        """`pause`: seconds until the next time."""
        self._work = work
        self._pause = pause
        self._ending = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Not by cancelling: what is under way is brought to its end."""
        self._ending.set()
        if self._task:
            await self._task

    async def _run(self) -> None:
        while not self._ending.is_set():
            try:
                async with asyncio.timeout(self._pause()):
                    await self._ending.wait()
            except TimeoutError:
                await self._work()
