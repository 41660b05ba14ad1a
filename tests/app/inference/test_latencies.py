import random
from collections import Counter

import pytest

from app.inference.latencies import ACCURACY, SHORTEST, bucket, quantile


@pytest.mark.parametrize("q", [0, 0.5, 0.95, 0.99, 1])
def test_quantiles_are_within_the_accuracy(q: float) -> None:
    drawn = random.Random(3)
    seconds = sorted(drawn.lognormvariate(-1, 2) for _ in range(5000))
    exact = seconds[int(q * (len(seconds) - 1))]
    found = quantile(Counter(map(bucket, seconds)), q)
    assert found == pytest.approx(exact, rel=ACCURACY + 1e-9)


def test_counts_of_several_add_up() -> None:
    fast, slow = Counter({bucket(0.1): 99}), Counter({bucket(10): 1})
    assert quantile(fast + slow, 0.5) == pytest.approx(0.1, rel=ACCURACY)
    assert quantile(fast + slow, 1) == pytest.approx(10, rel=ACCURACY)


def test_nothing_has_no_quantile_and_nothing_is_too_short() -> None:
    assert quantile({}, 0.5) is None
    assert bucket(0) == bucket(SHORTEST)
