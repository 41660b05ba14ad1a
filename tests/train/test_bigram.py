import math

import numpy as np
import pytest

from train.bigram import bigram_nats, bits_per_byte


def test_a_known_successor_costs_almost_nothing_and_an_unknown_one_a_lot() -> None:
    training = np.tile(np.array([0, 1, 2], dtype=np.int32), 2000)

    known = bigram_nats(training, np.array([[0, 1, 2, 0]], dtype=np.int32), 3)
    unknown = bigram_nats(training, np.array([[0, 2, 1, 0]], dtype=np.int32), 3)

    assert known < 0.01
    assert unknown > 10


def test_uniform_tokens_cost_the_logarithm_of_the_vocabulary() -> None:
    rng = np.random.default_rng(0)
    nats = bigram_nats(rng.integers(0, 8, 200_000, dtype=np.int32), rng.integers(0, 8, (50, 101), dtype=np.int32), 8)

    assert nats / 5000 == pytest.approx(math.log(8), rel=0.01)


def test_bits_per_byte() -> None:
    assert bits_per_byte(math.log(2) * 12, 4) == pytest.approx(3)
