"""Size and SHA-256 of what passes by, without holding the event loop up for large pieces."""

import asyncio
import hashlib
from collections.abc import AsyncIterator

_ON_THE_LOOP = 256 * 1024
"""Bytes that are hashed at once in less time than a thread takes to answer."""


class Measured:
    """Passes on what it is given; knows the size and the digest of what has passed."""

    def __init__(self) -> None:
        self.size = 0
        self._digest = hashlib.sha256()

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    async def passing(self, content: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """Of `content` all that is not empty."""
        async for chunk in content:
            if not chunk:
                continue
            if len(chunk) > _ON_THE_LOOP:
                await asyncio.to_thread(self._digest.update, chunk)
            else:
                self._digest.update(chunk)
            self.size += len(chunk)
            yield chunk
