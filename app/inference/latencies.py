"""Durations counted in buckets whose bounds grow by a constant factor, so that counts of many processes and of any time
add up, and every quantile of the sum is off by at most 2 % (DDSketch: Masson, Rim, Lee, VLDB 2019, section 2)."""

import math
from collections.abc import Mapping

ACCURACY = 0.02
"""Greatest relative error of a quantile."""
GROWTH = (1 + ACCURACY) / (1 - ACCURACY)
SHORTEST = 1e-4
"""Seconds; what is shorter counts as this."""


def bucket(seconds: float) -> int:
    return math.ceil(math.log(max(seconds, SHORTEST)) / math.log(GROWTH))


def quantile(counts: Mapping[int, int], q: float) -> float | None:
    """Seconds that the share `q` (0 to 1) of what was counted took at most; None where nothing was counted."""
    total = sum(counts.values())
    if not total:
        return None
    rank = q * (total - 1)
    below = 0
    for index in sorted(counts):
        below += counts[index]
        if below > rank:
            return 2 * GROWTH**index / (GROWTH + 1)
    raise AssertionError("the counts do not add up")
