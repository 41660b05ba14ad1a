"""Limits of the API: who is counted with whom, and what an answer says of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.auth.permissions import Role
from app.auth.principal import Principal, PrincipalKind
from app.auth.request_limits import PARTS, RequestLimits, Traffic, headers
from app.config import Settings
from app.errors import TooMany
from app.main import build_app
from tests.fixtures.app import client
from tests.fixtures.auth import Person
from tests.fixtures.redis import RedisServer


@asynccontextmanager
async def limited(**changes: Any) -> AsyncIterator[RequestLimits]:
    limits = RequestLimits(Settings(home=Path("/nowhere"), **changes))
    try:
        yield limits
    finally:
        await limits.close()


def key(user_id: UUID | None = None, org_id: UUID | None = None) -> Principal:
    return Principal(PrincipalKind.API_KEY, uuid4(), user_id or uuid4(), {org_id or uuid4(): Role.OWNER})


def job() -> Principal:
    return Principal(PrincipalKind.WORKER, uuid4(), None, {uuid4(): Role.WORKER})


async def test_a_key_beyond_its_limit_is_told_when_to_come_back() -> None:
    async with limited(api_key_rate="2/minute") as limits:
        mine = key()
        for _ in range(2):
            await limits.admit(mine, Traffic.API)
        with pytest.raises(TooMany, match="2 requests in 60 s for this key or session is used up") as refused:
            await limits.admit(mine, Traffic.API)
        assert refused.value.code == "rate_limit_exceeded"
        assert 1 <= int(refused.value.headers["Retry-After"]) <= 60
        assert '"api-key";r=0' in refused.value.headers["RateLimit"]
        await limits.admit(key(), Traffic.API)


@pytest.mark.parametrize("whose", ["user", "organization"])
async def test_keys_of_one_person_or_organization_share_its_limit(whose: str) -> None:
    async with limited(**{f"api_{whose}_rate": "2/minute"}) as limits:
        shared = uuid4()
        named = {"user": "user_id", "organization": "org_id"}[whose]
        for _ in range(2):
            await limits.admit(key(**{named: shared}), Traffic.API)
        with pytest.raises(TooMany, match=f"for this {whose} is used up"):
            await limits.admit(key(**{named: shared}), Traffic.API)


async def test_who_is_refused_for_one_limit_is_counted_in_no_other() -> None:
    async with limited(api_key_rate="10/minute", api_user_rate="1/minute") as limits:
        mine = key()
        await limits.admit(mine, Traffic.API)
        for _ in range(3):
            with pytest.raises(TooMany) as refused:
                await limits.admit(mine, Traffic.API)
        assert '"api-key";r=9' in refused.value.headers["RateLimit"]


async def test_what_is_reported_is_not_counted_with_what_is_read() -> None:
    async with limited(api_key_rate="1/minute", telemetry_rate="2/minute") as limits:
        mine = key()
        await limits.admit(mine, Traffic.API)
        for _ in range(2):
            await limits.admit(mine, Traffic.TELEMETRY)
        for traffic in (Traffic.API, Traffic.TELEMETRY):
            with pytest.raises(TooMany):
                await limits.admit(mine, traffic)
        # The gateway counts for itself.
        assert await limits.admit(mine, Traffic.INFERENCE) == []


async def test_a_job_goes_on_while_its_organization_is_beyond_its_limit() -> None:
    async with limited(api_organization_rate="1/minute", telemetry_rate="1/minute", job_rate="3/minute") as limits:
        mine = job()
        (org_id,) = mine.roles
        await limits.admit(key(org_id=org_id), Traffic.API)
        with pytest.raises(TooMany):
            await limits.admit(key(org_id=org_id), Traffic.API)
        for traffic in (Traffic.TELEMETRY, Traffic.TELEMETRY, Traffic.API):
            await limits.admit(mine, traffic)
        with pytest.raises(TooMany, match="for this job"):
            await limits.admit(mine, Traffic.TELEMETRY)


async def test_all_of_a_limit_is_handed_out_and_no_more() -> None:
    async with limited(
        api_key_rate="1050/hour", api_user_rate="5000/hour", api_organization_rate="5000/hour"
    ) as limits:
        mine = key()
        admitted = [await limits.admit(mine, Traffic.API) for _ in range(1050)]
        assert dict(headers(admitted[-1]))[b"ratelimit"].startswith(b'"api-key";r=0;')
        with pytest.raises(TooMany):
            await limits.admit(mine, Traffic.API)


async def test_replicas_with_one_redis_count_together(redis_server: RedisServer) -> None:
    """Each holds back a part at most."""
    amount = 4 * PARTS
    changes = {"redis_url": redis_server.url, "api_key_rate": f"{amount}/hour"}
    async with limited(**changes) as one, limited(**changes) as other:
        mine, admitted = key(), 0
        while True:
            try:
                await (one, other)[admitted % 2].admit(mine, Traffic.API)
            except TooMany:
                break
            admitted += 1
        assert amount - amount // PARTS <= admitted <= amount


async def test_answers_say_what_is_left_and_then_no(settings: Settings, ada: Person) -> None:
    app = build_app(settings.model_copy(update={"api_key_rate": "3/hour", "telemetry_rate": "1/hour"}))
    run = await ada.post(f"/projects/{ada.project_id}/experiments", {"name": "limits"})
    run = await ada.post(f"/experiments/{run['id']}/runs", {"name": "limited"})
    async with app.router.lifespan_context(app), client(app, ada.token) as asking:
        first = await asking.get("/api/v1/auth/me")
        assert '"api-key";q=3;w=3600' in first.headers["ratelimit-policy"]
        assert '"api-key";r=2;' in first.headers["ratelimit"]
        # What FastAPI answers, an error of ours, and the direct way.
        assert '"api-key";r=1;' in (await asking.get("/api/v1/runs/none")).headers["ratelimit"]
        assert '"api-key";r=0;' in (await asking.get(f"/api/v1/runs/{run['id']}")).headers["ratelimit"]
        for path in ("/api/v1/auth/me", f"/api/v1/runs/{run['id']}"):
            refused = await asking.get(path)
            assert (refused.status_code, refused.json()["code"]) == (429, "rate_limit_exceeded")
            assert int(refused.headers["retry-after"]) >= 1
            assert refused.headers["content-type"] == "application/problem+json"
        batch = {"source": "s", "sequence": 0, "metrics": {"loss": {"steps": [1], "values": [1.0], "times": [1.0]}}}
        reported = await asking.post(f"/api/v1/runs/{run['id']}/batches", json=batch)
        assert reported.status_code < 300
        assert '"telemetry";r=0;' in reported.headers["ratelimit"]
        assert (await asking.post(f"/api/v1/runs/{run['id']}/batches", json=batch)).status_code == 429


async def test_the_limits_are_wide_enough_for_one_client_that_keeps_a_replica_busy() -> None:
    """2,500 requests in a second with one key, of either kind, are served."""
    async with limited() as limits:
        mine = key()
        for traffic in (Traffic.API, Traffic.TELEMETRY):
            for _ in range(2500):
                await limits.admit(mine, traffic)
