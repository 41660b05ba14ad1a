"""Goodput of `/v1` at a multiple of the sustainable load, and how quickly the rest is refused.

`python -m bench.overload [--times 4] [--seconds 8] [--rounds 5]`. The real gateway over a real PostgreSQL, before an
engine of fixed capacity: WIDTH generations at once, each `SECONDS` long, so WIDTH/SECONDS answers a second and no more.
Requests arrive at random (Poisson) whatever the answers, as those of many users do. First at 0.9 of the capacity, which
every one survives, then at the multiple. Goodput is whole answers per second within DEADLINE_S, as a share of capacity.
"""

import argparse
import asyncio
import json
import os
import random
import statistics
import time
from collections import Counter
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI

from app.cluster.base import EngineUnavailable
from app.config import Settings
from app.inference.gateway_app import build_gateway
from app.kit.db import Database
from app.main import build_app
from bench.fuzz import opened
from bench.person import registered
from bench.site import Site, site
from tests.fixtures.fake_cluster import FakeCluster
from tests.fixtures.scheduling import Desk
from tests.fixtures.services import deploy

WIDTH, SECONDS = 4, 0.1
CAPACITY = WIDTH / SECONDS
DEADLINE_S = 15.0
ANSWER = b'{"id":"c","object":"text_completion","created":1,"model":"m","choices":[{"index":0,"text":"hi"}]}'
RATES = {f"TRINE_INFERENCE_{who}_RATE": "100000/second" for who in ("KEY", "USER", "ORGANIZATION")}
"""Limits of rates would refuse the load before the gateway has to shed it."""


class Engine:
    """What comes above its width waits inside it, as in a real engine's batch."""

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(WIDTH)

    async def stream(self, application: str, path: str, body: dict[str, Any]) -> AsyncGenerator[Any, None]:
        async with self._places:
            yield {"status": 200, "stream": False}
            await asyncio.sleep(SECONDS)
            yield ANSWER
            yield {"usage": {"prompt_tokens": 3, "completion_tokens": 2}}

    async def infer(self, application: str, body: dict[str, Any]) -> dict[str, Any]:
        raise EngineUnavailable("no tensor model here")


def gateway() -> FastAPI:
    """Of the child process."""
    return build_gateway(Settings(), Engine(), prefix="/v1")


@dataclass
class Load:
    good: list[float] = field(default_factory=list)
    """Seconds of each whole answer."""
    refused: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    without_advice: int = 0
    """Refusals without `Retry-After`."""


def main() -> None:
    arguments = _arguments()
    with site() as made:
        with made.serve() as web:
            key = asyncio.run(_fill(made, web.url))
        with made.serve("bench.overload:gateway", **RATES) as served:
            asyncio.run(_drive(served.url, key, 0.5 * CAPACITY, 2.0, 0))
            calm: list[float] = []
            storm: list[float] = []
            total = Load()
            for number in range(1, arguments.rounds + 1):
                for rate, kept in ((0.9 * CAPACITY, calm), (arguments.times * CAPACITY, storm)):
                    load = asyncio.run(_drive(served.url, key, rate, arguments.seconds, number))
                    kept.append(sum(took <= DEADLINE_S for took in load.good) / arguments.seconds / CAPACITY)
                    if kept is storm:
                        total.good += load.good
                        total.refused += load.refused
                        total.statuses += load.statuses
                        total.without_advice += load.without_advice
    print(
        f"{os.cpu_count()} cores; capacity {CAPACITY:.0f} answers/s, {arguments.rounds} rounds of {arguments.seconds} s"
    )
    print(f"goodput at 0.9 of the capacity       {_shown(calm)}")
    print(f"goodput at {arguments.times:g} times the capacity    {_shown(storm)}")
    print(f"answers {dict(sorted(total.statuses.items()))}; refusals without Retry-After {total.without_advice}")
    for name, values in (("good answers", total.good), ("refusals", total.refused)):
        cuts = statistics.quantiles(values, n=100)
        print(f"{name:14} median {cuts[49]:.3f} s, p99 {cuts[98]:.3f} s, longest {max(values):.3f} s")


async def _drive(url: str, key: str, rate: float, seconds: float, seed: int) -> Load:
    """Sends for `seconds`, and waits for every answer."""
    draw, load = random.Random(seed), Load()
    body = json.dumps({"model": "chat", "prompt": "x"}).encode()
    place = urlsplit(url)
    head = f"POST /v1/completions HTTP/1.1\r\nHost: {place.netloc}\r\nAuthorization: Bearer {key}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    request = head.encode() + body
    started = time.perf_counter()
    due = started
    async with asyncio.TaskGroup() as group:
        while (due := due + draw.expovariate(rate)) < started + seconds:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            group.create_task(_ask(str(place.hostname), place.port or 80, request, due, load))
    return load


async def _ask(host: str, port: int, request: bytes, due: float, load: Load) -> None:
    """Time counts from when the request was due, so that a client that lags hides nothing."""
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(request)
    answer = await reader.read(-1)
    writer.close()
    took = time.perf_counter() - due
    status = int(answer[9:12])
    load.statuses[status] += 1
    if status == 200 and answer.endswith(ANSWER):
        load.good.append(took)
    else:
        load.refused.append(took)
        load.without_advice += b"\r\nretry-after:" not in answer.lower()


async def _fill(made: Site, url: str) -> str:
    """A service with one deployment that is ready; a key for it."""
    database = Database((made.home.secrets / "database_controller_url").read_text(), pool_size=2)
    cluster = FakeCluster()
    controller = await opened(made, url, database, cluster)
    async with registered(url) as person:
        desk = Desk(controller, cluster, database, build_app(Settings(home=made.home.root)))
        await deploy(person, desk, concurrent=WIDTH)
        key = await person.api_key()
    await database.close()
    return str(key["key"])


def _shown(values: list[float]) -> str:
    return f"{statistics.median(values):.2f} of it [{min(values):.2f}, {max(values):.2f}]"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=float, default=4.0)
    parser.add_argument("--seconds", type=float, default=8.0, help="of one load")
    parser.add_argument("--rounds", type=int, default=5)
    return parser.parse_args()


if __name__ == "__main__":
    main()
