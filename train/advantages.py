"""Returns and advantages of a batch of steps."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def advantages(
    rewards: Floats,
    values: Floats,
    next_values: Floats,
    terminated: npt.NDArray[Any],
    ended: npt.NDArray[Any],
    *,
    discount: float,
    trace_decay: float,
) -> Floats:
    """Generalized advantage estimation (Schulman et al., arXiv:1506.02438). All arrays are [T, N].

    `next_values` are of the observation that followed each step: where an episode ended, of its last one and not of
    the next episode's first. Nothing follows where it terminated; where it was cut off (`ended` alone), that value
    stands for what would have come (Pardo et al., arXiv:1712.00378).
    """
    deltas = rewards + discount * next_values * ~terminated - values
    result = np.zeros_like(deltas)
    running = np.zeros(rewards.shape[1])
    for step in reversed(range(len(rewards))):
        running = deltas[step] + discount * trace_decay * ~ended[step] * running
        result[step] = running
    return result


@dataclass
class RewardScale:
    """Divides rewards by the standard deviation of their discounted sum (Engstrom et al., arXiv:2005.12729)."""

    discount: float
    count: float = 1e-4
    mean: float = 0.0
    square: float = 0.0
    """Sum of squared differences from the mean (Welford)."""

    def __post_init__(self) -> None:
        self._sums: Floats | None = None

    def apply(self, rewards: Floats, ended: npt.NDArray[Any]) -> Floats:
        """Scaled rewards [T, N]; learns from them first."""
        sums = self._sums if self._sums is not None else np.zeros(rewards.shape[1])
        seen = np.empty_like(rewards)
        for step in range(len(rewards)):
            sums = sums * self.discount + rewards[step]
            seen[step] = sums
            sums = sums * ~ended[step]
        self._sums = sums
        self._learn(seen)
        return rewards / max(np.sqrt(self.square / self.count), 1e-8)

    def _learn(self, values: Floats) -> None:
        count, mean = values.size, float(values.mean())
        total = self.count + count
        self.square += float(((values - mean) ** 2).sum()) + (mean - self.mean) ** 2 * self.count * count / total
        self.mean += (mean - self.mean) * count / total
        self.count = total
