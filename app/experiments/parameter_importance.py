"""How much of what a metric varies is by each parameter: pure.

Functional ANOVA of a random forest (Hutter, Hoos, Leyton-Brown, "An Efficient Approach for Assessing Hyperparameter
Importance", ICML 2014, section 3 and algorithm 2): the share of the forest's variance that the mean over all other
parameters explains. Other than there, a parameter is distributed as it is in the runs, not uniformly over what it could
be, which nobody has told; and what a run does not have is a level of its own.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.experiments.regression_forest import Forest, Table, Tree, forest

LEVELS = 32
"""Of a parameter; numbers that have more values fall into as many groups of about the same size."""
_OTHER, _MISSING = LEVELS, LEVELS + 1

Value = float | str | None


@dataclass(frozen=True, slots=True)
class Importance:
    name: str
    importance: float
    """Share of the variance, 0 to 1; what all of them leave is by several parameters together."""
    correlation: float | None
    """Spearman's, of a parameter that is a number, with the metric: whether more is more. None where it has none."""
    runs: int
    """That have it."""


@dataclass(frozen=True, slots=True)
class Explanation:
    params: list[Importance]
    """Those that are not the same in all runs; the most important first."""
    score: float
    """How well parameters tell the metric of runs that were not looked at (out-of-bag R²): at 0 or below, importance
    says nothing."""


def explain(params: Mapping[str, Sequence[Value]], targets: Sequence[float]) -> Explanation:
    """`params` have a value of each of the N `targets`, which are finite; None where a run does not have it.

    A text that only one run has tells nothing: such texts are one level.
    """
    metric = _scaled(np.array(targets, np.float64))
    coded = {name: codes for name, values in params.items() if (codes := _codes(values)) is not None}
    if not coded:
        return Explanation([], 0.0)
    ordered = {name: _is_number(params[name]) for name in coded}
    table = Table(np.stack(list(coded.values()), 1), np.array(list(ordered.values())), LEVELS + 2)
    grown = forest(table, metric)
    shares = _importances(grown, table.shares())
    found = [
        Importance(
            name,
            float(share),
            _correlation(params[name], metric) if ordered[name] else None,
            sum(value is not None for value in params[name]),
        )
        for name, share in zip(coded, shares, strict=True)
    ]
    return Explanation(sorted(found, key=lambda each: (-each.importance, each.name)), grown.score)


def _scaled(metric: NDArray[np.float64]) -> NDArray[np.float64]:
    """To about 1, so that no square is more than float64 holds; a share has no unit."""
    most = float(np.abs(metric).max(initial=0.0))
    return metric / most if most else metric


def _codes(values: Sequence[Value]) -> NDArray[np.intp] | None:
    """Level of each; None where there is but one."""
    told = _grouped(values) if _is_number(values) else _frequent(values)
    codes = np.array([_MISSING if value is None else told.get(value, _OTHER) for value in values], np.intp)
    return codes if len(np.unique(codes)) > 1 else None


def _is_number(values: Sequence[Value]) -> bool:
    """Numbers that are not finite are numbers, too."""
    return all(value is None or isinstance(value, float) for value in values)


def _grouped(values: Sequence[Value]) -> dict[Value, int]:
    numbers = np.array([value for value in values if isinstance(value, float) and not math.isnan(value)])
    different = np.unique(numbers)
    edges = different[1:] if len(different) <= LEVELS else np.unique(np.sort(numbers)[_cuts(len(numbers))])
    levels = np.searchsorted(edges, different, "right")
    return {float(number): int(level) for number, level in zip(different, levels, strict=True)}


def _cuts(numbers: int) -> NDArray[np.intp]:
    return np.arange(1, LEVELS) * numbers // LEVELS


def _frequent(values: Sequence[Value]) -> dict[Value, int]:
    counted = Counter(value for value in values if value is not None).most_common(LEVELS)
    return {value: level for level, (value, runs) in enumerate(counted) if runs > 1}


def _importances(grown: Forest, shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """[D] mean over the trees that vary."""
    each = [found for tree in grown.trees if (found := _of_tree(tree, shares)) is not None]
    return np.mean(each, axis=0) if each else np.zeros(len(shares))


def _of_tree(tree: Tree, shares: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """[D] of the variance of the tree, where its parameters are independent with these shares [D, K]."""
    sides = (tree.boxes * shares).sum(2)
    """[L, D] how much of a parameter leads into a leaf."""
    weights = sides.prod(1)
    mean = weights @ tree.values
    variance = weights @ (tree.values - mean) ** 2
    if variance <= 1e-24:
        return None
    # Of every level the mean over all that the other parameters can be.
    marginals = np.einsum("ldk,ld->dk", tree.boxes, (weights * tree.values)[:, None] / sides)
    by_one: NDArray[np.float64] = (shares * (marginals - mean) ** 2).sum(1) / variance
    return by_one


def _correlation(values: Sequence[Value], metric: NDArray[np.float64]) -> float | None:
    there = np.array([isinstance(value, float) and not math.isnan(value) for value in values])
    numbers = np.array([value for value, told in zip(values, there, strict=True) if told], np.float64)
    ranks, others = _ranks(numbers), _ranks(metric[there])
    spread = math.sqrt(float(ranks @ ranks) * float(others @ others))
    return float(ranks @ others) / spread if spread else None


def _ranks(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    """About 0; those alike share the mean of theirs."""
    _, places, counts = np.unique(numbers, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[places]
    return ranks - (len(numbers) + 1) / 2
