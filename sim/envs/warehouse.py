"""A robot that drives between shelves to its dock, seeing them through a range scanner only."""

import math
from typing import Any

import gymnasium
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Frame = npt.NDArray[np.uint8]

BEAMS = 9
FIELD_OF_VIEW = math.pi
RANGE = 3.0
"""Metres that the scanner sees."""
RADIUS = 0.25
SPEED = 0.35
"""Metres per step."""
TURN = 0.45
"""Radians per step."""
ARRIVAL = 0.5
COLLISION_COST = 0.01

_PIXELS = 40
_ANGLES = np.linspace(-FIELD_OF_VIEW / 2, FIELD_OF_VIEW / 2, BEAMS)


class Warehouse(gymnasium.Env[npt.NDArray[np.float32], npt.NDArray[np.float32]]):
    """A square hall with shelves on a jittered grid, so that there is always an aisle.

    Action, float32 [2] in [-1, 1]: drive (backwards at a third of the speed), turn. Observation, float32 [12]: nine
    ranges over half a circle, right to left, as fractions of `RANGE`; distance to the dock as a fraction of the
    hall's diagonal; sine and cosine of its bearing. Half of the reward is progress, the other half is arrival;
    what touches a shelf or a wall does not move and costs `COLLISION_COST`.
    """

    metadata = {"render_modes": ["rgb_array"], "render_fps": 10}

    def __init__(self, shelves: int = 6, size: float = 10.0, render_mode: str | None = None) -> None:
        if not 0 <= shelves <= 9:
            raise ValueError(f"shelves must be from 0 to 9, not {shelves}")
        if not 6.0 <= size <= 100.0:
            raise ValueError(f"size must be from 6 to 100 metres, not {size}")
        self.shelves, self.size, self.render_mode = shelves, float(size), render_mode
        self.action_space = gymnasium.spaces.Box(-1.0, 1.0, (2,), np.float32)
        low = np.array([0.0] * (BEAMS + 1) + [-1.0, -1.0], dtype=np.float32)
        self.observation_space = gymnasium.spaces.Box(low, np.ones(BEAMS + 3, np.float32), dtype=np.float32)
        self._boxes: Floats = np.zeros((0, 4))
        self._dock = self._position = (0.0, 0.0)
        self._heading = 0.0
        self._start = 1.0

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[npt.NDArray[np.float32], dict[str, Any]]:
        super().reset(seed=seed)
        random = self.np_random
        cell = (self.size - 3.0) / 3
        chosen = random.permutation(9)[: self.shelves]
        corners = np.stack([1.5 + cell * (chosen % 3), 1.5 + cell * (chosen // 3)], axis=1)
        extent = random.uniform(0.35, 0.65, (self.shelves, 2)) * cell
        # At least a sixth of a cell stays free on each side of a shelf: two of them are an aisle.
        offset = cell / 6 + random.random((self.shelves, 2)) * (cell * 2 / 3 - np.minimum(extent, cell * 2 / 3))
        extent = np.minimum(extent, cell * 2 / 3)
        self._boxes = np.concatenate([corners + offset, corners + offset + extent], axis=1)
        margin = 3 * RADIUS
        self._position = (margin, float(random.uniform(margin, self.size - margin)))
        self._dock = (self.size - margin, float(random.uniform(margin, self.size - margin)))
        self._heading = float(random.uniform(-math.pi / 2, math.pi / 2))
        self._start = self._distance()
        return self._observe(), {}

    def step(
        self, action: npt.NDArray[np.float32]
    ) -> tuple[npt.NDArray[np.float32], float, bool, bool, dict[str, Any]]:
        drive = min(1.0, max(-1.0, float(action[0])))
        turn = min(1.0, max(-1.0, float(action[1])))
        before = self._distance()
        self._heading = math.remainder(self._heading + TURN * turn, 2 * math.pi)
        distance = SPEED * (drive if drive > 0 else drive / 3)
        x = self._position[0] + distance * math.cos(self._heading)
        y = self._position[1] + distance * math.sin(self._heading)
        collided = self._touches(x, y)
        if not collided:
            self._position = (x, y)
        after = self._distance()
        arrived = after < ARRIVAL
        reward = 0.5 * (before - after) / self._start + 0.5 * arrived - COLLISION_COST * collided
        return self._observe(), reward, arrived, False, {"collided": collided}

    def render(self) -> Frame | None:
        """RGB [400, 400, 3] for a hall of 10 metres."""
        if self.render_mode is None:
            return None
        side = int(self.size * _PIXELS)
        rows, columns = np.mgrid[0:side, 0:side] / _PIXELS
        y, x = self.size - rows, columns
        frame = np.full((side, side, 3), 245, np.uint8)
        for left, bottom, right, top in self._boxes:
            frame[(x > left) & (x < right) & (y > bottom) & (y < top)] = (120, 100, 80)
        frame[np.hypot(x - self._dock[0], y - self._dock[1]) < ARRIVAL] = (60, 170, 90)
        frame[np.hypot(x - self._position[0], y - self._position[1]) < RADIUS] = (40, 90, 200)
        nose_x = self._position[0] + RADIUS * math.cos(self._heading)
        nose_y = self._position[1] + RADIUS * math.sin(self._heading)
        frame[np.hypot(x - nose_x, y - nose_y) < RADIUS / 2] = (230, 120, 30)
        return frame

    def _distance(self) -> float:
        return math.hypot(self._dock[0] - self._position[0], self._dock[1] - self._position[1])

    def _observe(self) -> npt.NDArray[np.float32]:
        bearing = math.atan2(self._dock[1] - self._position[1], self._dock[0] - self._position[0]) - self._heading
        distance = self._distance() / (self.size * math.sqrt(2))
        rest = (distance, math.sin(bearing), math.cos(bearing))
        return np.concatenate([self._ranges() / RANGE, rest]).astype(np.float32)

    def _ranges(self) -> Floats:
        """Distance to the first wall or shelf along each beam, by the slab method. [BEAMS]"""
        angles = self._heading + _ANGLES
        direction = np.stack([np.cos(angles), np.sin(angles)], axis=1)[:, None, :]
        direction = np.where(np.abs(direction) < 1e-9, 1e-9, direction)
        origin = np.array(self._position)
        walls = np.array([[0.0, 0.0, self.size, self.size]])
        boxes = np.concatenate([walls, self._boxes])
        first, second = (boxes[:, :2] - origin) / direction, (boxes[:, 2:] - origin) / direction
        enter = np.minimum(first, second).max(axis=2)
        leave = np.maximum(first, second).min(axis=2)
        hit = np.where((enter <= leave) & (enter > 0), enter, RANGE)[:, 1:]
        return np.minimum(np.minimum(hit.min(axis=1, initial=RANGE), leave[:, 0]), RANGE)

    def _touches(self, x: float, y: float) -> bool:
        if not (RADIUS <= x <= self.size - RADIUS and RADIUS <= y <= self.size - RADIUS):
            return True
        aside = np.maximum(np.maximum(self._boxes[:, 0] - x, x - self._boxes[:, 2]), 0.0)
        along = np.maximum(np.maximum(self._boxes[:, 1] - y, y - self._boxes[:, 3]), 0.0)
        return bool((aside * aside + along * along < RADIUS * RADIUS).any())
