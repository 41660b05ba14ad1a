"""Where rate limits are counted: in Redis for all gateways together, or in the memory of this one."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import redis.asyncio
import redis.asyncio.retry
import redis.backoff
import structlog
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import FixedWindowRateLimiter, SlidingWindowCounterRateLimiter
from limits.errors import StorageError

log = structlog.get_logger(__name__)
T = TypeVar("T")

ANSWER_SECONDS = 0.25
"""Redis is in the way of every request: it answers within this time, or is done without."""
AWAY_SECONDS = 5.0
CONNECTIONS = 32


class Windows:
    """`sliding` refuses what does not fit; `fixed` counts whatever was used, however much there is."""

    def __init__(self, storage: MemoryStorage | RedisStorage) -> None:
        self.sliding = SlidingWindowCounterRateLimiter(storage)
        self.fixed = FixedWindowRateLimiter(storage)


class Counters:
    """While Redis is away each gateway counts for itself: limits hold, though not over all gateways together.

    Make it in the loop that uses it.
    """

    def __init__(self, redis_url: str | None = None) -> None:
        self._memory = Windows(MemoryStorage())
        self._pool: redis.asyncio.BlockingConnectionPool | None = None
        self._shared: Windows | None = None
        self._away_until = 0.0
        if redis_url:
            self._pool = redis.asyncio.BlockingConnectionPool.from_url(
                redis_url,
                max_connections=CONNECTIONS,
                timeout=ANSWER_SECONDS,
                socket_timeout=ANSWER_SECONDS,
                socket_connect_timeout=ANSWER_SECONDS,
                retry=redis.asyncio.retry.Retry(redis.backoff.NoBackoff(), 1),
            )
            self._shared = Windows(
                RedisStorage(
                    f"async+{redis_url}",
                    wrap_exceptions=True,
                    implementation="redispy",
                    key_prefix="trine",
                    connection_pool=self._pool,  # type: ignore[arg-type]  # its options are typed as plain values
                )
            )

    async def ask(self, question: Callable[[Windows], Awaitable[T]]) -> T:
        if self._shared is not None and asyncio.get_running_loop().time() >= self._away_until:
            try:
                return await question(self._shared)
            except StorageError as error:
                self._away_until = asyncio.get_running_loop().time() + AWAY_SECONDS
                log.warning("limits.redis_away", error=type(error.storage_error).__name__, seconds=AWAY_SECONDS)
        return await question(self._memory)

    async def close(self) -> None:
        if self._pool is not None:
            await self._pool.aclose()
