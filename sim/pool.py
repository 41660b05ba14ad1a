"""Environments held by Ray actors: with the policy beside them, or with every step across to the caller."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Protocol

import ray
import ray.exceptions
import ray.util

from sim.channel import Address
from sim.envs.blueprint import Blueprint
from sim.policies import Description
from sim.seeding import EPISODE
from sim.stepping import Stepper, connect
from sim.worker import Chunk, EnvironmentWorker, Rollout, Setup
from trine.failures import PlatformFailure, SpecError

START_TIMEOUT_S = 300.0
REPLACEMENTS_PER_WORKER = 3
"""Lost workers that a pool replaces on its own before it gives up."""
_CHUNKS_PER_WORKER = 4


class Pool(Protocol):
    """`LocalPool` holds the environments in this process, `RayPool` in actors."""

    observation_space: Any
    action_space: Any

    def collect(self, policy: Description, steps: int, turn: int) -> list[Rollout]:
        """The next `steps` of every environment, one rollout a worker, in their order. `turn` numbers the calls."""
        ...

    def run(self, policy: Description, episodes: Sequence[int], purpose: str = EPISODE) -> Iterator[Chunk]:
        """These episodes, each exactly once, as they come in, with the seeds of a purpose."""
        ...

    def close(self) -> None: ...


class LocalPool:
    """The workers' environments one after another, with the results that a `RayPool` of the same shape has."""

    def __init__(self, blueprint: Blueprint, *, workers: int, environments: int, seed: int, first: int = 0) -> None:
        self.observation_space, self.action_space = _spaces(blueprint)
        setups = _setups(blueprint, workers, environments, seed, first)
        self._workers = [EnvironmentWorker(setup) for setup in setups]
        self._environments = environments

    def collect(self, policy: Description, steps: int, turn: int) -> list[Rollout]:
        return [worker.collect(policy, steps, turn) for worker in self._workers]

    def run(self, policy: Description, episodes: Sequence[int], purpose: str = EPISODE) -> Iterator[Chunk]:
        for part in chunks(episodes, len(self._workers), self._environments):
            yield self._workers[0].run(policy, part, purpose)

    def close(self) -> None:
        self._workers.clear()


class RayPool:
    """`workers` actors of one CPU with `environments` each. Ray must be initialized. Endless stepping begins with
    episode `first`.

    A worker whose process or node is lost is replaced, and what it owed is asked again of its successor: results that
    were returned stay, results that were lost were never counted. After `REPLACEMENTS_PER_WORKER` losses a worker,
    Ray's own exception comes out. An exception of the environment's constructor comes out at once.
    """

    def __init__(self, blueprint: Blueprint, *, workers: int, environments: int, seed: int, first: int = 0) -> None:
        self.observation_space, self.action_space = _spaces(blueprint)
        self._setups = _setups(blueprint, workers, environments, seed, first)
        self._environments = environments
        self._kind: Any = ray.remote(num_cpus=1, max_restarts=0)(EnvironmentWorker)
        self._actors: list[Any] = [self._kind.remote(setup) for setup in self._setups]
        self.replaced = 0
        """Workers that were lost and replaced so far."""
        self._ready(range(workers))

    @property
    def actors(self) -> tuple[Any, ...]:
        """Handles of the current actors, by worker."""
        return tuple(self._actors)

    def collect(self, policy: Description, steps: int, turn: int) -> list[Rollout]:
        shared = ray.put(policy)
        references = [actor.collect.remote(shared, steps, turn) for actor in self._actors]
        rollouts: list[Rollout] = []
        for worker, reference in enumerate(references):
            again = partial(self._collect_again, worker, shared, steps, turn)
            rollouts.append(self._result(worker, reference, again))
        for worker, rollout in enumerate(rollouts):
            self._setups[worker] = replace(self._setups[worker], first=rollout.next_episode)
        return rollouts

    def run(self, policy: Description, episodes: Sequence[int], purpose: str = EPISODE) -> Iterator[Chunk]:
        shared = ray.put(policy)
        waiting = chunks(episodes, len(self._actors), self._environments)
        under_way: dict[Any, tuple[int, Sequence[int]]] = {}
        free = list(range(len(self._actors)))
        while waiting or under_way:
            while waiting and free:
                worker, part = free.pop(), waiting.pop(0)
                under_way[self._actors[worker].run.remote(shared, part, purpose)] = (worker, part)
            (reference,), _ = ray.wait(list(under_way), num_returns=1)
            worker, part = under_way.pop(reference)
            try:
                chunk: Chunk = ray.get(reference)
            except ray.exceptions.RayActorError as error:
                self._replace(worker, error)
                waiting.insert(0, part)
                free.append(worker)
                continue
            free.append(worker)
            yield chunk

    def stepping(self, groups: int | None = None) -> Stepper:
        """Hands the environments to the caller, step by step, until the stepper is closed. A lost worker ends it.

        `groups` parts of each worker's environments take turns; it must divide their number. By default the workers
        themselves take turns, and a worker that is alone has two parts, where it can: each turn costs, whatever its
        size.
        """
        if groups is None:
            groups = 2 if len(self._actors) == 1 and self._environments % 2 == 0 else 1
        if self._environments % groups:
            raise SpecError(f"environments_per_worker: {self._environments} is not a multiple of the {groups} parts")
        services: list[Any] = []

        def start(worker: int, address: Address, key: bytes) -> None:
            services.append(self._actors[worker].serve.remote(address, key, groups))

        def explain(worker: int) -> None:
            ray.get(services[worker], timeout=START_TIMEOUT_S)

        def check() -> None:
            ended, _ = ray.wait(services, num_returns=len(services), timeout=0)
            ray.get(ended)

        host = ray.util.get_node_ip_address()
        try:
            connections = connect(host, len(self._actors), start, check, START_TIMEOUT_S)
        except TimeoutError as error:
            raise PlatformFailure(f"environment workers did not connect within {START_TIMEOUT_S:.0f} s") from error
        spaces = (self.observation_space, self.action_space)
        return Stepper(connections, groups, self._environments // groups, spaces, explain)

    def close(self) -> None:
        for actor in self._actors:
            ray.kill(actor)
        self._actors.clear()

    def _result(self, worker: int, reference: Any, again: Callable[[], Any]) -> Any:
        while True:
            try:
                return ray.get(reference)
            except ray.exceptions.RayActorError as error:
                self._replace(worker, error)
                reference = again()

    def _collect_again(self, worker: int, policy: Any, steps: int, turn: int) -> Any:
        return self._actors[worker].collect.remote(policy, steps, turn)

    def _replace(self, worker: int, error: ray.exceptions.RayActorError) -> None:
        if self.replaced >= REPLACEMENTS_PER_WORKER * len(self._actors):
            raise error
        self.replaced += 1
        self._actors[worker] = self._kind.remote(self._setups[worker])
        self._ready([worker])

    def _ready(self, workers: Sequence[int]) -> None:
        references = [self._actors[worker].ready.remote() for worker in workers]
        done, late = ray.wait(references, num_returns=len(references), timeout=START_TIMEOUT_S)
        if late:
            raise PlatformFailure(
                f"the cluster started {len(done)} of {len(references)} environment workers in {START_TIMEOUT_S:.0f} s; "
                "each needs one free CPU"
            )
        ray.get(done)


def chunks(episodes: Sequence[int], workers: int, environments: int) -> list[Sequence[int]]:
    """Parts of the episodes: several for each worker, so that all end together; none smaller than its environments."""
    size = max(environments, -(-len(episodes) // (workers * _CHUNKS_PER_WORKER)))
    return [episodes[start : start + size] for start in range(0, len(episodes), size)]


def _setups(blueprint: Blueprint, workers: int, environments: int, seed: int, first: int) -> list[Setup]:
    return [Setup(blueprint, environments, seed, index, workers, first) for index in range(workers)]


def _spaces(blueprint: Blueprint) -> tuple[Any, Any]:
    # Built here once, so that an environment that cannot be built is said before anything is started.
    environment = blueprint.build()
    try:
        return environment.observation_space, environment.action_space
    finally:
        environment.close()
