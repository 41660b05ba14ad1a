"""How many credentials that are not good one address may try, whatever it tries them on.

Beyond the limit a credential that has not been good here lately is not looked up at all: a good one and a guess are
answered alike. Who has proven theirs goes on, so that a neighbour behind the same address does not lock them out.
"""

import time
from dataclasses import dataclass

import structlog
from cachetools import TTLCache
from fastapi import Request
from limits import parse

from app.auth.attempts import address_of
from app.config import Settings
from app.kit.counters import Counters, Windows
from app.standing import Standing, too_many

log = structlog.get_logger(__name__)

NAME = "credential-address"
MOST = 10_000
"""Addresses of which it is remembered that the log has been told of them."""


class CredentialLimit:
    """Make it in the loop that uses it."""

    def __init__(self, settings: Settings) -> None:
        self._counters = Counters(settings.redis_url)
        self._item = parse(settings.unknown_credential_rate)
        self._told: TTLCache[str, bool] = TTLCache(maxsize=MOST, ttl=self._item.get_expiry())

    async def admit(self, address: str | None) -> None:
        """Raises `TooMany` where the address has used up its limit. Not counted where nobody tells the address."""
        if address is None:
            return
        reset_at, left = await self._counters.ask(
            lambda windows: windows.sliding.get_window_stats(self._item, NAME, address)
        )
        if left < 1:
            self._refuse(address, reset_at)

    async def failed(self, address: str | None) -> None:
        """Counts one; raises `TooMany` where it is beyond the limit, so that no more than that are ever answered."""
        if address is None:
            return
        allowed, reset_at = await self._counters.ask(lambda windows: self._hit(windows, address))
        if not allowed:
            self._refuse(address, reset_at)

    async def close(self) -> None:
        await self._counters.close()

    async def _hit(self, windows: Windows, address: str) -> tuple[bool, float]:
        allowed = await windows.sliding.hit(self._item, NAME, address)
        reset_at, _ = await windows.sliding.get_window_stats(self._item, NAME, address)
        return allowed, reset_at

    def _refuse(self, address: str, reset_at: float) -> None:
        if address not in self._told:
            self._told[address] = True
            log.warning("credential.throttled", address=address)
        window = self._item.get_expiry()
        standing = Standing(NAME, "requests", self._item.amount, window, 0, max(0.0, reset_at - time.time()))
        raise too_many(standing, [standing], whose="address, of credentials that are not good,")


@dataclass(frozen=True, slots=True)
class Trial:
    """Of a credential that came with a request."""

    limit: CredentialLimit
    request: Request

    async def admit(self) -> None:
        await self.limit.admit(address_of(self.request))

    async def failed(self) -> None:
        await self.limit.failed(address_of(self.request))
