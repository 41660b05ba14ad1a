"""Confidence intervals of 95 %, each with the name of its method."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

RESAMPLES = 5_000
BOOTSTRAP_LIMIT = 5_000
"""Values up to which the mean is bootstrapped; with more, the central limit theorem is as good."""
_NORMAL = 1.959963984540054
_CELLS = 4_000_000


@dataclass(frozen=True)
class Interval:
    low: float
    high: float
    method: str


def mean_interval(values: npt.NDArray[Any]) -> Interval | None:
    """Of the mean. None for fewer than two values, which say nothing about their spread."""
    count = len(values)
    if count < 2:
        return None
    if count > BOOTSTRAP_LIMIT:
        mean, half = float(values.mean()), _NORMAL * float(values.std(ddof=1)) / math.sqrt(count)
        return Interval(mean - half, mean + half, "normal approximation of the mean")
    stream = np.random.default_rng(0)
    means: list[float] = []
    while len(means) < RESAMPLES:
        rows = min(RESAMPLES - len(means), max(1, _CELLS // count))
        means.extend(stream.choice(values, (rows, count)).mean(axis=1))
    low, high = np.percentile(means, [2.5, 97.5])
    method = f"percentile bootstrap, {RESAMPLES} resamples (Efron & Tibshirani, 1993)"
    return Interval(float(low), float(high), method)


def rate_interval(successes: int, trials: int) -> Interval | None:
    """Of a proportion. None without trials."""
    if not trials:
        return None
    rate, square = successes / trials, _NORMAL**2
    centre = (rate + square / (2 * trials)) / (1 + square / trials)
    half = _NORMAL / (1 + square / trials) * math.sqrt(rate * (1 - rate) / trials + square / (4 * trials**2))
    # At 0 and at 1 the bound is exact; rounding must not say otherwise.
    low = 0.0 if successes == 0 else centre - half
    high = 1.0 if successes == trials else centre + half
    return Interval(low, high, "score interval (Wilson, 1927)")
