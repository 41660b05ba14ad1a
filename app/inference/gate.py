"""A bounded number of requests at work and a bounded queue before them; above that a quick no."""

import asyncio
import math
from collections import deque

LONGEST_RETRY_S = 30
SMOOTHING = 0.1


class Full(Exception):
    """The queue is full, or the turn did not come in time."""

    def __init__(self, retry_after: int, *, late: bool = False) -> None:
        super().__init__(f"try again in {retry_after} s")
        self.retry_after = retry_after
        """Seconds."""
        self.late = late
        """It waited for its turn, which did not come in time."""


class Gate:
    """First come, first served."""

    def __init__(self, *, width: int, length: int, seconds: float) -> None:
        """At most `width` are inside at once and `length` wait, each at most `seconds`."""
        self._width = width
        self._length = length
        self._seconds = seconds
        self._inside = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._mean_seconds = 0.0

    @property
    def idle(self) -> bool:
        return not self._inside and not self._waiting

    @property
    def inside(self) -> int:
        return self._inside

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    async def enter(self) -> None:
        """Who entered must leave; raises `Full`."""
        if self._inside < self._width and not self._waiting:
            self._inside += 1
            return
        if len(self._waiting) >= self._length:
            raise Full(self._retry_after())
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        entered = False
        try:
            async with asyncio.timeout(self._seconds):
                await turn
            entered = True
        except TimeoutError:
            raise Full(self._retry_after(), late=True) from None
        finally:
            if turn in self._waiting:
                self._waiting.remove(turn)
            elif not entered:  # the turn came at the very moment at which its owner gave up
                self._hand_on()

    def leave(self, seconds: float) -> None:
        """After `seconds` inside."""
        self._mean_seconds += SMOOTHING * (seconds - self._mean_seconds) if self._mean_seconds else seconds
        self._hand_on()

    def _hand_on(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.cancelled():
                turn.set_result(None)
                return
        self._inside -= 1

    def _retry_after(self) -> int:
        """Seconds that those who wait will take, as far as the last requests tell."""
        expected = self._mean_seconds * (len(self._waiting) + 1) / self._width
        return min(LONGEST_RETRY_S, max(1, math.ceil(expected)))
