"""Few points of many, such that a chart looks the same: pure, numpy only."""

from collections.abc import Sequence

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
    x: NDArray[np.float64], values: NDArray[np.float64], budget: int, between: tuple[float, float] | None = None
) -> NDArray[np.intp]:
    """Which points [at most `budget` ≥ 4] to show of [N] points with ascending `x`.

    The range `between` two ends, or else that of `x`, is divided into `budget // 4` columns of equal width; of each the
    first, least, greatest and last point remain, with which a line chart of so many pixels is the same as with all
    (Jugel et al., "M4", VLDB 2014).
    """
    if len(x) <= budget:
        return np.arange(len(x))
    first, last = between or (float(x[0]), float(x[-1]))
    starts = _starts(columns_of(x, first, last, budget // MINIMUM_BUDGET))
    ends = np.append(starts[1:], len(x))
    numbers = ~np.isnan(values)
    least = _first_equal(np.where(numbers, values, np.inf), np.minimum, starts, ends)
    greatest = _first_equal(np.where(numbers, values, -np.inf), np.maximum, starts, ends)
    kept = np.zeros(len(x), bool)
    kept[np.concatenate((starts, ends - 1, least, greatest))] = True
    return np.flatnonzero(kept)


def columns_of(x: NDArray[np.float64], first: float, last: float, columns: int) -> NDArray[np.int64]:
    """The column of each [N], of so many between `first` and `last`."""
    span = last - first
    if span <= 0:
        return np.zeros(len(x), np.int64)
    return np.minimum(((x - first) / span * columns).astype(np.int64), columns - 1)


def _starts(column: NDArray[np.int64]) -> NDArray[np.intp]:
    """Where columns begin that are not empty."""
    return np.flatnonzero(np.append(True, column[1:] != column[:-1]))


def _first_equal(
    values: NDArray[np.float64], extreme: np.ufunc, starts: NDArray[np.intp], ends: NDArray[np.intp]
) -> NDArray[np.intp]:
    """In each stretch the first place that holds its extreme."""
    found = np.flatnonzero(values == np.repeat(extreme.reduceat(values, starts), ends - starts))
    first: NDArray[np.intp] = found[np.searchsorted(found, starts)]
    return first
