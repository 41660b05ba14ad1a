"""Limits in the memory of one gateway, and in a real Redis that several share."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.auth.permissions import Role
from app.auth.principal import Principal, PrincipalKind
from app.config import Settings
from app.errors import TooMany
from app.inference.rate_limits import RateLimits
from tests.fixtures.redis import RedisServer


@asynccontextmanager
async def limited(**changes: Any) -> AsyncIterator[RateLimits]:
    limits = RateLimits(Settings(home=Path("/nowhere"), **changes))
    try:
        yield limits
    finally:
        await limits.close()


def key(user_id: UUID | None = None) -> Principal:
    return Principal(PrincipalKind.API_KEY, uuid4(), user_id or uuid4(), {uuid4(): Role.OWNER})


async def test_a_key_that_asks_too_often_is_told_when_to_come_back() -> None:
    async with limited(inference_key_rate="2/minute") as limits:
        mine = key()
        assert [each.remaining for each in await limits.admit_caller(mine)] == [1, 199]
        await limits.admit_caller(mine)
        with pytest.raises(TooMany, match="the limit of 2 requests in 60 s for this key is used up") as refused:
            await limits.admit_caller(mine)
        assert 1 <= int(refused.value.headers["Retry-After"]) <= 60
        assert refused.value.headers["x-ratelimit-remaining-requests"] == "0"
        await limits.admit_caller(key())


async def test_many_keys_of_one_person_share_the_persons_limit() -> None:
    async with limited(inference_user_rate="2/minute") as limits:
        person = uuid4()
        for _ in range(2):
            await limits.admit_caller(key(person))
        with pytest.raises(TooMany, match="for this user"):
            await limits.admit_caller(key(person))


async def test_an_organization_has_a_limit_of_its_own() -> None:
    async with limited(inference_organization_rate="1/minute") as limits:
        org = uuid4()
        await limits.admit_organization(org, ())
        with pytest.raises(TooMany, match="for this organization"):
            await limits.admit_organization(org, ())
        await limits.admit_organization(uuid4(), ())


async def test_tokens_are_charged_after_they_were_used() -> None:
    async with limited(inference_organization_tokens="100/hour") as limits:
        org = uuid4()
        await limits.charge(org, 99)
        (tokens, _) = await limits.admit_organization(org, ())
        assert (tokens.unit, tokens.remaining) == ("tokens", 1)
        await limits.charge(org, 50)
        with pytest.raises(TooMany, match="100 tokens in 3600 s for this organization") as refused:
            await limits.admit_organization(org, ())
        assert refused.value.headers["x-ratelimit-remaining-tokens"] == "0"
        assert refused.value.extra["limited"] == "tokens"


async def test_gateways_with_one_redis_count_together(redis_server: RedisServer) -> None:
    changes = {"redis_url": redis_server.url, "inference_key_rate": "3/hour", "inference_organization_tokens": "9/hour"}
    async with limited(**changes) as one, limited(**changes) as other:
        mine, org = key(), uuid4()
        await one.admit_caller(mine)
        await other.admit_caller(mine)
        assert (await one.admit_caller(mine))[0].remaining == 0
        for gateway in (one, other):
            with pytest.raises(TooMany, match="for this key"):
                await gateway.admit_caller(mine)
        await one.charge(org, 9)
        with pytest.raises(TooMany, match="tokens"):
            await other.admit_organization(org, ())


async def test_a_gateway_whose_redis_died_counts_for_itself(redis_server: RedisServer) -> None:
    async with limited(redis_url=redis_server.url, inference_key_rate="2/hour") as limits:
        mine = key()
        await limits.admit_caller(mine)
        redis_server.kill()
        for _ in range(2):
            await limits.admit_caller(mine)
        with pytest.raises(TooMany):
            await limits.admit_caller(mine)


def test_a_rate_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="write it like 100/second"):
        Settings(inference_key_rate="often")
