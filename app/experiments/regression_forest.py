"""Regression trees over parameters that have a few levels each: pure, numpy only.

CART (Breiman et al., "Classification and Regression Trees", 1984) on bootstrap samples (Breiman, "Random Forests",
2001). A tree is kept as its leaves, each a box: which levels of each parameter lead into it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

TREES = 32
SMALLEST_LEAF = 3
"""Runs."""
MOST_LEAVES = 128
"""Of a tree, about: of many runs more of them share a leaf."""
CONSIDERED = 5 / 6
"""Of the parameters, at each split."""


@dataclass(frozen=True, slots=True)
class Table:
    """N runs × D parameters."""

    codes: NDArray[np.intp]
    """[N, D] levels, of K; the last level is that of runs which do not have the parameter."""
    ordered: NDArray[np.bool_]
    """[D] whether the levels of a parameter ascend."""
    levels: int
    """K."""

    def shares(self) -> NDArray[np.float64]:
        """[D, K] of the runs that are at each level."""
        return _counted(self.codes, self.levels, None) / len(self.codes)


@dataclass(frozen=True, slots=True)
class Tree:
    boxes: NDArray[np.bool_]
    """[L, D, K] levels that lead into each leaf; every combination of levels leads into one."""
    values: NDArray[np.float64]
    """[L]"""


@dataclass(frozen=True, slots=True)
class Forest:
    trees: tuple[Tree, ...]
    score: float
    """R² of what trees predict for runs that they have not seen; at most 1, and 0 for no better than the mean."""


def forest(table: Table, targets: NDArray[np.float64], *, trees: int = TREES, seed: int = 0) -> Forest:
    """`targets` [N] are finite. The same for the same seed."""
    rng = np.random.default_rng(seed)
    runs = len(targets)
    grown: list[Tree] = []
    told, tellers = np.zeros(runs), np.zeros(runs)
    for _ in range(trees):
        sample = rng.integers(0, runs, runs)
        unseen = np.setdiff1d(np.arange(runs), sample)
        boxes, values = [], []
        for box, value, reached in _leaves(table, targets, sample, unseen, rng):
            boxes.append(box)
            values.append(value)
            told[reached] += value
            tellers[reached] += 1
        grown.append(Tree(np.array(boxes), np.array(values)))
    return Forest(tuple(grown), _score(targets, told, tellers))


Leaf = tuple[NDArray[np.bool_], float, NDArray[np.intp]]


def _leaves(
    table: Table,
    targets: NDArray[np.float64],
    sample: NDArray[np.intp],
    unseen: NDArray[np.intp],
    rng: np.random.Generator,
) -> Iterator[Leaf]:
    """Box, value, and which of the unseen runs come there."""
    everything = np.ones((table.codes.shape[1], table.levels), np.bool_)
    waiting = [(sample, unseen, everything)]
    while waiting:
        rows, others, box = waiting.pop()
        split = _best_split(table, targets[rows], rows, rng)
        if split is None:
            yield box, float(targets[rows].mean()), others
            continue
        parameter, left = split
        for side in (left, ~left):
            inner = box.copy()
            inner[parameter] &= side
            seen, met = side[table.codes[rows, parameter]], side[table.codes[others, parameter]]
            waiting.append((rows[seen], others[met], inner))


def _best_split(
    table: Table, targets: NDArray[np.float64], rows: NDArray[np.intp], rng: np.random.Generator
) -> tuple[int, NDArray[np.bool_]] | None:
    """A parameter, and its levels [K] on the one side, that leave the least variance; None where none leaves less."""
    smallest = max(SMALLEST_LEAF, len(table.codes) // MOST_LEAVES)
    if len(rows) < 2 * smallest:
        return None
    parameters = table.codes.shape[1]
    chosen = rng.choice(parameters, max(1, round(parameters * CONSIDERED)), replace=False)
    codes, centred = table.codes[np.ix_(rows, chosen)], targets - targets.mean()
    counts, sums = _counted(codes, table.levels, None), _counted(codes, table.levels, centred)
    orders = _orders(counts, sums, table.ordered[chosen])
    left, total = (np.cumsum(np.take_along_axis(part[None], orders, 2), 2) for part in (counts, sums))
    right = len(rows) - left
    allowed = (left >= smallest) & (right >= smallest)
    # Of centred targets the sums of the two sides differ by their sign alone.
    gains = np.where(allowed, total**2 / np.maximum(left, 1) + total**2 / np.maximum(right, 1), 0.0)
    variant, place, last = np.unravel_index(int(gains.argmax()), gains.shape)
    if gains[variant, place, last] <= 1e-12 * float(centred @ centred):
        return None
    side = np.zeros(table.levels, np.bool_)
    side[orders[variant, place, : last + 1]] = True
    return int(chosen[place]), side


def _orders(counts: NDArray[np.float64], sums: NDArray[np.float64], ordered: NDArray[np.bool_]) -> NDArray[np.intp]:
    """[2, D, K] levels as they are cut in two: those that ascend with what is missing last, and first; the others by
    their means, among which the best cut is (Fisher, "On grouping for maximum homogeneity", 1958)."""
    by_mean = np.argsort(np.where(counts > 0, sums / np.maximum(counts, 1), np.inf), axis=1, kind="stable")
    ascending = np.arange(counts.shape[1])
    variants = [np.where(ordered[:, None], order, by_mean) for order in (ascending, np.roll(ascending, 1))]
    return np.stack(variants)


def _counted(codes: NDArray[np.intp], levels: int, weights: NDArray[np.float64] | None) -> NDArray[np.float64]:
    """[D, K] runs, or the sum of their weights, at each level."""
    parameters = codes.shape[1]
    places = (codes + np.arange(parameters) * levels).ravel()
    spread = None if weights is None else np.repeat(weights, parameters)
    return np.bincount(places, spread, parameters * levels).reshape(parameters, levels).astype(np.float64)


def _score(targets: NDArray[np.float64], told: NDArray[np.float64], tellers: NDArray[np.float64]) -> float:
    met = tellers > 0
    spread = float(((targets[met] - targets[met].mean()) ** 2).sum()) if met.any() else 0.0
    return 1.0 - float(((targets[met] - told[met] / tellers[met]) ** 2).sum()) / spread if spread else 0.0
