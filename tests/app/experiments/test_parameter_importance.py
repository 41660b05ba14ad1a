"""Importance against functions whose variance is known by parts."""

import math
from itertools import product

import numpy as np
import pytest

from app.experiments.parameter_importance import Explanation, Value, explain
from app.experiments.regression_forest import Table, forest

RNG = np.random.default_rng(7)


def shares(found: Explanation) -> dict[str, float]:
    return {each.name: each.importance for each in found.params}


def uniform(runs: int) -> list[Value]:
    return [float(x) for x in RNG.uniform(0, 1, runs)]


def test_variances_of_a_sum_are_told_apart() -> None:
    """Var(3 a + b) is 9 : 1, whatever else was set."""
    a, b, noise = uniform(800), uniform(800), uniform(800)
    found = explain({"noise": noise, "b": b, "a": a}, [3 * x + y for x, y in zip(a, b, strict=True)])  # type: ignore[operator]
    told = shares(found)
    assert list(told) == ["a", "b", "noise"]
    assert told["a"] == pytest.approx(0.9, abs=0.04)
    assert told["b"] == pytest.approx(0.1, abs=0.04)
    assert told["noise"] < 0.01
    assert found.score > 0.95


def test_what_two_do_together_is_of_neither() -> None:
    """a xor b: the mean over the one says nothing about the other."""
    every = [(float(a), float(b)) for a, b in product((0, 1), (0, 1))] * 30
    columns = list(zip(*every, strict=True))
    found = explain({"a": columns[0], "b": columns[1]}, [float(a != b) for a, b in every])
    assert max(shares(found).values()) < 0.1
    assert found.score > 0.9, "although it is told entirely"


def test_texts_and_what_is_missing_are_levels() -> None:
    kinds: list[Value] = ["adam", "sgd", None] * 60
    depth = uniform(180)
    means = {"adam": 1.0, "sgd": 2.0, None: 6.0}
    found = explain({"optimizer": kinds, "depth": depth}, [means[kind] for kind in kinds])  # type: ignore[index]
    assert shares(found)["optimizer"] == pytest.approx(1.0, abs=0.02)
    (optimizer, other) = found.params
    assert (optimizer.runs, optimizer.correlation) == (120, None)
    assert other.correlation == pytest.approx(0, abs=0.2)


def test_a_number_that_only_some_runs_have() -> None:
    """Runs without it lie where none of its numbers does."""
    values: list[Value] = [None if n % 3 == 0 else float(n % 7) for n in range(210)]
    found = explain({"warmup": values, "noise": uniform(210)}, [10.0 if v is None else float(v) for v in values])
    assert shares(found)["warmup"] == pytest.approx(1.0, abs=0.02)
    assert found.params[0].correlation == pytest.approx(1.0)
    assert found.params[0].runs == 140


def test_the_sign_of_a_correlation_and_its_ties() -> None:
    values: list[Value] = [1.0, 2.0, 2.0, 3.0] * 5
    (found,) = explain({"lr": values}, [-(float(v) ** 3) for v in values]).params  # type: ignore[arg-type]
    assert found.correlation == pytest.approx(-1.0)


def test_what_tells_nothing_is_left_out() -> None:
    names: list[Value] = [f"run-{n}" for n in range(20)]
    same: list[Value] = [1.0] * 20
    assert explain({"name": names, "same": same, "none": [None] * 20}, list(map(float, range(20)))).params == []
    assert explain({}, [1.0, 2.0]) == Explanation([], 0.0)


@pytest.mark.parametrize("targets", [[5.0] * 20, [0.0] * 20])
def test_a_metric_that_does_not_vary(targets: list[float]) -> None:
    found = explain({"lr": uniform(20)}, targets)
    assert shares(found) == {"lr": 0.0}
    assert found.params[0].correlation is None


def test_numbers_of_any_size() -> None:
    numbers: list[Value] = [1e300, -1e300, math.inf, -math.inf, math.nan] * 8
    targets = [1e308 if v == 1e300 else -1e308 for v in numbers]
    found = explain({"x": numbers}, targets)
    assert math.isfinite(found.score)
    assert found.params[0].importance == pytest.approx(1.0, abs=0.05)


def test_noise_is_known_for_what_it_is() -> None:
    found = explain({name: uniform(200) for name in "abc"}, [float(x) for x in RNG.normal(size=200)])
    assert found.score < 0.2


def test_the_same_runs_have_the_same_importance() -> None:
    params = {"a": uniform(50), "b": uniform(50)}
    assert explain(params, list(range(50))) == explain(params, list(range(50)))


def test_boxes_of_a_tree_are_a_partition() -> None:
    codes = RNG.integers(0, 4, (60, 3))
    grown = forest(Table(codes, np.array([True, False, True]), 4), RNG.normal(size=60), trees=5)
    for tree in grown.trees:
        for combination in product(range(4), repeat=3):
            inside = tree.boxes[:, np.arange(3), combination].all(1)
            assert inside.sum() == 1
