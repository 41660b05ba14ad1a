"""Actions drawn from the action space, the same for an episode wherever it runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gymnasium
import numpy as np

from sim.policies.policy import Array

_BLOCK = 128


@dataclass(frozen=True)
class Random:
    pass


class RandomActor:
    """One stream of random numbers an episode, drawn in blocks: a draw for each step costs as much as the step.

    The streams are Philox (Salmon et al., *Parallel random numbers: as easy as 1, 2, 3*, 2011): a new episode is a new
    key, where the seeding of another generator costs as much as a step.
    """

    def __init__(self, space: Any, count: int) -> None:
        self._space = space
        self._blocks: Array = np.zeros((count, _BLOCK, *space.shape), space.dtype)
        self._cursors: Array = np.full(count, _BLOCK, np.int64)
        self._streams = [np.random.Generator(np.random.Philox(key=0)) for _ in range(count)]
        self._start: Any = np.random.Philox(key=0).state

    def begin(self, slot: int, seed: int) -> None:
        self._start["state"]["key"][0] = seed
        self._streams[slot].bit_generator.state = self._start
        self._cursors[slot] = _BLOCK

    def act(self, observations: Array, slots: Sequence[int]) -> Array:
        chosen = np.asarray(slots)
        for slot in chosen[self._cursors[chosen] == _BLOCK]:
            self._blocks[slot] = _draw(self._space, self._streams[slot])
            self._cursors[slot] = 0
        actions: Array = self._blocks[chosen, self._cursors[chosen]]
        self._cursors[chosen] += 1
        return actions


def _draw(space: Any, stream: np.random.Generator) -> Array:
    """[_BLOCK, ...], distributed as `space.sample()`."""
    shape = (_BLOCK, *space.shape)
    if isinstance(space, gymnasium.spaces.Discrete):
        return space.start + stream.integers(space.n, size=shape, dtype=space.dtype.type)
    if isinstance(space, gymnasium.spaces.MultiDiscrete):
        return space.start + stream.integers(np.broadcast_to(space.nvec, shape), dtype=space.dtype.type)
    if isinstance(space, gymnasium.spaces.MultiBinary):
        return stream.integers(2, size=shape, dtype=space.dtype.type)
    below, above = space.bounded_below, space.bounded_above
    tail = stream.exponential(size=shape)
    low, high = np.where(below, space.low, 0.0), np.where(above, space.high, 0.0)
    drawn = np.where(below & above, low + (high - low) * stream.random(shape), stream.normal(size=shape))
    drawn = np.where(below & ~above, low + tail, drawn)
    drawn = np.where(~below & above, high - tail, drawn)
    return np.asarray(drawn, dtype=space.dtype)
