"""Many environments stepped one after another in one process: Gymnasium's autoreset `SAME_STEP`, with seeds of our own.

Against `gymnasium.vector.SyncVectorEnv` it has no wrappers and no copies of what did not change, resets each episode
with a seed of its own, and survives environments that raise.
"""

import contextlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gymnasium
import numpy as np
import numpy.typing as npt

from sim.envs.blueprint import Blueprint, Environment
from sim.envs.discrete import quicken
from sim.seeding import EPISODE, episode_seed
from trine.failures import SpecError

Array = npt.NDArray[Any]

MESSAGE_LIMIT = 500
RESETS_LIMIT = 100
"""Episodes in a row that may fail to begin; after that it is the environment that cannot be reset."""

_SPACES = (
    gymnasium.spaces.Box,
    gymnasium.spaces.Discrete,
    gymnasium.spaces.MultiDiscrete,
    gymnasium.spaces.MultiBinary,
)


@dataclass(frozen=True, slots=True)
class Episode:
    """A finished episode. One with an error says nothing about the policy."""

    index: int
    seed: int
    total: float
    """Sum of the rewards."""
    length: int
    """Steps."""
    terminated: bool
    """The environment ended it; otherwise the time limit did, or an error."""
    error: str | None = None

    def __reduce__(self) -> tuple[type["Episode"], tuple[Any, ...]]:
        # Thousands of them cross processes; what dataclass writes for frozen slots takes three times as long.
        values = (self.index, self.seed, self.total, self.length, self.terminated, self.error)
        return Episode, values


@dataclass(slots=True)
class Step:
    """What one step of all active environments gave: lists, because each element was a Python value, in the order of
    `Vector.active`.
    """

    rewards: list[float]
    terminated: list[bool]
    truncated: list[bool]
    """Also true where an episode ended in an error."""
    finished: list[tuple[int, Episode, Array]]
    """Position in `active`, the episode, its last observation (the one that the next episode's first one replaced)."""


class Vector:
    """`count` environments that take the episodes of an iterator, each as soon as it is free."""

    def __init__(self, blueprint: Blueprint, count: int, *, seed: int) -> None:
        self.blueprint = blueprint
        self._seed, self._purpose = seed, EPISODE
        self._environments: list[Environment] = [quicken(blueprint.build()) for _ in range(count)]
        self.observation_space = _supported(self._environments[0].observation_space, "observations")
        self.action_space = _supported(self._environments[0].action_space, "actions")
        self._discrete = isinstance(self.action_space, gymnasium.spaces.Discrete)
        self.observations: Array = np.zeros((count, *self.observation_space.shape), self.observation_space.dtype)
        """The current observation of every environment, [count, ...]. Overwritten by the next step."""
        self.active: list[int] = []
        """Environments in which an episode goes on. Changes when episodes run out."""
        self.failed: list[Episode] = []
        """Episodes whose reset raised; the caller takes them out."""
        self._steps = [environment.step for environment in self._environments]
        self._limit = blueprint.limit if blueprint.limit is not None else math.inf
        self._episodes: Iterator[int] = iter(())
        self.seeds = [0] * count
        """Seed of the episode that is under way in each environment."""
        self._indices, self._lengths = [0] * count, [0] * count
        self._totals = [0.0] * count
        self._first: set[int] = set()
        self._failures = 0

    def start(self, episodes: Iterator[int], purpose: str = EPISODE) -> None:
        """Drops what is under way and starts the first episodes of the iterator, with the seeds of a purpose."""
        self._episodes, self._purpose = episodes, purpose
        self.active = [slot for slot in range(len(self._environments)) if self._reset(slot)]
        self._first = set(self.active)

    def began(self) -> set[int]:
        """Environments in which an episode began since the last call."""
        first, self._first = self._first, set()
        return first

    def step(self, actions: Array) -> Step:
        """One step of each active environment. `actions` is [active, ...], and not changed later."""
        count = len(self.active)
        rewards, terminated, truncated = [0.0] * count, [False] * count, [False] * count
        finished: list[tuple[int, Episode, Array]] = []
        observations, lengths, totals, steps = self.observations, self._lengths, self._totals, self._steps
        # Python's own integers are what a quick action space recognizes, and compare faster inside the environment.
        each = actions.tolist() if self._discrete else actions
        for position, (slot, action) in enumerate(zip(self.active, each, strict=True)):
            try:
                observation, reward, ended, cut, _ = steps[slot](action)
                rewards[position] = reward = float(reward)
                observations[slot] = observation
            except Exception as error:  # noqa: BLE001 — an environment may raise anything; the episode records it
                truncated[position] = True
                finished.append((position, self._error(slot, error), observations[slot].copy()))
                self._rebuild(slot)
                continue
            totals[slot] += reward
            lengths[slot] += 1
            if ended or cut or lengths[slot] >= self._limit:
                terminated[position], truncated[position] = bool(ended), not ended
                episode = Episode(self._indices[slot], self.seeds[slot], totals[slot], lengths[slot], bool(ended))
                finished.append((position, episode, observations[slot].copy()))
        if finished:
            self._advance([self.active[position] for position, _, _ in finished])
        return Step(rewards, terminated, truncated, finished)

    def close(self) -> None:
        for environment in self._environments:
            environment.close()

    def _advance(self, slots: list[int]) -> None:
        over = {slot for slot in slots if not self._reset(slot)}
        self._first.update(set(slots) - over)
        if over:
            self.active = [slot for slot in self.active if slot not in over]

    def _reset(self, slot: int) -> bool:
        """Starts the next episode that can be started; False where none is left."""
        for index in self._episodes:
            self._indices[slot], self._lengths[slot], self._totals[slot] = index, 0, 0.0
            self.seeds[slot] = episode_seed(self._seed, index, self._purpose)
            try:
                self.observations[slot], _ = self._environments[slot].reset(seed=self.seeds[slot])
            except Exception as error:
                self.failed.append(self._error(slot, error))
                self._failures += 1
                if self._failures >= RESETS_LIMIT:
                    raise SpecError(
                        f"environment: {self.blueprint.environment} could not begin {RESETS_LIMIT} episodes in a row; "
                        f"the last one failed with {self.failed[-1].error}"
                    ) from error
                self._rebuild(slot)
                continue
            self._failures = 0
            return True
        return False

    def _error(self, slot: int, error: Exception) -> Episode:
        message = f"{type(error).__name__}: {error}"[:MESSAGE_LIMIT]
        return Episode(self._indices[slot], self.seeds[slot], self._totals[slot], self._lengths[slot], False, message)

    def _rebuild(self, slot: int) -> None:
        # It is broken already, and its error is recorded.
        with contextlib.suppress(Exception):
            self._environments[slot].close()
        self._environments[slot] = quicken(self.blueprint.build())
        self._steps[slot] = self._environments[slot].step


def _supported(space: Any, what: str) -> Any:
    if not isinstance(space, _SPACES):
        names = ", ".join(kind.__name__ for kind in _SPACES)
        raise SpecError(f"environment: its {what} are a {type(space).__name__}; the pool steps {names}")
    return space
