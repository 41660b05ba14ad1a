"""Policies act as described: random as the space draws, scripted well, networks as torch computes them."""

import json
from pathlib import Path

import gymnasium
import numpy as np
import pytest
import safetensors.numpy
import torch

from sim.envs.blueprint import blueprint
from sim.policies import Description, build
from sim.policies.network import NetworkPolicy, load, network
from sim.policies.random import Random, RandomActor
from sim.policies.scripted import CONTROLLERS, scripted
from sim.worker import EnvironmentWorker, Setup
from train.models.policy import ActorCritic, PolicyConfig
from train.models.registry import save
from trine.failures import SpecError

CARTPOLE, PENDULUM = blueprint("CartPole-v1"), blueprint("Pendulum-v1")


@pytest.mark.parametrize(
    "space",
    [
        gymnasium.spaces.Discrete(3, start=-1),
        gymnasium.spaces.MultiDiscrete([2, 5]),
        gymnasium.spaces.MultiBinary(4),
        gymnasium.spaces.Box(np.array([-1.0, 0.0]), np.array([1.0, 10.0]), dtype=np.float64),
        gymnasium.spaces.Box(np.array([-np.inf, 2.0, -np.inf]), np.array([np.inf, np.inf, 3.0]), dtype=np.float64),
    ],
    ids=str,
)
def test_random_actions_are_of_the_space(space: gymnasium.Space[object]) -> None:
    actor = RandomActor(space, 2)
    for slot in (0, 1):
        actor.begin(slot, slot)
    actions = np.concatenate([actor.act(np.zeros((2, 1)), [0, 1]) for _ in range(200)])
    assert all(space.contains(action) for action in actions)
    assert len(np.unique(actions, axis=0)) > 1


def test_random_actions_belong_to_the_episode() -> None:
    one, other = RandomActor(CARTPOLE.build().action_space, 1), RandomActor(CARTPOLE.build().action_space, 3)
    one.begin(0, 77)
    for slot, seed in enumerate((1, 77, 3)):
        other.begin(slot, seed)
    observations = np.zeros((3, 4), np.float32)
    assert [int(one.act(observations[:1], [0])[0]) for _ in range(300)] == [
        int(other.act(observations[1:2], [1])[0]) for _ in range(300)
    ]


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("CartPole-v1", 500.0),
        ("Pendulum-v1", -250.0),
        ("MountainCar-v0", -130.0),
        ("MountainCarContinuous-v0", 90.0),
        ("Acrobot-v1", -130.0),
        ("trine/Warehouse-v0", 0.8),
    ],
)
def test_scripted_policies_are_good(name: str, least: float) -> None:
    chunk = EnvironmentWorker(Setup(blueprint(name), 10, seed=1)).run(scripted(name, "default"), range(20))
    assert np.mean([episode.total for episode in chunk.episodes]) >= least


def test_every_controller_is_tested() -> None:
    assert set(CONTROLLERS) == {
        *(
            "CartPole-v1",
            "Pendulum-v1",
            "MountainCar-v0",
            "MountainCarContinuous-v0",
            "Acrobot-v1",
            "trine/Warehouse-v0",
        )
    }
    assert all(list(known) == ["default"] for known in CONTROLLERS.values())


def test_unknown_scripts_are_refused() -> None:
    with pytest.raises(SpecError, match="CartPole-v1 has no scripted policy 'best'; it has: default"):
        scripted("CartPole-v1", "best")
    with pytest.raises(SpecError, match="Taxi-v4 has no scripted policy; these environments have one: CartPole-v1"):
        scripted("Taxi-v4", "default")


@pytest.mark.parametrize("plan", [CARTPOLE, PENDULUM], ids=["discrete", "continuous"])
def test_a_model_acts_as_in_torch(plan: object, tmp_path: Path) -> None:
    assert plan in (CARTPOLE, PENDULUM)
    environment = (CARTPOLE if plan is CARTPOLE else PENDULUM).build()
    model = _model(continuous=plan is PENDULUM)
    save(model, tmp_path)
    actor = build(load(tmp_path, environment.observation_space, environment.action_space),
                  environment.observation_space, environment.action_space, 50)  # fmt: skip
    inputs = np.random.default_rng(0).normal(size=(50, model.config.observation_size)).astype(np.float32)
    expected = model.act(torch.from_numpy(inputs)).numpy()
    if plan is PENDULUM:
        expected = np.clip(expected, -2.0, 2.0)
    np.testing.assert_allclose(actor.act(inputs, range(50)), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("continuous", [False, True])
def test_sampled_actions_follow_the_distribution(continuous: bool) -> None:
    model = _model(continuous=continuous)
    tensors = {name: tensor.numpy() for name, tensor in model.state_dict().items()}
    environment = (PENDULUM if continuous else CARTPOLE).build()
    description: Description = network(tensors, sample=True)
    actor = build(description, environment.observation_space, environment.action_space, 1)
    assert isinstance(actor, NetworkPolicy)
    actor.begin(0, 1)
    inputs = np.full((1, model.config.observation_size), 0.7, np.float32)
    drawn = []
    for _ in range(4000):
        actor.act(inputs, [0])
        drawn.append(actor.raw.ravel()[0])
    distribution = model.distribution(model(torch.from_numpy(inputs))[0])
    expected = distribution.mean.item() if continuous else distribution.probs[0, 1].item()  # type: ignore[attr-defined]
    assert np.mean(drawn) == pytest.approx(expected, abs=4 * float(np.std(drawn)) / 4000**0.5)


def test_a_model_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    save(_model(continuous=False), tmp_path)
    pendulum, acrobot = PENDULUM.build(), blueprint("Acrobot-v1").build()
    with pytest.raises(
        SpecError, match=r"takes 4 numbers, an observation here has 3 \(it was trained in CartPole-v1\)"
    ):
        load(tmp_path, pendulum.observation_space, pendulum.action_space)
    with pytest.raises(SpecError, match="actions are discrete, the environment's are continuous"):
        load(tmp_path, CARTPOLE.build().observation_space, pendulum.action_space)
    with pytest.raises(SpecError, match="gives 2 outputs, the environment's actions need 3"):
        load(tmp_path, CARTPOLE.build().observation_space, acrobot.action_space)


def test_broken_folders_are_refused(tmp_path: Path) -> None:
    spaces = (CARTPOLE.build().observation_space, CARTPOLE.build().action_space)
    with pytest.raises(SpecError, match=r"the model has no file config\.json"):
        load(tmp_path, *spaces)
    (tmp_path / "config.json").write_text(json.dumps({"architecture": "mlp"}))
    (tmp_path / "model.safetensors").write_bytes(b"not a header")
    with pytest.raises(SpecError, match="files cannot be read"):
        load(tmp_path, *spaces)
    safetensors.numpy.save_file({"a": np.zeros(1)}, tmp_path / "model.safetensors")
    with pytest.raises(SpecError, match="the model is a 'mlp', not a policy"):
        load(tmp_path, *spaces)
    (tmp_path / "config.json").write_text(json.dumps({"architecture": "policy"}))
    with pytest.raises(SpecError, match=r"has no tensor 'actor\.0\.weight'"):
        load(tmp_path, *spaces)


def test_scripted_and_random_are_built_for_any_vector() -> None:
    environment = CARTPOLE.build()
    for description in (Random(), scripted("CartPole-v1", "default")):
        actor = build(description, environment.observation_space, environment.action_space, 3)
        for slot in range(3):
            actor.begin(slot, slot)
        assert actor.act(np.zeros((3, 4), np.float32), [0, 1, 2]).shape == (3,)


def _model(*, continuous: bool) -> ActorCritic:
    torch.manual_seed(3)
    config = (
        PolicyConfig(3, 1, hidden=16, continuous=True, environment="Pendulum-v1")
        if continuous
        else PolicyConfig(4, 2, hidden=16, environment="CartPole-v1")
    )
    model = ActorCritic(config)
    with torch.no_grad():
        for parameter in model.actor.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
    return model
