"""Recorded episodes against the results they repeat, their bounds, and environments that cannot be drawn."""

import json
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest
from PIL import Image

from sim.recording import FRAME_SIDE, MOST_FRAMES, MOST_STEPS, record
from sim.rollout import Result, roll_out
from tests.sim.environments import FRAGILE
from trine.console import Console
from trine.specs.simulation import SimulationSpec

WAREHOUSE = "trine/Warehouse-v0"
LONG = "tests/Long-v0"
OPEN: set[gymnasium.Env[Any, Any]] = set()


class Long(gymnasium.Env[Any, Any]):
    """Never ends, sees more than is written down, and draws what no one can compress."""

    metadata = {"render_modes": ["rgb_array"], "render_fps": 50}
    observation_space = gymnasium.spaces.Box(0.0, 1.0, (100,), np.float32)
    action_space = gymnasium.spaces.Discrete(2)

    def __init__(self, render_mode: str | None = None, breaks: bool = False) -> None:
        self.render_mode, self._breaks = render_mode, breaks
        OPEN.add(self)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        return np.zeros(100, np.float32), {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        return np.zeros(100, np.float32), 0.5, False, False, {}

    def render(self) -> Any:
        if self._breaks:
            raise RuntimeError("no display")
        return np.random.default_rng(0).integers(0, 255, (300, 400, 3), dtype=np.uint8)

    def close(self) -> None:
        OPEN.discard(self)
        if self._breaks and self.render_mode:
            raise RuntimeError("no display to close")


if LONG not in gymnasium.registry:
    gymnasium.register(LONG, entry_point=Long, max_episode_steps=MOST_STEPS + 500)


def test_a_recorded_episode_is_the_one_of_the_results(tmp_path: Path) -> None:
    result = _result(environment=WAREHOUSE, episodes=5, policy={"kind": "scripted", "name": "default"})
    recordings = record(result, tmp_path)
    assert recordings is not None
    assert json.loads((tmp_path / "recordings.json").read_text()) == recordings
    assert (recordings["undrawn"], recordings["steps_per_second"]) == (None, 10)
    assert [each["episode"] for each in recordings["episodes"]] == [0, 1, 2]
    for each, episode in zip(recordings["episodes"], result.episodes, strict=False):
        assert each["same"] is True
        assert (each["error"], each["seed"]) == (None, episode.seed)
        assert sum(each["rewards"]) == pytest.approx(episode.total)
        assert len(each["actions"]) == len(each["observations"]) == len(each["rewards"]) == episode.length
        assert (len(each["observations"][0]), len(each["actions"][0])) == (12, 2)
        sheet = each["sheet"]
        assert sheet["frames"] == episode.length // sheet["every"] + 1
        with Image.open(tmp_path / sheet["file"]) as picture:
            rows = -(-sheet["frames"] // sheet["columns"])
            assert picture.size == (sheet["columns"] * sheet["width"], rows * sheet["height"])


def test_what_is_written_is_bounded(tmp_path: Path) -> None:
    result = _result(environment=LONG, episodes=1)
    OPEN.clear()
    recordings = record(result, tmp_path)
    assert recordings is not None
    (episode,) = recordings["episodes"]
    assert episode["length"] == MOST_STEPS + 500
    assert len(episode["rewards"]) == MOST_STEPS
    assert episode["same"] is None
    assert episode["observations"][0] is None
    assert episode["sheet"]["frames"] <= MOST_FRAMES
    assert (episode["sheet"]["width"], episode["sheet"]["height"]) == (FRAME_SIDE, FRAME_SIDE * 3 // 4)
    assert not OPEN


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"environment": FRAGILE}, "tests/Fragile-v0 has no render mode rgb_array"),
        ({"environment": LONG, "parameters": {"breaks": True}, "max_episode_steps": 9}, "RuntimeError: no display"),
    ],
)
def test_an_environment_that_cannot_be_drawn_is_recorded_without_pictures(
    changes: dict[str, Any], why: str, tmp_path: Path
) -> None:
    result = _result(episodes=8, **changes)
    OPEN.clear()
    recordings = record(result, tmp_path)
    assert recordings is not None
    assert why in recordings["undrawn"]
    assert len(recordings["episodes"]) == 3
    for each in recordings["episodes"]:
        assert (each["sheet"], each["same"]) == (None, True)
        assert each["rewards"]
    assert not list(tmp_path.glob("*.webp"))
    assert not OPEN


def test_none_are_recorded_where_none_are_asked_for(tmp_path: Path) -> None:
    assert record(_result(episodes=2, recorded_episodes=0), tmp_path) is None
    assert not list(tmp_path.iterdir())


def _result(**settings: Any) -> Result:
    spec = SimulationSpec.model_validate({"name": "small", "seed": 3, "environments_per_worker": 2, **settings})
    return roll_out(spec, Console(), local=True)
