"""Built-in environments: Gymnasium's checker, determinism, names and parameters."""

import json
import warnings
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from sim.envs.blueprint import blueprint
from sim.envs.builtin import BUILTIN
from sim.envs.catalogue import FILE, describe
from sim.envs.discrete import QuickDiscrete
from trine.failures import SpecError


@pytest.mark.parametrize("name", BUILTIN)
def test_gymnasium_checker_accepts(name: str) -> None:
    with warnings.catch_warnings():
        # Gymnasium warns of bounds and of rendering that it cannot try; what is wrong raises.
        warnings.simplefilter("ignore")
        check_env(gymnasium.make(name, disable_env_checker=True).unwrapped, skip_render_check=True)


@pytest.mark.parametrize("name", BUILTIN)
def test_a_seed_is_a_world(name: str) -> None:
    assert _trace(name, 11) == _trace(name, 11)
    assert _trace(name, 11) != _trace(name, 12)


@pytest.mark.parametrize("shelves", [0, 9])
def test_warehouse_has_room_for_start_and_dock(shelves: int) -> None:
    environment = blueprint("trine/Warehouse-v0", {"shelves": shelves}).build(render_mode="rgb_array")
    for seed in range(50):
        observation, _ = environment.reset(seed=seed)
        assert observation in environment.observation_space
        _, reward, terminated, truncated, info = environment.step(np.zeros(2, np.float32))
        assert (terminated, truncated, info["collided"], reward) == (False, False, False, 0.0)
    frame = environment.render()
    assert isinstance(frame, np.ndarray)
    assert frame.shape == (400, 400, 3)


def test_warehouse_refuses_what_it_cannot_build() -> None:
    with pytest.raises(ValueError, match="shelves must be from 0 to 9, not 10"):
        blueprint("trine/Warehouse-v0", {"shelves": 10}).build()


def test_unknown_environment_names_what_there_is() -> None:
    with pytest.raises(
        SpecError, match=r"'CartPole-v9' is unknown\. Did you mean 'CartPole-v1'\? Built-in: CartPole-v1,"
    ):
        blueprint("CartPole-v9")


def test_a_module_is_never_imported_for_its_name() -> None:
    with pytest.raises(SpecError, match="unknown"):
        blueprint("antigravity:CartPole-v1")


def test_unknown_parameter_names_what_there_is() -> None:
    with pytest.raises(SpecError, match="CartPole-v1 has no parameter 'gravity'; it has: sutton_barto_reward"):
        blueprint("CartPole-v1", {"gravity": 1.0})


def test_missing_package_is_said() -> None:
    with pytest.raises(SpecError, match="'LunarLander-v3' needs a package that is not installed"):
        blueprint("LunarLander-v3")


def test_catalogue_is_up_to_date() -> None:
    """`python -m sim.envs.catalogue` writes it."""
    entries = json.loads(FILE.read_text())
    frames = [entry["description"].pop("frame") for entry in entries]
    assert entries == json.loads(json.dumps([describe(name) for name in BUILTIN]))
    assert all(frame.startswith("data:image/png;base64,") for frame in frames)


def _trace(name: str, seed: int) -> list[object]:
    environment = blueprint(name).build()
    environment.action_space.seed(0)
    trace: list[object] = [np.asarray(environment.reset(seed=seed)[0]).tolist()]
    for _ in range(30):
        observation, reward, terminated, truncated, _ = environment.step(environment.action_space.sample())
        trace.append((np.asarray(observation).tolist(), reward, terminated, truncated))
        if terminated or truncated:
            environment.reset()
    return trace


@pytest.mark.parametrize(("count", "start", "dtype"), [(2, 0, np.int64), (3, -1, np.int32), (5, 7, np.uint8)])
def test_a_quick_space_answers_as_the_plain_one(count: int, start: int, dtype: type[Any]) -> None:
    plain = gymnasium.spaces.Discrete(count, seed=5, start=start, dtype=dtype)
    quick = QuickDiscrete(plain)
    candidates = [*range(-3, 15), 2**40, np.int8(1), np.uint64(1), np.array(1), np.array([1]), 1.0, True, "1", None]
    assert [quick.contains(each) for each in candidates] == [plain.contains(each) for each in candidates]
    assert quick == plain
    assert plain.sample() in quick
