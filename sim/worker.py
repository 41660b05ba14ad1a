"""What runs beside the environments: in a Ray actor, or in the caller's process."""

import itertools
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

import sim.policies
from sim.channel import Address, answer_steps
from sim.envs.blueprint import Blueprint
from sim.policies import Description
from sim.policies.network import NetworkPolicy
from sim.policies.policy import Actor, Array
from sim.seeding import EPISODE, episode_seed
from sim.vector import Episode, Vector


@dataclass(frozen=True)
class Setup:
    """One worker of a pool. Worker `index` of `workers` takes every `workers`-th episode, from `first` on."""

    blueprint: Blueprint
    environments: int
    seed: int
    index: int = 0
    workers: int = 1
    first: int = 0
    """Smallest episode number that it may begin when it steps without end."""


@dataclass(frozen=True)
class Rollout:
    """`steps` of n environments. Arrays are [steps, n, ...]."""

    observations: Array
    actions: Array
    """As the policy drew them: of a continuous policy, before they were clipped to the bounds."""
    rewards: Array
    terminated: Array
    truncated: Array
    last: Array
    """Observations after the last step, [n, ...]."""
    ends: Array
    """Where an episode ended, [k, 2]: step and environment."""
    finals: Array
    """The last observation of each of them, [k, ...]: one array, because Ray sends each array on its own."""
    episodes: list[Episode]
    """Those that ended, or could not begin."""
    next_episode: int
    """Number of the first episode that was not begun."""


@dataclass(frozen=True)
class Chunk:
    """Whole episodes, and what they took."""

    episodes: list[Episode]
    steps: int
    environment_seconds: float
    policy_seconds: float


class EnvironmentWorker:
    """Everything a pool asks of one of its workers. What it returns depends on its arguments and `Setup` alone."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._batch: Vector | None = None
        self._endless: Vector | None = None
        self._next = setup.first

    def ready(self) -> None:
        """Returns once the worker runs."""

    def run(self, description: Description, episodes: Sequence[int], purpose: str = EPISODE) -> Chunk:
        """These episodes from start to end, under a policy."""
        setup = self._setup
        vector = self._batch or Vector(setup.blueprint, setup.environments, seed=setup.seed)
        self._batch = vector
        actor = sim.policies.build(description, vector.observation_space, vector.action_space, setup.environments)
        vector.start(iter(episodes), purpose)
        finished: list[Episode] = []
        steps, environment_seconds, policy_seconds = 0, 0.0, 0.0
        while vector.active:
            begun = time.perf_counter()
            _begin(vector, actor)
            whole = len(vector.active) == len(vector.observations)
            actions = actor.act(vector.observations if whole else vector.observations[vector.active], vector.active)
            decided = time.perf_counter()
            steps += len(vector.active)
            finished.extend(episode for _, episode, _ in vector.step(actions).finished)
            policy_seconds += decided - begun
            environment_seconds += time.perf_counter() - decided
        return Chunk(finished + _taken(vector.failed), steps, environment_seconds, policy_seconds)

    def collect(self, description: Description, steps: int, turn: int) -> Rollout:
        """The next steps of all environments; episodes go on from one call to the next.

        `turn` numbers the calls: a policy that draws its actions draws others in each.
        """
        vector = self._endless or self._begin_endless()
        self._endless = vector
        actor = sim.policies.build(description, vector.observation_space, vector.action_space, self._setup.environments)
        for slot in vector.active:
            place = (turn * self._setup.workers + self._setup.index) * self._setup.environments + slot
            actor.begin(slot, episode_seed(self._setup.seed, place, "actions"))
        vector.began()
        observations, actions, rewards, terminated, truncated = [], [], [], [], []
        ends: list[tuple[int, int]] = []
        finals: list[Array] = []
        episodes: list[Episode] = []
        for step in range(steps):
            observations.append(vector.observations.copy())
            chosen = actor.act(vector.observations, vector.active)
            actions.append(actor.raw if isinstance(actor, NetworkPolicy) else chosen)
            result = vector.step(chosen)
            rewards.append(result.rewards)
            terminated.append(result.terminated)
            truncated.append(result.truncated)
            for position, episode, final in result.finished:
                ends.append((step, position))
                finals.append(final)
                episodes.append(episode)
            if result.finished:
                _begin(vector, actor)
        return Rollout(
            np.stack(observations),
            np.stack(actions),
            np.array(rewards),
            np.array(terminated),
            np.array(truncated),
            vector.observations.copy(),
            np.array(ends, np.int64).reshape(-1, 2),
            np.array(finals, vector.observations.dtype).reshape(-1, *vector.observations.shape[1:]),
            episodes + _taken(vector.failed),
            self._next,
        )

    def serve(self, address: Address, key: bytes, groups: int) -> None:
        """Steps `groups` parts of the environments by turns for the caller at `address`, until it hangs up."""
        setup = self._setup
        count = setup.environments // groups
        parts = [Vector(setup.blueprint, count, seed=setup.seed) for _ in range(groups)]
        for group, vector in enumerate(parts):
            vector.start(itertools.count(setup.first + setup.index * groups + group, setup.workers * groups))
        try:
            answer_steps(address, key, setup.index, parts)
        finally:
            for vector in parts:
                vector.close()

    def _begin_endless(self) -> Vector:
        setup = self._setup
        vector = Vector(setup.blueprint, setup.environments, seed=setup.seed)
        vector.start(self._numbers())
        return vector

    def _numbers(self) -> Iterator[int]:
        setup = self._setup
        start = setup.first + (setup.index - setup.first) % setup.workers
        for number in itertools.count(start, setup.workers):
            self._next = number + 1
            yield number


def _begin(vector: Vector, actor: Actor) -> None:
    for slot in vector.began():
        actor.begin(slot, vector.seeds[slot])


def _taken(failed: list[Episode]) -> list[Episode]:
    taken = list(failed)
    failed.clear()
    return taken
