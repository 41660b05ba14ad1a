"""What `run.log()` costs the loop that calls it: `python -m bench.reporter [--calls 300000] [--wall 30]`.

Three loops, each in a process of its own with a fresh `TRINE_HOME`: against a local HTTP sink in another process that
acknowledges every batch; with nobody listening; and an outage: as many points as a job that logs RATE times a second
makes in ten minutes, with nobody listening, as quickly as the reporter takes them, then the sink comes back and has to
get every point once that was not counted as dropped. `--wall` also runs an outage at that rate in real time.
Times are those of single calls, read with `perf_counter_ns` around each.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import socket
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import psutil

from trine.handle import RunHandle
from trine.run import Run

RATE = 1000
OUTAGE_S = 600
METRICS = 2
MIB = 1024 * 1024


@dataclass
class Told:
    times: list[int]
    """Nanoseconds of each call."""
    arrived: int = 0
    dropped: int = 0
    resident: int = 0
    """Bytes by which the process grew at most."""
    disk: int = 0


def main() -> None:
    arguments = _arguments()
    print(f"{os.cpu_count()} cores; {METRICS} metrics a call")
    with _sink() as (port, asked):
        _show("a live sink", loop(f"http://127.0.0.1:{port}", arguments.calls, 100), asked)
    _show("nobody listens", loop(_closed(), arguments.calls, 0.5))
    outage(f"{arguments.outage} s at once", RATE * arguments.outage, None)
    if arguments.wall:
        outage(f"{arguments.wall} s in real time", RATE * arguments.wall, 1 / RATE)


def loop(url: str, calls: int, patience: float) -> Told:
    with _home():
        run = _run(url)
        times = _tight(run, range(calls))
        run.finish(timeout=patience)
        return Told(times, dropped=run.dropped_points)


def outage(title: str, calls: int, pause: float | None) -> None:
    """`pause` seconds are between calls; without one, only as many as keep the reporter from dropping."""
    port = _port()
    process = psutil.Process()
    with _home() as home:
        run = _run(f"http://127.0.0.1:{port}")
        run.log({"first": 0.0}, step=0)
        run.flush(timeout=0.2)
        before, most, times = process.memory_info().rss, 0, []
        started = time.perf_counter()
        for begin in range(0, calls, 10_000):
            steps = range(begin, min(begin + 10_000, calls))
            times += _tight(run, steps) if pause is None else _paced(run, steps, pause, started)
            if pause is None:
                run.flush(timeout=0.2)
            most = max(most, process.memory_info().rss - before)
        disk = sum(path.stat().st_size for path in home.rglob("*") if path.is_file())
        with _sink(port) as (_, asked):
            assert run.flush(timeout=200), "what was kept did not arrive"
            told = Told(times, asked(), run.dropped_points, most, disk)
        run.finish(timeout=0.2)
    _show(f"outage, {title}", told)
    assert told.arrived + told.dropped == METRICS * calls + 1, (told.arrived, told.dropped)


def _tight(run: Run, steps: range) -> list[int]:
    clock, log = time.perf_counter_ns, run.log
    times = []
    for step in steps:
        values = {"loss": step * 0.5, "accuracy": 1.0}
        begun = clock()
        log(values, step=step)
        times.append(clock() - begun)
    return times


def _paced(run: Run, steps: range, pause: float, started: float) -> list[int]:
    times = []
    for step in steps:
        time.sleep(max(0.0, started + step * pause - time.perf_counter()))
        times += _tight(run, range(step, step + 1))
    return times


def _run(url: str) -> Run:
    return Run.attach(RunHandle(url=url, run_id="bench", token="t"))


@contextmanager
def _home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TRINE_HOME"] = folder
        yield Path(folder)


@contextmanager
def _sink(port: int = 0) -> Iterator[tuple[int, Callable[[], Any]]]:
    """Its port, and a function that tells how many different points it was told."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(port, theirs), daemon=True)
    process.start()
    try:
        yield ours.recv(), partial(_ask, ours)
    finally:
        process.terminate()
        process.join()


def _ask(pipe: Connection) -> Any:
    pipe.send(None)
    return pipe.recv()


def _serve(port: int, pipe: Connection) -> None:
    asyncio.run(_Sink(pipe).run(port))


class _Sink:
    """HTTP/1.1 as far as the reporter speaks it. Bodies are counted only when somebody asks, to stay out of the way."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._bodies: list[bytes] = []

    async def run(self, port: int) -> None:
        server = await asyncio.start_server(self._serve, "127.0.0.1", port)
        self._pipe.send(server.sockets[0].getsockname()[1])
        asyncio.get_running_loop().add_reader(self._pipe.fileno(), self._tell)
        await server.serve_forever()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answer = b'{"applied":true,"points":0}'
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(answer)
        try:
            while True:
                lines = (await reader.readuntil(b"\r\n\r\n")).lower()
                length = int(lines.partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
                self._bodies.append(await reader.readexactly(length))
                writer.write(head + answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def _tell(self) -> None:
        self._pipe.recv()
        points = set()
        for body in self._bodies:
            for name, series in json.loads(body).get("metrics", {}).items():
                for step in series["steps"]:
                    assert (name, step) not in points, "a point came twice"
                    points.add((name, step))
        self._pipe.send(len(points))


def _closed() -> str:
    return f"http://127.0.0.1:{_port()}"


def _port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _show(title: str, told: Told, asked=None) -> None:  # type: ignore[no-untyped-def]
    cuts = statistics.quantiles(told.times, n=1000)
    micro = [each / 1000 for each in (cuts[499], cuts[989], cuts[998], max(told.times))]
    arrived = asked() if asked else told.arrived
    print(
        f"{title:30} {len(told.times)} calls  p50 {micro[0]:6.2f} µs  p99 {micro[1]:6.2f} µs  p99.9 {micro[2]:7.1f} µs"
        f"  longest {micro[3] / 1000:6.1f} ms  arrived {arrived}  dropped {told.dropped}"
        f"  memory +{told.resident / MIB:.0f} MiB  disk {told.disk / MIB:.0f} MiB"
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=300_000)
    parser.add_argument("--outage", type=int, default=OUTAGE_S, help="seconds of an outage, at once")
    parser.add_argument("--wall", type=int, default=0, help="seconds of an outage in real time")
    return parser.parse_args()


if __name__ == "__main__":
    main()
