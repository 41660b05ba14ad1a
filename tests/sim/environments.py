"""Environments that fail on purpose. Importing this module registers them."""

import os
from typing import Any

import gymnasium
import numpy as np

FRAGILE = "tests/Fragile-v0"
UNBUILDABLE = "tests/Unbuildable-v0"
UNSTARTABLE = "tests/Unstartable-v0"
CRASHING = "tests/Crashing-v0"


class Fragile(gymnasium.Env[Any, Any]):
    """Rewards of 1 for `length` steps. Every third seed raises in step 2; every fifth raises in reset."""

    observation_space = gymnasium.spaces.Box(0.0, 100.0, (1,), np.float32)
    action_space = gymnasium.spaces.Discrete(2)

    def __init__(self, length: int = 5) -> None:
        self._length = length
        self._steps, self._breaks = 0, False
        self._broken = False

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        assert not self._broken, "an environment that raised is used again"
        super().reset(seed=seed)
        if seed is not None and seed % 5 == 0:
            self._broken = True
            raise RuntimeError("no such world")
        self._steps, self._breaks = 0, seed is not None and seed % 3 == 0
        return np.zeros(1, np.float32), {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        assert not self._broken, "an environment that raised is used again"
        self._steps += 1
        if self._breaks and self._steps == 2:
            self._broken = True
            raise ValueError("wheel came off")
        return np.full(1, self._steps, np.float32), 1.0, self._steps >= self._length, False, {}


def unbuildable() -> Fragile:
    raise OSError("no licence for this simulator")


class Unstartable(Fragile):
    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        raise RuntimeError("never")


class Crashing(Fragile):
    """Ends its process where it is drawn, as a broken driver of a screen does."""

    metadata = {"render_modes": ["rgb_array"]}

    def __init__(self, render_mode: str | None = None) -> None:
        super().__init__()
        self.render_mode = render_mode

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        return super().reset(seed=1, options=options)  # one that does not raise

    def render(self) -> Any:
        os.abort()


_ENTRIES: tuple[tuple[str, Any], ...] = (
    (FRAGILE, Fragile),
    (UNBUILDABLE, unbuildable),
    (UNSTARTABLE, Unstartable),
    (CRASHING, Crashing),
)

for name, entry in _ENTRIES:
    if name not in gymnasium.registry:
        gymnasium.register(name, entry_point=entry, max_episode_steps=50, reward_threshold=5.0)
