"""Tracking side by side with a real MLflow 3.17 server: durable points over HTTP, reading a history, an overlay of many
runs, bytes of a point on the disk.

`python -m bench.tracking [--rounds 5] [--part ingest|history|overlay|bytes] [--mlflow PYTHON]`. Both servers run on
this machine, by turns and never under load at the same moment: the platform's web application as one process over a
PostgreSQL of its own (a commit is on the disk when it is acknowledged), MLflow as `mlflow server` starts it, over
SQLite with a rollback journal and `synchronous=FULL` (so is a commit there). Both get the same load from the same
client, bodies encoded beforehand. `--mlflow` names the Python of an environment with MLflow, made otherwise.
"""

import argparse
import asyncio
import contextlib
import http.client
import importlib.metadata
import itertools
import json
import os
import platform
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

import psycopg

from bench.mlflow_server import VERSION, MlflowServer, mlflow_server
from bench.person import registered
from bench.ratio import ratio
from bench.settling import TABLES, settle
from bench.site import Site, site

RUNS, METRICS, STEPS, CONNECTIONS = 20, 50, 10, 4
OURS_AT_ONCE, THEIRS_AT_ONCE = 400, 20
"""Batches of a round."""
LONG, SHORT = 1_000_000, 20_000
"""Points of a series: ours alone, and on both sides."""
PIXELS = 1200
OVERLAY_RUNS, OVERLAY_METRICS, OVERLAY_STEPS = 100, 10, 1000


@dataclass(frozen=True)
class Ours:
    made: Site
    url: str
    key: str
    project: UUID


def main() -> None:
    arguments = _arguments()
    parts = [arguments.part] if arguments.part else list(PARTS)
    with site() as made, made.serve() as served, mlflow_server(arguments.mlflow) as theirs:
        key, project = asyncio.run(_account(served.url))
        ours = Ours(made, served.url, key, project)
        print(
            f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, {arguments.rounds} rounds by turns"
        )
        with psycopg.connect(made.owner_url) as connection:
            said = [
                connection.execute(f"SHOW {name}").fetchone()
                for name in ("server_version", "fsync", "synchronous_commit")
            ]
        print(
            f"PostgreSQL {', '.join(str(each and each[0]) for each in said)}; MLflow {VERSION}, SQLite synchronous=FULL"
        )
        print(f"fastapi {importlib.metadata.version('fastapi')}, psycopg {importlib.metadata.version('psycopg')}")
        for part in parts:
            PARTS[part](ours, theirs, arguments.rounds)


def ingest(ours: Ours, theirs: MlflowServer, rounds: int) -> None:
    """Points per second, acknowledged."""
    our_runs, their_runs = _our_runs(ours, RUNS), _their_runs(theirs.url, RUNS)
    through = _their_runs(ours.url, RUNS, ours.key)
    ours_next, theirs_next, through_next = (_batches(make) for make in (_our_batch, _their_batch, _their_batch))
    sides: dict[str, Callable[[], float]] = {
        "ours": lambda: _rate(ours.url, ours.key, [next(ours_next)(our_runs) for _ in range(OURS_AT_ONCE)]),
        "ours by MLflow's API": lambda: _rate(
            ours.url, ours.key, [next(through_next)(through) for _ in range(OURS_AT_ONCE)]
        ),
        "MLflow": lambda: _rate(theirs.url, "", [next(theirs_next)(their_runs) for _ in range(THEIRS_AT_ONCE)]),
    }
    found = _by_turns(sides, rounds)
    print(f"durable points/s over HTTP, batches of {METRICS * STEPS} to {RUNS} runs, {CONNECTIONS} connections")
    for name, rates in found.items():
        print(f"  {name:22} {statistics.median(rates):12,.0f}   ratio {ratio(rates, found['MLflow'])}")


def history(ours: Ours, theirs: MlflowServer, rounds: int) -> None:
    """Seconds to read a long series."""
    (our_run,), (their_run,) = _our_runs(ours, 1), _their_runs(theirs.url, 1)
    for first in range(0, LONG, 10_000):
        _ask(ours.url, ours.key, "POST", f"/api/v1/runs/{our_run}/batches", _our_points("loss", first, 10_000, first))
    _ask(ours.url, ours.key, "POST", f"/api/v1/runs/{our_run}/batches", _our_points("short", 0, SHORT, LONG))
    for first in range(0, SHORT, 1_000):
        _ask(theirs.url, "", "POST", "/api/2.0/mlflow/runs/log-batch", _their_points(their_run, "loss", first, 1_000))
    asyncio.run(settle(ours.made))
    series = f"/api/v1/projects/{ours.project}/runs:series?run={our_run}&points={4 * PIXELS}&name="
    charts = {name: series + name for name in ("loss", "short", "loss&axis=time")}
    asked = f"/api/2.0/mlflow/metrics/get-history?{urlencode({'run_id': their_run, 'metric_key': 'loss'})}"
    sides: dict[str, Callable[[], float]] = {
        "long": lambda: _seconds(ours.url, ours.key, charts["loss"]),
        "time": lambda: _seconds(ours.url, ours.key, charts["loss&axis=time"]),
        "short": lambda: _seconds(ours.url, ours.key, charts["short"]),
        "MLflow": lambda: _seconds(theirs.url, "", asked),
    }
    found = _by_turns(sides, rounds, warm=2)
    print(f"a series read: ours as a chart of {PIXELS} pixels, MLflow's as its history of {SHORT:,} points")
    ours_short, other = (statistics.median(found[name]) * 1e3 for name in ("short", "MLflow"))
    for axis, side, chart in (("steps", "long", "loss"), ("time", "time", "loss&axis=time")):
        median, p95 = statistics.median(found[side]) * 1e3, statistics.quantiles(found[side], n=20)[-1] * 1e3
        sent = len(_ask(ours.url, ours.key, "GET", charts[chart], encoding="gzip")) / 1000
        print(f"  ours, {LONG:,} points over {axis:5} {median:9.1f} ms, p95 {p95:.1f}, {sent:.1f} KB on the wire")
    print(f"  ours, {SHORT:,} points      {ours_short:9.1f} ms")
    print(f"  MLflow, {SHORT:,} points    {other:9.1f} ms")
    print(f"  MLflow's takes as long as {ratio(found['MLflow'], found['short'])} of ours of the same points,")
    print(f"  and as long as {ratio(found['MLflow'], found['long'])} of ours of {LONG // SHORT} times as many")


def overlay(ours: Ours, theirs: MlflowServer, rounds: int) -> None:
    """Seconds to read many metrics of many runs, MLflow's as its page does it: sampled, a request a metric."""
    runs, their_runs = _our_runs(ours, OVERLAY_RUNS), _their_runs(theirs.url, OVERLAY_RUNS)
    names = [f"metric-{number}" for number in range(OVERLAY_METRICS)]
    steps = range(OVERLAY_STEPS)
    values, times = [1 / (1 + step) for step in steps], [1.7e9 + step for step in steps]
    series = {"steps": list(steps), "values": values, "times": times}
    for run in runs:
        body = {"source": "bench", "sequence": 0, "metrics": dict.fromkeys(names, series)}
        _ask(ours.url, ours.key, "POST", f"/api/v1/runs/{run}/batches", json.dumps(body).encode())
    asyncio.run(settle(ours.made))
    # Past its server, which would take minutes for what is only to be read here.
    with contextlib.closing(sqlite3.connect(theirs.database)) as database, database:
        database.executemany(
            "INSERT INTO metrics (run_uuid, key, step, value, timestamp, is_nan) VALUES (?, ?, ?, ?, ?, 0)",
            (
                (run, name, step, value, int(at * 1000))
                for run in their_runs
                for name in names
                for step, value, at in zip(steps, values, times, strict=True)
            ),
        )
    points = 4 * PIXELS // OVERLAY_METRICS
    asked = urlencode({"run": runs, "name": names, "points": points}, doseq=True)
    path = f"/api/v1/projects/{ours.project}/runs:series?{asked}"
    told = [{"run_ids": their_runs, "metric_key": name, "max_results": points} for name in names]
    interval = "/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval"
    paths = [f"{interval}?{urlencode(each, doseq=True)}" for each in told]
    sides: dict[str, Callable[[], float]] = {
        "ours": lambda: _seconds(ours.url, ours.key, path),
        "MLflow": lambda: _time(lambda: _all(theirs.url, "", paths)),
    }
    found = _by_turns(sides, rounds)
    print(f"{OVERLAY_RUNS} runs × {OVERLAY_METRICS} metrics × {OVERLAY_STEPS} points, {points} of each curve")
    for name, each in found.items():
        print(f"  {name:8} {statistics.median(each) * 1e3:9.1f} ms, worst {max(each) * 1e3:.1f}")
    print(f"  MLflow's takes {ratio(found['MLflow'], found['ours'])} as long")


def size(ours: Ours, theirs: MlflowServer, rounds: int) -> None:
    """Bytes of a point on the disk, with its indexes."""
    our_runs, their_runs = _our_runs(ours, RUNS), _their_runs(theirs.url, RUNS)
    asyncio.run(settle(ours.made))
    before, their_before = _our_bytes(ours), theirs.bytes
    ours_next, theirs_next = _batches(_our_batch), _batches(_their_batch)
    for _ in range(0, 2_000, OURS_AT_ONCE):
        _rate(ours.url, ours.key, [next(ours_next)(our_runs) for _ in range(OURS_AT_ONCE)])
    _rate(theirs.url, "", [next(theirs_next)(their_runs) for _ in range(200)])
    asyncio.run(settle(ours.made))
    points, their_points = 2_000 * METRICS * STEPS, 200 * METRICS * STEPS
    mine, others = (_our_bytes(ours) - before) / points, (theirs.bytes - their_before) / their_points
    print(f"bytes a point on the disk, random float64, {points:,} and {their_points:,} points")
    print(f"  ours {mine:9.1f}   MLflow {others:9.1f}   {others / mine:.1f} times as many")


PARTS: dict[str, Callable[[Ours, MlflowServer, int], None]] = {
    "ingest": ingest,
    "history": history,
    "overlay": overlay,
    "bytes": size,
}


def _by_turns(sides: dict[str, Callable[[], float]], rounds: int, *, warm: int = 1) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(rounds + warm):
        for name, measure in sides.items():
            value = measure()
            if number >= warm:
                found[name].append(value)
    return found


Batch = tuple[str, bytes]
"""Path and body."""


def _batches(make: Callable[[str, int], Batch]) -> Iterator[Callable[[Sequence[str]], Batch]]:
    """Round after round through the runs, each time the next steps."""
    for number in itertools.count():
        yield lambda runs, number=number: make(runs[number % len(runs)], number // len(runs))  # type: ignore[misc]


def _our_batch(run: str, number: int) -> Batch:
    steps = list(range(number * STEPS, (number + 1) * STEPS))
    metrics = {
        f"metric-{metric}": {
            "steps": steps,
            "values": [_value(metric, step) for step in steps],
            "times": [1.7e9 + step + metric / 1000 for step in steps],
        }
        for metric in range(METRICS)
    }
    body = {"source": "bench", "sequence": number, "metrics": metrics}
    return f"/api/v1/runs/{run}/batches", json.dumps(body).encode()


def _their_batch(run: str, number: int) -> Batch:
    metrics = [
        {
            "key": f"metric-{metric}",
            "value": _value(metric, step),
            "timestamp": 1_700_000_000_000 + step * 1000 + metric,
            "step": step,
        }
        for metric in range(METRICS)
        for step in range(number * STEPS, (number + 1) * STEPS)
    ]
    return "/api/2.0/mlflow/runs/log-batch", json.dumps({"run_id": run, "metrics": metrics}).encode()


def _value(metric: int, step: int) -> float:
    """Of all 52 bits, and the same on both sides."""
    return (step * 0.6180339887498949 + metric * 0.7548776662466927) % 1.0


def _our_points(name: str, first: int, count: int, sequence: int) -> bytes:
    steps = list(range(first, first + count))
    series = {"steps": steps, "values": [_value(0, step) for step in steps], "times": [1.7e9 + step for step in steps]}
    return json.dumps({"source": "bench", "sequence": sequence, "metrics": {name: series}}).encode()


def _their_points(run: str, name: str, first: int, count: int) -> bytes:
    metrics = [
        {"key": name, "value": _value(0, step), "timestamp": 1_700_000_000_000 + step * 1000, "step": step}
        for step in range(first, first + count)
    ]
    return json.dumps({"run_id": run, "metrics": metrics}).encode()


def _rate(url: str, key: str, batches: Sequence[Batch]) -> float:
    """Points a second that were acknowledged."""
    return len(batches) * METRICS * STEPS / _time(lambda: _all(url, key, batches))


def _all(url: str, key: str, requests: Sequence[Batch | str]) -> None:
    """Each over one of the connections, which take turns: a run's batches go over one, in their order."""

    def lane(number: int) -> None:
        connection = _connection(url)
        for each in requests[number::CONNECTIONS]:
            path, body = (each, None) if isinstance(each, str) else each
            _exchange(connection, key, "GET" if body is None else "POST", path, body)
        connection.close()

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(lane, range(CONNECTIONS)))


def _seconds(url: str, key: str, path: str) -> float:
    return _time(lambda: _ask(url, key, "GET", path))


def _time(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _ask(url: str, key: str, method: str, path: str, body: bytes | None = None, encoding: str = "identity") -> bytes:
    connection = _connection(url)
    try:
        return _exchange(connection, key, method, path, body, encoding)
    finally:
        connection.close()


def _connection(url: str) -> http.client.HTTPConnection:
    place = urlsplit(url)
    return http.client.HTTPConnection(str(place.hostname), place.port, timeout=120)


def _exchange(
    connection: http.client.HTTPConnection,
    key: str,
    method: str,
    path: str,
    body: bytes | None,
    encoding: str = "identity",
) -> bytes:
    headers = {"Content-Type": "application/json", "Accept-Encoding": encoding}
    connection.request(method, path, body, headers | ({"Authorization": f"Bearer {key}"} if key else {}))
    answer = connection.getresponse()
    content = answer.read()
    if answer.status >= http.client.BAD_REQUEST:
        raise RuntimeError(f"{method} {path} answered {answer.status}: {content[:300]!r}")
    return content


def _our_runs(ours: Ours, count: int) -> list[str]:
    path = f"/api/v1/projects/{ours.project}/experiments"
    experiment = json.loads(_ask(ours.url, ours.key, "POST", path, json.dumps({"name": "bench"}).encode()))["id"]
    path = f"/api/v1/experiments/{experiment}/runs"
    return [json.loads(_ask(ours.url, ours.key, "POST", path, b'{"name": "bench"}'))["id"] for _ in range(count)]


def _their_runs(url: str, count: int, key: str = "") -> list[str]:
    path = "/api/2.0/mlflow/runs/create"
    body = json.dumps({"experiment_id": "0", "start_time": 1_700_000_000_000}).encode()
    return [json.loads(_ask(url, key, "POST", path, body))["run"]["info"]["run_id"] for _ in range(count)]


def _our_bytes(ours: Ours) -> int:
    with psycopg.connect(ours.made.owner_url) as connection:
        row = connection.execute(
            "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relname = ANY (%s) AND relkind IN ('r', 'p')",
            [list(TABLES)],
        ).fetchone()
    return int(row[0]) if row else 0


async def _account(url: str) -> tuple[str, UUID]:
    async with registered(url) as person:
        return (await person.api_key())["key"], person.project_id


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--part", choices=list(PARTS))
    parser.add_argument("--mlflow", metavar="PYTHON")
    return parser.parse_args()


if __name__ == "__main__":
    main()
