"""The vector steps as Gymnasium does, resets with our seeds, and survives environments that raise."""

import itertools

import gymnasium
import numpy as np
import pytest

from sim.envs.blueprint import blueprint
from sim.seeding import episode_seed
from sim.vector import RESETS_LIMIT, Vector
from tests.sim.environments import FRAGILE, UNBUILDABLE, UNSTARTABLE
from trine.failures import SpecError

SEED = 5


@pytest.mark.parametrize(
    ("name", "limit"), [("CartPole-v1", 20), ("Pendulum-v1", None), ("FrozenLake-v1", None), ("trine/Warehouse-v0", 30)]
)
def test_equals_gymnasium_bit_for_bit(name: str, limit: int | None) -> None:
    """Against `gymnasium.make` with all its wrappers, one environment after the other."""
    count, steps = 3, 450
    vector = Vector(blueprint(name, None, limit), count, seed=SEED)
    vector.start(itertools.count())
    references = [gymnasium.make(name, max_episode_steps=limit) for _ in range(count)]
    numbers = itertools.count()
    totals, lengths = [0.0] * count, [0] * count
    episodes = [next(numbers) for _ in references]
    for slot, reference in enumerate(references):
        first, _ = reference.reset(seed=episode_seed(SEED, episodes[slot]))
        np.testing.assert_array_equal(vector.observations[slot], first)
    space = vector.action_space
    space.seed(0)
    ended = 0
    for _ in range(steps):
        actions = np.stack([space.sample() for _ in range(count)])
        step = vector.step(actions)
        finished = {position: (episode, final) for position, episode, final in step.finished}
        for slot, reference in enumerate(references):
            observation, reward, terminated, truncated, _ = reference.step(actions[slot])
            totals[slot] += float(reward)
            lengths[slot] += 1
            assert step.rewards[slot] == reward
            assert step.terminated[slot] == terminated
            assert step.truncated[slot] == (truncated and not terminated)
            if terminated or truncated:
                ended += 1
                episode, final = finished.pop(slot)
                np.testing.assert_array_equal(final, observation)
                assert (episode.index, episode.seed) == (episodes[slot], episode_seed(SEED, episodes[slot]))
                assert (episode.total, episode.length) == (totals[slot], lengths[slot])
                assert episode.terminated == terminated
                totals[slot], lengths[slot], episodes[slot] = 0.0, 0, next(numbers)
                observation, _ = reference.reset(seed=episode_seed(SEED, episodes[slot]))
            np.testing.assert_array_equal(vector.observations[slot], observation)
        assert not finished
    assert ended > count


def test_episodes_run_out() -> None:
    vector = Vector(blueprint("CartPole-v1"), 4, seed=SEED)
    vector.start(iter([7, 3, 9]))
    assert vector.active == [0, 1, 2]
    seen = []
    while vector.active:
        step = vector.step(np.zeros(len(vector.active), np.int64))
        seen += [episode.index for _, episode, _ in step.finished]
    assert sorted(seen) == [3, 7, 9]


def test_an_environment_that_raises_is_rebuilt_and_its_episode_is_an_error() -> None:
    count = 60
    vector = Vector(blueprint(FRAGILE), 4, seed=SEED)
    vector.start(iter(range(count)))
    episodes = list(vector.failed)
    vector.failed.clear()
    while vector.active:
        episodes += [episode for _, episode, _ in vector.step(np.zeros(len(vector.active), np.int64)).finished]
        episodes += vector.failed
        vector.failed.clear()
    assert sorted(episode.index for episode in episodes) == list(range(count))
    for episode in episodes:
        if episode.seed % 5 == 0:
            assert (episode.error, episode.length, episode.total) == ("RuntimeError: no such world", 0, 0.0)
        elif episode.seed % 3 == 0:
            assert (episode.error, episode.length, episode.total) == ("ValueError: wheel came off", 1, 1.0)
        else:
            assert (episode.error, episode.length, episode.total) == (None, 5, 5.0)
    assert len({episode.error for episode in episodes}) == 3


def test_an_environment_that_never_starts_ends_the_work() -> None:
    vector = Vector(blueprint(UNSTARTABLE), 1, seed=SEED)
    with pytest.raises(SpecError, match=f"could not begin {RESETS_LIMIT} episodes in a row; .* RuntimeError: never"):
        vector.start(itertools.count())


def test_an_environment_that_cannot_be_built_raises() -> None:
    with pytest.raises(OSError, match="no licence"):
        Vector(blueprint(UNBUILDABLE), 1, seed=SEED)


def test_unsupported_spaces_are_named() -> None:
    with pytest.raises(SpecError, match="its observations are a Tuple; the pool steps Box, Discrete"):
        Vector(blueprint("Blackjack-v1"), 1, seed=SEED)
