"""Pools give what sequential stepping gives, whatever their shape, and lose nothing when an actor is killed."""

import itertools
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest
import ray
import ray.exceptions

from sim.channel import KEY_BYTES, Address, Listener, answer_steps
from sim.envs.blueprint import blueprint
from sim.policies.random import Random
from sim.policies.scripted import scripted
from sim.pool import LocalPool, RayPool, chunks
from sim.seeding import episode_seed
from sim.stepping import Stepper, connect
from sim.vector import Episode, Vector
from sim.worker import Chunk, Rollout
from tests.fixtures.cluster import RayCluster
from tests.sim.environments import FRAGILE
from trine.failures import SpecError, classify
from trine.specs.telemetry import FailureClass

SEED = 3
CARTPOLE = blueprint("CartPole-v1")
SHAPE = {"workers": 2, "environments": 4, "seed": SEED}


def test_chunks_hold_every_episode_once() -> None:
    for count, workers, environments in itertools.product((1, 7, 100), (1, 3), (1, 8)):
        parts = chunks(range(count), workers, environments)
        assert [episode for part in parts for episode in part] == list(range(count))


def test_results_do_not_depend_on_the_shape() -> None:
    results = [
        _all(LocalPool(CARTPOLE, workers=workers, environments=environments, seed=SEED).run(Random(), range(50)))
        for workers, environments in ((1, 1), (2, 4), (3, 16))
    ]
    assert results[0] == results[1] == results[2]
    assert [episode.seed for episode in results[0]] == [episode_seed(SEED, index) for index in range(50)]


def test_purposes_have_seeds_of_their_own() -> None:
    pool = LocalPool(CARTPOLE, **SHAPE)
    ordinary, evaluation = _all(pool.run(Random(), range(20))), _all(pool.run(Random(), range(20), "evaluation"))
    assert not {episode.seed for episode in ordinary} & {episode.seed for episode in evaluation}


def test_collecting_goes_on_where_it_stopped() -> None:
    """Two calls of 40 steps are one of 80, and every episode is counted once."""
    policy = scripted("Pendulum-v1", "default")
    plan = blueprint("Pendulum-v1", None, 30)
    halves, whole = LocalPool(plan, **SHAPE), LocalPool(plan, **SHAPE)
    first, second = halves.collect(policy, 40, 0), halves.collect(policy, 40, 1)
    for left, right, both in zip(first, second, whole.collect(policy, 80, 0), strict=True):
        np.testing.assert_array_equal(np.concatenate([left.rewards, right.rewards]), both.rewards)
        np.testing.assert_array_equal(np.concatenate([left.observations, right.observations]), both.observations)
        np.testing.assert_array_equal(left.last, right.observations[0])
        assert left.episodes + right.episodes == both.episodes
        assert right.next_episode == both.next_episode
    indices = [episode.index for rollout in first + second for episode in rollout.episodes]
    assert len(indices) == len(set(indices)) == 16
    assert all(rollout.truncated.sum() == len(rollout.episodes) for rollout in first + second)


def test_final_observations_are_those_before_the_reset() -> None:
    (rollout,) = LocalPool(CARTPOLE, workers=1, environments=2, seed=SEED).collect(Random(), 200, 0)
    assert len(rollout.finals) > 4
    for (step, position), final in zip(rollout.ends, rollout.finals, strict=True):
        assert rollout.terminated[step, position]
        assert abs(final[2]) > 0.2095 or abs(final[0]) > 2.4
        following = rollout.observations[step + 1] if step + 1 < len(rollout.rewards) else rollout.last
        assert np.abs(following[position]).max() <= 0.05


def test_an_environment_error_is_no_score_and_the_rest_goes_on() -> None:
    episodes = _all(LocalPool(blueprint(FRAGILE), **SHAPE).run(Random(), range(60)))
    assert [episode.index for episode in episodes] == list(range(60))
    broken = {episode.index for episode in episodes if episode.error is not None}
    assert broken == {index for index in range(60) if episode_seed(SEED, index) % 15 in {0, 3, 5, 6, 9, 10, 12}}


def test_groups_must_divide_the_environments() -> None:
    with pytest.raises(SpecError, match="environments_per_worker: 4 is not a multiple of the 3 parts"):
        RayPool.stepping(_unstarted(), groups=3)


def test_stepping_equals_gymnasium(stepper: Stepper) -> None:
    _check_against_gymnasium(stepper)


def test_errors_cross_with_their_message() -> None:
    plan = blueprint(FRAGILE)
    with _served(plan, workers=1, groups=1, count=2) as stepper:
        episodes: list[tuple[int, Episode]] = []
        for _ in range(40):
            _, turn = stepper.receive()
            episodes += [(position, episode) for position, episode, _ in turn.finished]
            stepper.send(0, np.zeros(2, np.int64))
    messages = {episode.error for _, episode in episodes}
    assert messages == {None, "RuntimeError: no such world", "ValueError: wheel came off"}
    assert all((position == -1) == (episode.error == "RuntimeError: no such world") for position, episode in episodes)
    assert len({episode.index for _, episode in episodes}) == len(episodes)


@pytest.mark.parametrize("local", [True, False])
def test_a_stranger_is_not_accepted(local: bool) -> None:
    listener = Listener("127.0.0.1", bytes(KEY_BYTES))
    address = listener.address if local else replace(listener.address, path="/nowhere")
    try:
        with address.connect(10.0) as stranger:
            assert (stranger.family is socket.AF_UNIX) == local
            stranger.sendall(b"x" * (KEY_BYTES + 4))
            with pytest.raises(TimeoutError):
                listener.accept(1, 1.0, lambda: None)
            assert stranger.recv(1) == b""
    finally:
        listener.close()
    assert not Path(listener.address.path).parent.exists()


def test_a_worker_of_another_machine_comes_over_the_network() -> None:
    listener = Listener("127.0.0.1", bytes(KEY_BYTES))
    parts = [Vector(CARTPOLE, 2, seed=SEED)]
    parts[0].start(itertools.count())
    elsewhere = replace(listener.address, path="/nowhere")
    thread = threading.Thread(target=answer_steps, args=(elsewhere, bytes(KEY_BYTES), 0, parts))
    thread.start()
    try:
        connections = listener.accept(1, 10.0, lambda: None)
    finally:
        listener.close()
    with Stepper([connections[0]], 1, 2, (parts[0].observation_space, parts[0].action_space), lambda _: None) as there:
        _, turn = there.receive()
        assert turn.observations.shape == (2, 4)
    thread.join(10.0)
    assert not thread.is_alive()


@pytest.mark.ray
def test_actors_give_what_a_local_pool_gives(ray_cluster: RayCluster) -> None:
    local, pool = LocalPool(CARTPOLE, **SHAPE), RayPool(CARTPOLE, **SHAPE)
    try:
        assert _all(pool.run(Random(), range(40))) == _all(local.run(Random(), range(40)))
        for turn in range(2):
            _same(pool.collect(Random(), 30, turn), local.collect(Random(), 30, turn))
        with pool.stepping() as stepper:
            _check_against_gymnasium(stepper)
        assert pool.replaced == 0
    finally:
        pool.close()


@pytest.mark.ray
def test_a_killed_actor_is_replaced_and_nothing_is_counted_twice(ray_cluster: RayCluster) -> None:
    expected = _all(LocalPool(CARTPOLE, **SHAPE).run(scripted("CartPole-v1", "default"), range(64)))
    pool = RayPool(CARTPOLE, **SHAPE)
    try:
        arriving = pool.run(scripted("CartPole-v1", "default"), range(64))
        first = next(arriving)
        for actor in pool.actors:
            ray.kill(actor)
        assert _all([first, *arriving]) == expected
        assert pool.replaced == 2

        before = pool.collect(Random(), 60, 0)
        ray.kill(pool.actors[1])
        after = pool.collect(Random(), 60, 1)
        assert pool.replaced == 3
        assert [rollout.rewards.shape for rollout in after] == [(60, 4)] * 2
        indices = [episode.index for rollout in before + after for episode in rollout.episodes]
        assert len(indices) == len(set(indices))
    finally:
        pool.close()


@pytest.mark.ray
def test_a_worker_killed_while_stepping_is_a_lost_node(ray_cluster: RayCluster) -> None:
    pool = RayPool(CARTPOLE, **SHAPE)
    try:
        with pool.stepping() as stepper:
            stepper.receive_all()
            for actor in pool.actors:
                ray.kill(actor)
            with pytest.raises(ray.exceptions.RayActorError) as caught:
                _step(stepper, 1_000_000)
        assert classify(caught.value).kind is FailureClass.NODE_LOST
    finally:
        pool.close()


@pytest.fixture
def stepper() -> Iterator[Stepper]:
    with _served(CARTPOLE, workers=2, groups=2, count=2) as served:
        yield served


class _served:  # noqa: N801 — used as a context manager
    """Workers that answer from threads in place of actors."""

    def __init__(self, plan: Any, *, workers: int, groups: int, count: int) -> None:
        self._threads: list[threading.Thread] = []

        def start(worker: int, address: Address, key: bytes) -> None:
            parts = [Vector(plan, count, seed=SEED) for _ in range(groups)]
            for group, vector in enumerate(parts):
                vector.start(itertools.count(worker * groups + group, workers * groups))
            thread = threading.Thread(target=answer_steps, args=(address, key, worker, parts))
            thread.start()
            self._threads.append(thread)

        environment = plan.build()
        spaces = (environment.observation_space, environment.action_space)
        connections = connect("127.0.0.1", workers, start, lambda: None, 10.0)
        self._stepper = Stepper(connections, groups, count, spaces, lambda worker: None)

    def __enter__(self) -> Stepper:
        return self._stepper

    def __exit__(self, *error: object) -> None:
        self._stepper.close()
        for thread in self._threads:
            thread.join(10.0)
            assert not thread.is_alive()


def _step(stepper: Stepper, steps: int) -> None:
    for _ in range(steps):
        stepper.send_all(np.zeros(8, np.int64))
        stepper.receive_all()


def _check_against_gymnasium(stepper: Stepper) -> None:
    """Part p begins with episodes p, p + parts, …: compared with one environment of Gymnasium for each."""
    total = stepper.parts * stepper.count
    references = [gymnasium.make("CartPole-v1") for _ in range(total)]
    turn = stepper.receive_all()
    for number, reference in enumerate(references):
        part, slot = divmod(number, stepper.count)
        first, _ = reference.reset(seed=episode_seed(SEED, part + slot * stepper.parts))
        np.testing.assert_array_equal(turn.observations[number], first)
    random = np.random.default_rng(0)
    ended = 0
    for _ in range(120):
        actions = random.integers(0, 2, total)
        stepper.send_all(actions)
        turn = stepper.receive_all()
        finished = {position: (episode, final) for position, episode, final in turn.finished}
        for number, reference in enumerate(references):
            observation, reward, terminated, truncated, _ = reference.step(actions[number])
            assert (turn.rewards[number], turn.terminated[number], turn.truncated[number]) == (
                reward,
                terminated,
                truncated,
            )
            if terminated:
                ended += 1
                episode, final = finished.pop(number)
                np.testing.assert_array_equal(final, observation)
                assert episode.terminated
                assert episode.error is None
                # Which episode comes next is told by no message: its seed is found by its first observation.
                part = number // stepper.count
                observation = turn.observations[number]
                seed = next(
                    seed
                    for seed in (episode_seed(SEED, part + k * stepper.parts) for k in itertools.count())
                    if np.array_equal(reference.reset(seed=seed)[0], observation)
                )
                reference.reset(seed=seed)
            np.testing.assert_array_equal(turn.observations[number], observation)
        assert not finished
    assert ended > total


def _all(parts: Iterator[Chunk] | list[Chunk]) -> list[Episode]:
    episodes = sorted((episode for chunk in parts for episode in chunk.episodes), key=lambda episode: episode.index)
    assert len({episode.index for episode in episodes}) == len(episodes)
    return episodes


def _same(left: list[Rollout], right: list[Rollout]) -> None:
    for one, other in zip(left, right, strict=True):
        for name in ("observations", "actions", "rewards", "terminated", "truncated", "last", "ends", "finals"):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
        assert one.episodes == other.episodes
        assert one.next_episode == other.next_episode


def _unstarted() -> Any:
    pool = RayPool.__new__(RayPool)
    pool._environments = 4
    return pool
