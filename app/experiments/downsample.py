"""Few points of many, such that a chart looks the same: pure, numpy only."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.experiments.ingest_points import Columns, joined

MINIMUM_BUDGET = 4


def merge(chunks: Sequence[tuple[int, Columns]]) -> Columns:
    """Columns with their attempt, in the order in which they were written → points [N] with ascending steps.

    Of several points at one step the one of the highest attempt stands, and of that the one written last.
    """
    points = joined([columns for _, columns in chunks])
    steps = points.steps
    if (steps[1:] > steps[:-1]).all():
        return points
    attempts = np.concatenate([np.full(len(columns.steps), attempt) for attempt, columns in chunks])
    order = np.lexsort((np.arange(len(steps)), attempts, steps))
    last = np.append(steps[order][1:] != steps[order][:-1], True)
    return points.at(order[last])


def thin(
    x: NDArray[np.float64] | NDArray[np.int64],
    values: NDArray[np.float64],
    budget: int,
    between: tuple[float, float] | None = None,
) -> NDArray[np.intp]:
    """Which points [at most `budget` ≥ 4] to show of [N] points with ascending `x`.

    The range `between` two ends, or else that of `x`, is divided into `budget // 4` columns of equal width; of each the
    first, least, greatest and last point remain, with which a line chart of so many pixels is the same as with all
    (Jugel et al., "M4", VLDB 2014).
    """
    if len(x) <= budget:
        return np.arange(len(x))
    first, last = between or (float(x[0]), float(x[-1]))
    return outline(x, values, edges(first, last, budget))


def edges(first: float, last: float, budget: int) -> NDArray[np.float64]:
    """Between columns; what lies on one belongs to the column behind it."""
    return np.linspace(first, last, budget // MINIMUM_BUDGET + 1)[1:-1]


def outline(x: NDArray[Any], values: NDArray[np.float64], edges: NDArray[np.float64]) -> NDArray[np.intp]:
    """The first, least, greatest and last of [N ≥ 1] points in each column. The outline of the outlines of pieces that
    follow each other is that of the whole."""
    within = edges[np.searchsorted(edges, x[0], "right") : np.searchsorted(edges, x[-1], "right")]
    starts = np.unique(np.append(0, np.searchsorted(x, within)))
    ends = np.append(starts[1:], len(x))
    numbers = ~np.isnan(values)
    low = high = values
    if not numbers.all():
        low, high = np.where(numbers, values, np.inf), np.where(numbers, values, -np.inf)
    kept = np.zeros(len(x), bool)
    kept[np.concatenate((starts, ends - 1))] = True
    kept[first_equal(low, np.minimum, starts, ends)] = True
    kept[first_equal(high, np.maximum, starts, ends)] = True
    return np.flatnonzero(kept)


def in_order(pieces: Sequence[Columns]) -> bool:
    """Whether no step is said twice, and each piece lies behind the one before."""
    last = -1
    for steps, _, _ in pieces:
        if steps[0] <= last or not (steps[1:] > steps[:-1]).all():
            return False
        last = int(steps[-1])
    return True


def first_equal(
    values: NDArray[np.float64], extreme: np.ufunc, starts: NDArray[np.intp], ends: NDArray[np.intp]
) -> NDArray[np.intp]:
    """In each stretch the first place that holds its extreme."""
    found = np.flatnonzero(values == np.repeat(extreme.reduceat(values, starts), ends - starts))
    first: NDArray[np.intp] = found[np.searchsorted(found, starts)]
    return first
