"""When the pieces of one streamed answer came."""

import asyncio
from collections.abc import Callable

from app.inference.tally import OPENING
from app.metrics import FIRST_TOKEN_SECONDS, INTER_TOKEN_SECONDS


class Pace:
    def __init__(self, application: str, asked: float, begun: Callable[[], None]) -> None:
        """`asked` is when the request came, in the time of the running loop; `begun` is told of the first token."""
        self._application = application
        self._begun = begun
        self._asked = asked
        self._last = 0.0

    def piece(self, content: bytes) -> None:
        """Whole events of the engine, as they came."""
        if not self._last and content.count(OPENING) == content.count(b"\n\n"):
            return  # a chat begins with events that hold no token
        now = asyncio.get_running_loop().time()
        if self._last:
            INTER_TOKEN_SECONDS.observe(now - self._last, self._application)
        else:
            FIRST_TOKEN_SECONDS.observe(now - self._asked, self._application)
            self._begun()
        self._last = now
