import numpy as np
import pytest

from train.advantages import RewardScale, advantages


def test_by_hand() -> None:
    """Three steps of two environments: the first terminates in its second step, the other is cut off there."""
    rewards = np.array([[1.0, 1.0], [1.0, 1.0], [1.0, 1.0]])
    values = np.array([[0.5, 0.5], [0.25, 0.25], [2.0, 2.0]])
    following = np.array([[0.25, 0.25], [9.0, 4.0], [3.0, 3.0]])
    terminated = np.array([[False, False], [True, False], [False, False]])
    ended = np.array([[False, False], [True, True], [False, False]])

    result = advantages(rewards, values, following, terminated, ended, discount=0.5, trace_decay=0.5)

    last = 1 + 0.5 * 3 - 2
    stopped, cut = 1 - 0.25, 1 + 0.5 * 4 - 0.25
    first = 1 + 0.5 * 0.25 - 0.5
    np.testing.assert_allclose(result, [[first + 0.25 * stopped, first + 0.25 * cut], [stopped, cut], [last, last]])


def test_with_full_trace_it_is_the_return_minus_the_value() -> None:
    random = np.random.default_rng(0)
    rewards, values = random.normal(size=(20, 1)), random.normal(size=(20, 1))
    following = np.concatenate([values[1:], [[0.0]]])
    never = np.zeros((20, 1), bool)
    terminated = never.copy()
    terminated[-1] = True

    result = advantages(rewards, values, following, terminated, terminated, discount=0.9, trace_decay=1.0)

    returns = np.array([sum(0.9**k * rewards[t + k, 0] for k in range(20 - t)) for t in range(20)])
    np.testing.assert_allclose(result[:, 0], returns - values[:, 0])


def test_scaled_rewards_have_discounted_sums_of_unit_deviation() -> None:
    random = np.random.default_rng(0)
    scale, discount = RewardScale(0.9), 0.9
    ended = random.random((2000, 4)) < 0.05
    rewards = random.normal(-50.0, 30.0, (2000, 4))
    scaled = scale.apply(rewards, ended)
    sums, seen = np.zeros(4), []
    for step in range(2000):
        sums = sums * discount + scaled[step]
        seen.append(sums)
        sums = sums * ~ended[step]
    assert np.std(seen) == pytest.approx(1.0, rel=1e-3)


def test_batches_are_as_good_as_one() -> None:
    random = np.random.default_rng(0)
    rewards, ended = random.normal(size=(100, 3)), random.random((100, 3)) < 0.1
    whole, parts = RewardScale(0.9), RewardScale(0.9)
    whole.apply(rewards, ended)
    for start in range(0, 100, 20):
        parts.apply(rewards[start : start + 20], ended[start : start + 20])
    assert parts.square / parts.count == pytest.approx(whole.square / whole.count, rel=1e-3)
