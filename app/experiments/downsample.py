"""Few points of many, such that a chart looks the same: pure, numpy only."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.experiments.ingest_points import Columns, joined

Points = tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]
"""Steps, values, times: three arrays [N]."""


def merge(chunks: Sequence[tuple[int, Columns]]) -> Points:
    """Columns with their attempt, in the order in which they were written → points [N] with ascending steps.

    Of several points at one step the one of the highest attempt stands, and of that the one written last.
    """
    if not chunks:
        return np.empty(0, np.int64), np.empty(0), np.empty(0)
    steps, times, values = joined([columns for _, columns in chunks])
    if (steps[1:] > steps[:-1]).all():
        return steps, values, times
    attempts = np.concatenate([np.full(len(columns.steps), attempt) for attempt, columns in chunks])
    order = np.lexsort((np.arange(len(steps)), attempts, steps))
    steps = steps[order]
    last = np.append(steps[1:] != steps[:-1], True)
    chosen = order[last]
    return steps[last], values[chosen], times[chosen]


def thin(points: Points, budget: int) -> Points:
    """At most `budget` points [≥ 4]; in each stretch of equal step range the first, least, greatest and last remain."""
    steps, values, times = points
    if len(steps) <= budget:
        return points
    columns = max(1, budget // 4)
    span = int(steps[-1] - steps[0]) + 1
    # In floating point: the product of a step and `columns` may leave int64.
    column = np.minimum(((steps - steps[0]) / span * columns).astype(np.int64), columns - 1)
    starts = np.flatnonzero(np.append(True, column[1:] != column[:-1]))
    ends = np.append(starts[1:], len(steps))
    keep = np.zeros(len(steps), bool)
    keep[starts] = True
    keep[ends - 1] = True
    low, high = np.where(np.isnan(values), np.inf, values), np.where(np.isnan(values), -np.inf, values)
    for start, end in zip(starts, ends, strict=True):
        keep[start + int(low[start:end].argmin())] = True
        keep[start + int(high[start:end].argmax())] = True
    return steps[keep], values[keep], times[keep]
