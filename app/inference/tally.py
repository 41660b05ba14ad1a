"""What a stream has used so far: the engine tells it in the end, which whoever leaves early never hears."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

EVENT = b'data: {"id":'
OPENING = b'"delta":{"role":'
"""Of an event before the first token. Quotes within a text are escaped, so neither can be in one."""


class Tally:
    """Charged once: what the engine said in the end, or the prompt and an event each for a token until then."""

    def __init__(self, head: Mapping[str, Any], charge: Callable[[dict[str, int]], Awaitable[None]]) -> None:
        """`head` is the first item of the engine's stream."""
        self._prompt_tokens: int = head.get("usage", {}).get("prompt_tokens", 0)
        self._events = 0
        self._charge = charge
        self._charged = False

    def add(self, chunk: bytes) -> None:
        """Whole events, which the client is sent."""
        self._events += chunk.count(EVENT) - chunk.count(OPENING)

    async def settle(self, usage: dict[str, int]) -> None:
        self._charged = True
        await self._charge(usage)

    async def close(self) -> None:
        if not self._charged:
            await self.settle({"prompt_tokens": self._prompt_tokens, "completion_tokens": self._events})
