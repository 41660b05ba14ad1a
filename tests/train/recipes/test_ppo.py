"""PPO learns on a small budget, goes on after a break, and says what it cannot learn."""

import itertools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import ray

from sim.envs.blueprint import blueprint
from sim.pool import LocalPool
from sim.worker import Rollout
from tests.fixtures.cluster import RayCluster
from tests.sim.environments import FRAGILE, UNSTARTABLE
from tests.train.tracker import Memory
from train.job import Job, Outcome
from train.models.registry import load
from train.recipes.ppo import Learner, train
from trine.failures import SpecError
from trine.specs.training import PolicySpec

SMALL = {"total_steps": 20_000, "evaluation_episodes": 20, "rollout_steps": 64}


def test_cartpole_improves_on_a_small_budget(tmp_path: Path) -> None:
    run = Memory()
    outcome = _train(tmp_path, run)
    returns = run.series("return/mean")
    assert returns[0] < 30
    assert returns[-1] > 3 * returns[0]
    assert outcome.summary["evaluation/return_mean"] > 100
    assert {"loss", "entropy", "approximate_kl", "steps_per_second", "episode_length/mean"} <= set(run.points[0][1])
    steps = [step for step, _ in run.points]
    assert steps[0] == 1024
    assert steps[-1] == outcome.summary["environment_steps"] >= 20_000


def test_the_result_is_a_model_that_acts(tmp_path: Path) -> None:
    outcome = _train(tmp_path, Memory(), total_steps=1)
    assert outcome.metadata["framework"] == "torch"
    assert outcome.metadata["environment"] == "CartPole-v1"
    assert outcome.metadata["metrics"]["evaluation/episodes"] == 20
    model: Any = load(outcome.folder)
    assert model.config.environment == "CartPole-v1"


def test_same_seed_same_numbers(tmp_path: Path) -> None:
    one, two, other = (Memory() for _ in range(3))
    for index, (run, seed) in enumerate(((one, 1), (two, 1), (other, 2))):
        _train(tmp_path / str(index), run, total_steps=4096, seed=seed)
    assert one.series("loss") == two.series("loss") != other.series("loss")
    assert one.series("evaluation/return_mean") == two.series("evaluation/return_mean")


@pytest.mark.parametrize("environment", ["Pendulum-v1", "FrozenLake-v1", "trine/Warehouse-v0"])
def test_continuous_and_discrete_spaces(environment: str, tmp_path: Path) -> None:
    run = Memory()
    outcome = _train(tmp_path, run, environment=environment, total_steps=4096, evaluation_episodes=4)
    assert np.isfinite(run.series("loss")).all()
    assert outcome.metadata["metrics"]["evaluation/episodes"] == 4


def test_a_broken_run_goes_on_and_repeats_no_episode(tmp_path: Path) -> None:
    class Breaking(Memory):
        def log(self, metrics: Mapping[str, float], step: int | None = None) -> None:
            super().log(metrics, step)
            if len(self.points) == 5:
                raise ConnectionError("the machine is gone")

    settings: dict[str, Any] = {"total_steps": 8192, "checkpoint": {"every_steps": 2, "keep": 2}}
    broken = Breaking()
    with pytest.raises(ConnectionError):
        _train(tmp_path, broken, **settings)
    resumed = Memory()
    outcome = _train(tmp_path, resumed, **settings)
    # Five updates were made, the fourth was the last one kept.
    assert [step for step, _ in resumed.points][:2] == [5 * 1024, 6 * 1024]
    assert outcome.summary["environment_steps"] == 8192
    again = Memory()
    _train(tmp_path, again, **settings)
    assert [set(metrics) for _, metrics in again.points] == [set(resumed.points[-1][1])]


def test_a_learner_that_is_restored_is_the_same(tmp_path: Path) -> None:
    spec = _spec(total_steps=8192)
    pool = LocalPool(blueprint("CartPole-v1"), workers=2, environments=8, seed=0)
    learner, copy = Learner(spec), Learner(spec)
    rollouts = [pool.collect(learner.policy(sample=True), 64, turn) for turn in range(3)]
    learner.step(_Recorded(rollouts[:1]))
    copy.load(learner.state())
    assert copy.next_episode == learner.next_episode > 0
    for recorded in rollouts[1:]:
        ours, theirs = learner.step(_Recorded([recorded])), copy.step(_Recorded([recorded]))
        # The discounted sums of the reward scale begin anew, so the numbers are close and not the same.
        assert theirs["loss/policy"] == pytest.approx(ours["loss/policy"], abs=1e-2)
        assert theirs["return/mean"] == ours["return/mean"]
        assert theirs["learning_rate"] == ours["learning_rate"]


def test_what_it_cannot_learn_is_said(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="could not begin 100 episodes in a row"):
        _train(tmp_path, Memory(), environment=UNSTARTABLE)
    with pytest.raises(SpecError, match="environment: 'CartPole-v7' is unknown"):
        _train(tmp_path, Memory(), environment="CartPole-v7")


def test_environment_errors_are_no_returns(tmp_path: Path) -> None:
    run = Memory()
    outcome = _train(tmp_path, run, environment=FRAGILE, total_steps=2048)
    assert run.series("episode_errors")[-1] > 10
    assert set(run.series("return/mean")) == {5.0}
    metrics = outcome.metadata["metrics"]
    assert metrics["evaluation/episodes"] + metrics["evaluation/episode_errors"] == 20
    assert metrics["evaluation/return_mean"] == 5.0


@pytest.mark.ray
def test_actors_learn_what_a_local_pool_learns(ray_cluster: RayCluster, tmp_path: Path) -> None:
    local, distributed = Memory(), Memory()
    settings: dict[str, Any] = {"total_steps": 4096}
    _train(tmp_path / "local", local, **settings)
    _train(tmp_path / "ray", distributed, local=False, **settings)
    assert local.series("loss") == distributed.series("loss")
    assert local.series("evaluation/return_mean") == distributed.series("evaluation/return_mean")
    assert ray.is_initialized()


class _Recorded:
    """A pool that plays rollouts back."""

    observation_space = action_space = None

    def __init__(self, rollouts: list[list[Rollout]]) -> None:
        self._rollouts = itertools.cycle(rollouts)

    def collect(self, *_: Any) -> list[Rollout]:
        return next(self._rollouts)

    def run(self, *_: Any) -> Any:
        raise NotImplementedError

    def close(self) -> None: ...


def _train(folder: Path, run: Memory, *, local: bool = True, **settings: Any) -> Outcome:
    return train(_spec(**settings), Job(run, None, str(folder / "storage"), folder / "scratch", local=local))


def _spec(**settings: Any) -> PolicySpec:
    return PolicySpec.model_validate({"recipe": "ppo", "name": "policy", **SMALL, **settings})
