"""How often somebody may ask, and how many tokens an organization may use: counted per key, user and organization."""

import asyncio
import time
from collections.abc import Sequence
from uuid import UUID

from limits import RateLimitItem, parse

from app.auth.principal import Principal
from app.config import Settings
from app.kit.counters import Counters, Windows
from app.standing import Standing, too_many

TOKENS = "organization-tokens"


class RateLimits:
    def __init__(self, settings: Settings) -> None:
        self._counters = Counters(settings.redis_url)
        self._key = parse(settings.inference_key_rate)
        self._user = parse(settings.inference_user_rate)
        self._organization = parse(settings.inference_organization_rate)
        self._tokens = parse(settings.inference_organization_tokens)

    async def admit_caller(self, principal: Principal) -> list[Standing]:
        """Counts a request of this credential and its person; raises `TooMany`."""
        limits = [("key", self._key, principal.id)]
        if principal.user_id is not None:
            limits.append(("user", self._user, principal.user_id))
        return await self._admit(limits, ())

    async def admit_organization(self, org_id: UUID, earlier: Sequence[Standing]) -> list[Standing]:
        """Counts a request of this organization, which must have tokens left; raises `TooMany`.

        `earlier` is what `admit_caller` said: the headers tell of all limits.
        """
        tokens = await self._counters.ask(lambda windows: _tokens(windows, self._tokens, org_id))
        if tokens.remaining <= 0:
            raise too_many(tokens, [*earlier, tokens], whose="organization")
        return await self._admit([("organization", self._organization, org_id)], [*earlier, tokens])

    async def charge(self, org_id: UUID, tokens: int) -> None:
        """What an answer took; the one that goes beyond the budget is the last."""
        if tokens:
            await self._counters.ask(lambda windows: windows.fixed.hit(self._tokens, TOKENS, str(org_id), cost=tokens))

    async def close(self) -> None:
        await self._counters.close()

    async def _admit(
        self, limits: Sequence[tuple[str, RateLimitItem, UUID]], earlier: Sequence[Standing]
    ) -> list[Standing]:
        answers = await self._counters.ask(lambda windows: asyncio.gather(*(_hit(windows, *each) for each in limits)))
        standings = [*earlier, *(standing for _, standing in answers)]
        for allowed, standing in answers:
            if not allowed:
                raise too_many(standing, standings, whose=standing.name)
        return standings


async def _hit(windows: Windows, name: str, limit: RateLimitItem, owner: UUID) -> tuple[bool, Standing]:
    allowed = await windows.sliding.hit(limit, name, str(owner))
    reset_at, remaining = await windows.sliding.get_window_stats(limit, name, str(owner))
    return allowed, _standing(name, "requests", limit, remaining, reset_at)


async def _tokens(windows: Windows, limit: RateLimitItem, org_id: UUID) -> Standing:
    reset_at, remaining = await windows.fixed.get_window_stats(limit, TOKENS, str(org_id))
    return _standing(TOKENS, "tokens", limit, remaining, reset_at)


def _standing(name: str, unit: str, limit: RateLimitItem, remaining: int, reset_at: float) -> Standing:
    return Standing(name, unit, limit.amount, limit.get_expiry(), remaining, max(0.0, reset_at - time.time()))
