"""Does the time of a refusal tell whether the foreign thing exists? `python -m bench.denial [--requests 300]`.

For each operation a stranger asks in turn for a thing of another organization and for one that is nowhere. Told is the
chance that the first takes longer than the second (the area under the ROC curve; 0.5 is a coin, Hanley & McNeil 1982)
with a 95 % interval from blocks of requests, and the difference of the medians. Sign-in likewise: an account that
exists against one that does not. Needs no platform: it starts a PostgreSQL of its own.
"""

import argparse
import asyncio
import http.client
import json
import os
import random
import statistics
import time
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import uuid4

import numpy as np

from bench.fuzz import fill
from bench.person import registered
from bench.site import site

READS = {
    "run": "/api/v1/runs/{run_id}",
    "metrics": "/api/v1/runs/{run_id}/metrics?name=loss",
    "artifact": "/api/v1/artifacts/{artifact_id}",
    "model": "/api/v1/models/{model_id}",
    "workload": "/api/v1/workloads/{workload_id}",
    "training job": "/api/v1/training-jobs/{job_id}",
    "study": "/api/v1/studies/{study_id}",
    "simulation": "/api/v1/simulations/{simulation_id}",
    "service": "/api/v1/services/{service_id}",
    "project": "/api/v1/projects/{project}/runs",
    "organization": "/api/v1/orgs/{org}/members",
}
BLOCKS, RESAMPLES = 20, 4000
SIGN_INS = 40
UNLIMITED = {f"TRINE_SIGN_IN_{name}_RATE": "100000/hour" for name in ("ADDRESS", "HERE", "ACCOUNT")}
"""Who is refused before the password is looked at is answered at once, whoever it is."""


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    body: bytes
    expected: frozenset[int]


def main() -> None:
    arguments = _arguments()
    with site() as made, made.serve(**UNLIMITED) as served:
        things, _ = asyncio.run(fill(made, served.url))
        key = asyncio.run(_stranger(served.url))
        unknown = dict.fromkeys(things, str(uuid4()))
        print(f"{os.cpu_count()} cores, {arguments.requests} requests each; chance that what exists takes longer")
        for name, path in READS.items():
            pair = [Request("GET", path.format_map(each), b"", frozenset({404})) for each in (things, unknown)]
            print(f"{name:14} {verdict(*measure(served.url, key, pair, arguments.requests))}")
        emails = ("ada@example.org", "nobody@example.org")
        pair = [
            Request(
                "POST",
                "/api/v1/auth/login",
                json.dumps({"email": email, "password": "not the right one"}).encode(),
                frozenset({401}),
            )
            for email in emails
        ]
        print(f"{'sign-in':14} {verdict(*measure(served.url, None, pair, SIGN_INS))}")


def measure(url: str, key: str | None, pair: list[Request], requests: int) -> tuple[list[float], list[float]]:
    """Seconds of each answer, for both; which of the two goes first is drawn each time."""
    place = urlsplit(url)
    connection = http.client.HTTPConnection(str(place.hostname), place.port)
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
    times: tuple[list[float], list[float]] = ([], [])
    draw = random.Random(0)
    for number in range(-10, requests):
        for side in draw.sample((0, 1), 2):
            request = pair[side]
            started = time.perf_counter()
            connection.request(request.method, request.path, body=request.body or None, headers=headers)
            answer = connection.getresponse()
            body = answer.read()
            took = time.perf_counter() - started
            if answer.status not in request.expected:
                raise RuntimeError(f"{request.path} answered {answer.status}: {body[:300]!r}")
            if number >= 0:  # the first warm up
                times[side].append(took)
    connection.close()
    return times


def verdict(exists: list[float], unknown: list[float]) -> str:
    blocks = [(np.array(exists[i::BLOCKS]), np.array(unknown[i::BLOCKS])) for i in range(BLOCKS)]
    drawn = np.random.default_rng(0).integers(0, BLOCKS, (RESAMPLES, BLOCKS))
    each = np.array([chance(*block) for block in blocks])
    low, high = np.percentile(each[drawn].mean(axis=1), [2.5, 97.5])
    difference = (statistics.median(exists) - statistics.median(unknown)) * 1e6
    tells = "" if low <= 0.5 <= high else "   tells"
    whole = chance(np.array(exists), np.array(unknown))
    return f"{whole:.3f} [{low:.3f}, {high:.3f}]   medians differ by {difference:+.0f} µs{tells}"


def chance(first: np.ndarray, second: np.ndarray) -> float:
    """That a value of the first is larger than one of the second; a tie counts half."""
    larger = (first[:, None] > second[None, :]).mean()
    return float(larger + (first[:, None] == second[None, :]).mean() / 2)


async def _stranger(url: str) -> str:
    async with registered(url, "bob@example.org") as person:
        return str((await person.api_key())["key"])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=300)
    return parser.parse_args()


if __name__ == "__main__":
    main()
