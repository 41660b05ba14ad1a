"""Attempts to prove who one is: how many, and what is told of those that fail.

Whether an account exists must not show. So nothing here looks at an account before an answer is decided: attempts are
counted by what was typed, and what failed is written down after it has been answered.
"""

import ipaddress
import math
import time
from collections.abc import Sequence

import structlog
from fastapi import Request
from limits import RateLimitItem, parse

from app.auth.journal import Journal, Refusal
from app.config import Settings
from app.errors import TooMany
from app.kit.counters import Counters, Windows
from app.kit.crypto import keyed_hash
from app.kit.origin import origin

log = structlog.get_logger(__name__)

ADDRESS, HERE, ACCOUNT = "sign-in-address", "sign-in-account-here", "sign-in-account"
DIGITS = 16
"""Of the hash by which counters and logs know an account."""


class Attempts:
    """Make it in the loop that uses it."""

    def __init__(self, settings: Settings, journal: Journal) -> None:
        self._settings = settings
        self._journal = journal
        self._counters = Counters(settings.redis_url)
        self._address = parse(settings.sign_in_address_rate)
        self._here = parse(settings.sign_in_here_rate)
        self._account = parse(settings.sign_in_account_rate)

    async def admit(self, email: str, address: str | None) -> None:
        """Counts an attempt; raises `TooMany`, in the same words for every limit."""
        for limit, name, who in self._limits(email, address):
            allowed, reset_at = await self._hit(limit, name, *who)
            if not allowed:
                self._refused("throttled", email, address)
                raise _too_many(reset_at)

    async def admit_address(self, address: str | None) -> None:
        """As `admit`, before it is known who signs in; not counted where nobody tells the address."""
        if address is None:
            return
        allowed, reset_at = await self._hit(self._address, ADDRESS, address)
        if not allowed:
            log.warning("sign_in.refused", outcome="throttled", address=address)
            raise _too_many(reset_at)

    async def succeeded(self, email: str, address: str | None) -> None:
        """Who knows the password has their attempts back; an address has not: anybody has an account somewhere."""
        for limit, name, who in self._limits(email, address):
            if name != ADDRESS:
                await self._clear(limit, name, *who)

    def failed(self, email: str, address: str | None) -> None:
        self._refused("failed", email, address)

    async def close(self) -> None:
        await self._counters.close()

    def _limits(self, email: str, address: str | None) -> Sequence[tuple[RateLimitItem, str, tuple[str, ...]]]:
        """In this order: who is refused for their address uses up no attempts on the account."""
        account = self._known_as(email)
        found = [(self._address, ADDRESS, (address,))] if address else []
        return [*found, (self._here, HERE, (account, address or "")), (self._account, ACCOUNT, (account,))]

    async def _hit(self, limit: RateLimitItem, *who: str) -> tuple[bool, float]:
        return await self._counters.ask(lambda windows: _hit(windows, limit, *who))

    async def _clear(self, limit: RateLimitItem, *who: str) -> None:
        await self._counters.ask(lambda windows: windows.sliding.clear(limit, *who))

    def _refused(self, outcome: str, email: str, address: str | None) -> None:
        log.warning("sign_in.refused", outcome=outcome, account=self._known_as(email), address=address)
        self._journal.tell(Refusal(outcome, email.lower(), address))

    def _known_as(self, email: str) -> str:
        return keyed_hash(self._settings.key_pepper, f"account\n{email.lower()}").hex()[:DIGITS]


def address_of(request: Request) -> str | None:
    """Of the client, or of its network in IPv6; None where no proxy of ours tells it, and only the proxy is seen."""
    came = origin()
    if came is None or request.client is None or came.address == request.client.host:
        return None
    found = ipaddress.ip_address(came.address)
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or ipaddress.ip_network((found, 64), strict=False))


def _too_many(reset_at: float) -> TooMany:
    wait = max(1, math.ceil(reset_at - time.time()))
    return TooMany(
        f"too many attempts to sign in: try again in {wait} s",
        code="too_many_attempts",
        headers={"Retry-After": str(wait)},
    )


async def _hit(windows: Windows, limit: RateLimitItem, *who: str) -> tuple[bool, float]:
    allowed = await windows.sliding.hit(limit, *who)
    reset_at, _ = await windows.sliding.get_window_stats(limit, *who)
    return allowed, reset_at
