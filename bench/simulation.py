"""Steps per second of our pool against Gymnasium's vector environments, on the plain environment.

`python -m bench.simulation [--environment CartPole-v1] [--environments 32] [--workers 2] [--rounds 15] [--steps 30000]`

All contenders step the same number of environments. Rounds are interleaved, so that what else happens on the machine
hits all of them; a ratio is taken within its round, and its interval is a bootstrap of the median over rounds.
"""

import argparse
import importlib.metadata
import itertools
import os
import platform
import secrets
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import gymnasium
import numpy as np
import ray

from sim.envs.blueprint import blueprint
from sim.policies import Description, build
from sim.policies.network import Network
from sim.policies.random import Random
from sim.pool import RayPool

Contender = Callable[[int], None]


def main() -> None:
    options = _options()
    if "RAY_AUTH_TOKEN" not in os.environ:
        # Ray reads these when it is imported. Its workers run at the priority of the caller, as on our clusters.
        os.environ.update(RAY_AUTH_MODE="token", RAY_AUTH_TOKEN=secrets.token_hex(32), RAY_worker_niceness="0")
        os.execv(sys.executable, [sys.executable, "-m", "bench.simulation", *sys.argv[1:]])  # noqa: S606
    # The pools of the two modes hold their CPUs both, but only one of them works at a time.
    ray.init(num_cpus=3 * options.workers, include_dashboard=False, log_to_driver=False)
    try:
        rates = measure(options)
    finally:
        ray.shutdown()
    report(options, rates)


def measure(options: argparse.Namespace) -> dict[str, list[float]]:
    """Steps per second of each contender in each round, after one round that is not counted."""
    name, total = options.environment, options.environments
    plan = blueprint(name)
    shape = {"workers": options.workers, "environments": total // options.workers, "seed": 0}
    sync = gymnasium.make_vec(name, num_envs=total, vectorization_mode="sync")
    asynchronous = gymnasium.make_vec(
        name, num_envs=total, vectorization_mode="async", vector_kwargs={"context": "forkserver"}
    )
    crossing, beside = RayPool(plan, **shape), RayPool(plan, **shape)
    policy = _network(sync)
    stepper = crossing.stepping()
    contenders: dict[str, Contender] = {
        "SyncVectorEnv": _vector(sync),
        "AsyncVectorEnv": _vector(asynchronous),
        "pool, every step crosses": _crossing(stepper),
        "pool, random policy beside": _beside(beside, Random(), total),
        "SyncVectorEnv with network policy": _vector_with(sync, policy),
        "pool, network policy beside": _beside(beside, policy, total),
    }
    rates: dict[str, list[float]] = {contender: [] for contender in contenders}
    for round_number in range(options.rounds + 1):
        for contender, run in contenders.items():
            steps = max(options.steps // (10 if contender == "AsyncVectorEnv" else 1), total)
            begun = time.perf_counter()
            run(steps // total)
            if round_number:
                rates[contender].append(steps // total * total / (time.perf_counter() - begun))
    stepper.close()
    for pool in (crossing, beside):
        pool.close()
    asynchronous.close()
    return rates


def report(options: argparse.Namespace, rates: dict[str, list[float]]) -> None:
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("gymnasium", "numpy", "ray"))
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}, {versions}")
    shape = f"{options.environments} environments, {options.workers} workers"
    print(f"{options.environment}: {shape}, {options.rounds} rounds")
    print(f"{'':34} {'steps/s':>10}   ratio to SyncVectorEnv (95 % interval)")
    for contender, values in rates.items():
        base = "SyncVectorEnv with network policy" if "network" in contender else "SyncVectorEnv"
        ratios = np.array(values) / np.array(rates[base])
        low, high = bootstrap(ratios)
        note = "  (with the same policy)" if "network" in contender else ""
        print(
            f"{contender:34} {statistics.median(values):10,.0f}   {np.median(ratios):.2f} [{low:.2f}, {high:.2f}]{note}"
        )
    plain = np.array(rates["pool, network policy beside"]) / np.array(rates["SyncVectorEnv"])
    low, high = bootstrap(plain)
    print(f"pool with a network, SyncVectorEnv without any policy: {np.median(plain):.2f} [{low:.2f}, {high:.2f}]")


def bootstrap(values: Any, resamples: int = 10_000) -> tuple[float, float]:
    """95 % percentile interval of the median (Efron & Tibshirani, 1993)."""
    drawn = np.random.default_rng(0).choice(values, (resamples, len(values)))
    low, high = np.percentile(np.median(drawn, axis=1), [2.5, 97.5])
    return float(low), float(high)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Pool against Gymnasium's vector environments.")
    parser.add_argument("--environment", default="CartPole-v1")
    parser.add_argument("--environments", type=int, default=32, help="over all workers")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--steps", type=int, default=30_000, help="environment steps of a contender in a round")
    return parser.parse_args()


def _vector(vector: Any) -> Contender:
    vector.reset(seed=0)
    actions = [vector.action_space.sample() for _ in range(256)]

    def run(steps: int) -> None:
        for step in range(steps):
            vector.step(actions[step % 256])

    return run


def _vector_with(vector: Any, policy: Network) -> Contender:
    count = vector.num_envs
    actor = build(policy, vector.single_observation_space, vector.single_action_space, count)
    slots = list(range(count))
    for slot in slots:
        actor.begin(slot, slot)
    observations, _ = vector.reset(seed=0)

    def run(steps: int) -> None:
        current = observations
        for _ in range(steps):
            current, *_ = vector.step(actor.act(current, slots))

    return run


def _crossing(stepper: Any) -> Contender:
    actions = [
        np.stack([stepper.action_space.sample() for _ in range(stepper.count)]).astype(stepper.action_space.dtype)
        for _ in range(256)
    ]
    for _ in range(stepper.parts):
        stepper.receive()

    def run(steps: int) -> None:
        # Each round begins and ends with nothing under way.
        for part in range(stepper.parts):
            stepper.send(part, actions[0])
        for step in range(1, steps):
            for _ in range(stepper.parts):
                part, _ = stepper.receive()
                stepper.send(part, actions[step % 256])
        for _ in range(stepper.parts):
            stepper.receive()

    return run


def _beside(pool: RayPool, policy: Description, total: int) -> Contender:
    turns = iter(range(10**9))

    def run(steps: int) -> None:
        collected = sum(rollout.rewards.size for rollout in pool.collect(policy, steps, next(turns)))
        if collected != steps * total:
            raise RuntimeError(f"the pool stepped {collected} times instead of {steps * total}")

    return run


def _network(vector: Any, hidden: int = 64) -> Network:
    """Random weights of the shape that PPO trains; actions are drawn."""
    space = vector.single_action_space
    continuous = isinstance(space, gymnasium.spaces.Box)
    outputs = int(np.prod(space.shape)) if continuous else int(space.n)
    inputs = int(gymnasium.spaces.flatdim(vector.single_observation_space))
    random = np.random.default_rng(0)
    sizes = (inputs, hidden, hidden, outputs)
    layers = tuple((random.normal(size=pair) / pair[0] ** 0.5, np.zeros(pair[1])) for pair in itertools.pairwise(sizes))
    return Network(layers, np.zeros(outputs) if continuous else None, sample=True)


if __name__ == "__main__":
    main()
