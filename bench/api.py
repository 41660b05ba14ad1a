"""Requests per second of two authenticated calls against a Serve hello-world in the same mode on the same cluster.

`python -m bench.api [--connections 16] [--seconds 4] [--rounds 9]`: a `GET` of a run with parameters and metrics, and a
`POST` of a metric batch (10 metrics × 10 steps, durable when it is answered), each connection to a run of its own. The
platform must run (`make up`).
"""

import argparse
import asyncio
import functools
import importlib.metadata
import itertools
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

import httpx

import trine
from bench.ratio import ratio
from trine.home import credentials, home

HELLO = "/bench-hello"
METRICS, STEPS = 10, 10


def main() -> None:
    arguments = _arguments()
    known = credentials()
    hello()
    while httpx.get(known.url + HELLO).text != "hello":
        time.sleep(0.2)
    runs = [_run(number) for number in range(arguments.connections)]
    bodies = Bodies()
    targets: dict[str, Callable[[str], bytes]] = {
        "hello": lambda run: request_bytes("GET", known.url, HELLO, known.api_key),
        "get run": lambda run: request_bytes("GET", known.url, f"/api/v1/runs/{run}", known.api_key),
        "post batch": lambda run: request_bytes(
            "POST", known.url, f"/api/v1/runs/{run}/batches", known.api_key, bodies.next(run)
        ),
    }
    rates: dict[str, list[float]] = {name: [] for name in targets}
    for make in targets.values():
        asyncio.run(rate(known.url, make, runs, 1.0))
    for _ in range(arguments.rounds):
        for name, make in targets.items():
            rates[name].append(asyncio.run(rate(known.url, make, runs, arguments.seconds)))
    print(
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, ray {importlib.metadata.version('ray')}"
    )
    print(f"hello-world      {statistics.median(rates['hello']):8.0f} requests/s")
    for name in ("get run", "post batch"):
        print(
            f"{name:16} {statistics.median(rates[name]):8.0f} requests/s   ratio {ratio(rates[name], rates['hello'])}"
        )
    hello("--delete")


def _run(number: int) -> str:
    run = trine.init(experiment="bench", name=f"bench-api-{number}", config={f"p{i}": i for i in range(10)})
    run.log({f"metric-{i}": 0.5 for i in range(METRICS)}, step=0)
    run.finish()
    return run.id


def hello(*options: str) -> None:
    """In a process of its own: Ray reads how the cluster listens when it is imported."""
    environment = os.environ | {
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN_PATH": str(home() / "secrets" / "ray_token"),
        "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
        "RAY_SERVE_ENABLE_HA_PROXY": "1",
        "RAY_SERVE_THROUGHPUT_OPTIMIZED": "1",
    }
    subprocess.run([sys.executable, "-m", "bench.hello", HELLO, *options], env=environment, check=True)


class Bodies:
    """Batches of one source for each run. Written before the clock runs, but for the sequence: the two cores are the
    platform's."""

    def __init__(self) -> None:
        self._sequences: defaultdict[str, itertools.count[int]] = defaultdict(itertools.count)
        self._rest = itertools.cycle([self._metrics(first) for first in range(0, 200 * STEPS, STEPS)])
        self._start = f'{{"source": "bench-{time.time_ns():x}", "sequence": '.encode()

    def next(self, run: str) -> bytes:
        return self._start + str(next(self._sequences[run])).encode() + next(self._rest)

    def _metrics(self, first: int) -> bytes:
        steps = list(range(first, first + STEPS))
        series = {"steps": steps, "values": [step * 0.001 for step in steps], "times": [time.time()] * STEPS}
        return f', "metrics": {json.dumps({f"metric-{i}": series for i in range(METRICS)})}}}'.encode()


def request_bytes(method: str, url: str, path: str, key: str, body: bytes = b"") -> bytes:
    head = f"{method} {path} HTTP/1.1\r\nHost: {urlsplit(url).netloc}\r\nAuthorization: Bearer {key}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def rate(url: str, make: Callable[[str], bytes], runs: Sequence[str], seconds: float) -> float:
    """Answers per second over a kept-alive connection for each run; ConnectionError for one that is no success."""
    deadline = time.perf_counter() + seconds
    started = time.perf_counter()
    counts = await asyncio.gather(*(_connection(url, functools.partial(make, run), deadline) for run in runs))
    return sum(counts) / (time.perf_counter() - started)


async def _connection(url: str, make: Callable[[], bytes], deadline: float) -> int:
    place = urlsplit(url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    count = 0
    while time.perf_counter() < deadline:
        writer.write(make())
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        if not head.startswith((b"http/1.1 200", b"http/1.1 201")):
            raise ConnectionError(head.decode())
        await reader.readexactly(int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0]))
        count += 1
    writer.close()
    await writer.wait_closed()
    return count


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--rounds", type=int, default=9)
    return parser.parse_args()


if __name__ == "__main__":
    main()
