"""How often the API may be asked: counted per key or session, per person and per organization.

What reports telemetry has a limit of its own, and a job one that nobody else's requests use up, so that training never
waits for who reads charts. Inference counts for itself (`app/inference/rate_limits.py`).

A replica takes requests of a limit by the hundredth part, and hands them out from memory: most requests ask neither
Redis nor the counters. Of what a replica took and has not handed out the others get nothing, so with many of them a
limit may be reached a hundredth early for each.
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from limits import RateLimitItem, parse

from app.auth.principal import Principal, PrincipalKind
from app.config import Settings
from app.kit.counters import Counters, Windows
from app.standing import Standing, too_many

PARTS = 100
"""Into which a limit is cut; what is left of one is the most that a replica holds back from the others."""
MOST = 50_000
"""Owners of limits that are remembered. Beyond them all are forgotten, and with them what they had in hand."""


class Traffic(StrEnum):
    """What an operation counts as."""

    API = "api"
    TELEMETRY = "telemetry"
    INFERENCE = "inference"
    """Counted by the gateway."""


@dataclass(frozen=True, slots=True)
class _Limit:
    name: str
    whose: str
    """In the words of a refusal."""
    item: RateLimitItem
    owner: Callable[[Principal], UUID | None]
    """Whose requests are counted together; None: nobody's."""

    part: int = field(init=False)
    """Requests that a replica takes at once."""
    policy: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "part", max(1, self.item.amount // PARTS))
        object.__setattr__(self, "policy", f'"{self.name}";q={self.item.amount};w={self.item.get_expiry()}')


@dataclass(slots=True)
class _Taken:
    """Of one owner's limit."""

    in_hand: int
    elsewhere: int
    """What the counters had left when they were asked last."""
    reset_at: float

    def standing(self, limit: _Limit) -> Standing:
        remaining, reset = self.in_hand + self.elsewhere, max(0.0, self.reset_at - time.time())
        return Standing(limit.name, "requests", limit.item.amount, limit.item.get_expiry(), remaining, reset)


Admitted = Sequence[tuple[_Limit, _Taken]]


class RequestLimits:
    """Make it in the loop that uses it."""

    def __init__(self, settings: Settings) -> None:
        self._counters = Counters(settings.redis_url)
        self._taken: dict[tuple[str, UUID], _Taken] = {}
        self._api = (
            _Limit("api-key", "key or session", parse(settings.api_key_rate), lambda principal: principal.id),
            _Limit("api-user", "user", parse(settings.api_user_rate), lambda principal: principal.user_id),
            _Limit("api-organization", "organization", parse(settings.api_organization_rate), _organization),
        )
        self._telemetry = (
            _Limit("telemetry", "key or session", parse(settings.telemetry_rate), lambda principal: principal.id),
        )
        self._job = (_Limit("job", "job", parse(settings.job_rate), lambda principal: principal.id),)

    async def admit(self, principal: Principal, traffic: Traffic) -> Admitted:
        """Counts a request; raises `TooMany`. What is returned is for `headers`."""
        admitted: list[tuple[_Limit, _Taken]] = []
        for limit in self._of(principal, traffic):
            owner = limit.owner(principal)
            if owner is None:
                continue
            taken = self._taken.get((limit.name, owner))
            if taken is None or not taken.in_hand:
                taken = await self._take(limit, owner)
            if not taken.in_hand:
                for _, earlier in admitted:
                    earlier.in_hand += 1
                told = [known.standing(each) for each, known in (*admitted, (limit, taken))]
                raise too_many(told[-1], told, whose=limit.whose)
            taken.in_hand -= 1
            admitted.append((limit, taken))
        return admitted

    async def close(self) -> None:
        await self._counters.close()

    def _of(self, principal: Principal, traffic: Traffic) -> Sequence[_Limit]:
        if traffic is Traffic.INFERENCE:
            return ()
        if principal.kind is PrincipalKind.WORKER:
            return self._job
        return self._telemetry if traffic is Traffic.TELEMETRY else self._api

    async def _take(self, limit: _Limit, owner: UUID) -> _Taken:
        """Another part of the limit, or what is left of it; `in_hand` is 0 where nothing is."""
        got, elsewhere, reset_at = await self._counters.ask(lambda windows: _take(windows, limit, owner))
        if len(self._taken) >= MOST:
            self._taken.clear()
        # Who asked at the same moment has added to it meanwhile.
        taken = self._taken.setdefault((limit.name, owner), _Taken(0, 0, 0.0))
        taken.in_hand += got
        taken.elsewhere, taken.reset_at = elsewhere, reset_at
        return taken


def headers(admitted: Admitted) -> list[tuple[bytes, bytes]]:
    """`RateLimit-Policy` and `RateLimit`, as `app.standing` writes them; of each answer, so without its detours."""
    if not admitted:
        return []
    now = time.time()
    policy = ", ".join([limit.policy for limit, _ in admitted])
    left = ", ".join(
        [
            f'"{limit.name}";r={taken.in_hand + taken.elsewhere};t={max(0, math.ceil(taken.reset_at - now))}'
            for limit, taken in admitted
        ]
    )
    return [(b"ratelimit-policy", policy.encode()), (b"ratelimit", left.encode())]


def _organization(principal: Principal) -> UUID | None:
    """A key's, or that of a person who has one alone: of several nobody knows yet which is meant."""
    return next(iter(principal.roles)) if len(principal.roles) == 1 else None


async def _take(windows: Windows, limit: _Limit, owner: UUID) -> tuple[int, int, float]:
    """How many were taken, how many are left, and when there will be more."""
    item, name = limit.item, (limit.name, str(owner))
    got = limit.part if await windows.sliding.hit(item, *name, cost=limit.part) else 0
    reset_at, left = await windows.sliding.get_window_stats(item, *name)
    if not got and left and await windows.sliding.hit(item, *name, cost=left):
        got, left = left, 0
    return got, math.floor(left), reset_at
