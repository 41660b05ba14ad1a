"""Tokens of a day and a month: whoever has used them is told when there are more."""

import asyncio
import re
from datetime import datetime, time, timedelta

import httpx
import openai
import pytest

from app.config import Settings
from app.inference.gateway_app import build_gateway
from app.kit.db import Database
from tests.app.inference.test_gateway import used as booked
from tests.fixtures.app import serving
from tests.fixtures.auth import Person
from tests.fixtures.scheduling import Desk
from tests.fixtures.services import FakeEngines, client, deploy


async def limit(person: Person, **body: object) -> None:
    reply = await person.http.put(f"/api/v1/orgs/{person.org}/quota", json=body)
    assert reply.status_code == 200, reply.text


@pytest.mark.parametrize("resource", ["tokens_per_day", "tokens_per_month"])
async def test_a_project_out_of_tokens(
    ada: Person, desk: Desk, engines: FakeEngines, settings: Settings, controller_database: Database, resource: str
) -> None:
    """An answer takes five tokens; the one that goes beyond the limit is the last."""
    service = await deploy(ada, desk)
    await limit(ada, project=str(ada.project_id), resource=resource, hard=6)
    key = (await ada.api_key())["key"]
    async with serving(build_gateway(settings, engines, prefix="/v1"), lifespan="on") as address:
        async with client(address, key) as asking:
            for _ in range(2):
                await asking.completions.create(model="chat", prompt="x")
            with pytest.raises(openai.RateLimitError) as refused:
                await asking.completions.create(model="chat", prompt="x")
        assert (refused.value.type, refused.value.code) == ("tokens", "quota_exceeded")
        assert "the project has used its 6 tokens of this" in refused.value.message
        told = re.search(r"there are more at (\S+), or", refused.value.message)
        assert told is not None, refused.value.message
        more = datetime.fromisoformat(told[1])
        assert (more.utcoffset(), more.time()) == (timedelta(0), time(0)), "the first moment of another day"
        assert resource == "tokens_per_day" or more.day == 1
        wait = int(refused.value.response.headers["retry-after"])
        assert 1 <= wait <= (86_400 if resource == "tokens_per_day" else 31 * 86_400)
        assert len(engines.asked) == 2
        async with asyncio.timeout(10):
            while await booked(controller_database, service) != (2, 6, 4):
                continue
    # Another gateway, which has counted nothing itself, knows it from the ledger.
    async with (
        serving(build_gateway(settings, engines, prefix="/v1"), lifespan="on") as address,
        client(address, key) as asking,
    ):
        with pytest.raises(openai.RateLimitError):
            await asking.completions.create(model="chat", prompt="x")
        await limit(ada, project=str(ada.project_id), resource=resource, hard=100)
        async with asyncio.timeout(10):
            while not await answers(asking):
                continue
    (row,) = await ada.get(f"/orgs/{ada.org}/quota")
    assert row["used"] >= 10


async def test_the_limit_of_another_user_is_not_ones_own(
    ada: Person, desk: Desk, engines: FakeEngines, settings: Settings
) -> None:
    await deploy(ada, desk)
    await limit(ada, user_id=str(ada.user_id), resource="tokens_per_day", hard=0)
    account = await ada.post(f"/orgs/{ada.org}/service-accounts", {"name": "robot", "role": "member"})
    body = {"name": "k", "project": str(ada.project_id)}
    robot = (await ada.post(f"/service-accounts/{account['id']}/keys", body))["key"]
    async with serving(build_gateway(settings, engines, prefix="/v1"), lifespan="on") as address:
        async with client(address, robot) as other:
            await other.completions.create(model="chat", prompt="x")
        async with httpx.AsyncClient(headers=ada.headers) as http:
            refused = await http.post(f"{address}/v1/completions", json={"model": "chat", "prompt": "x"})
    assert refused.status_code == 429
    assert "the user has used its 0 tokens of this day" in refused.text


async def answers(asking: openai.AsyncOpenAI) -> bool:
    try:
        await asking.completions.create(model="chat", prompt="x")
    except openai.RateLimitError:
        return False
    return True
