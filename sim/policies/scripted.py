"""Hand-written controllers, one or more for an environment: what a learned policy should beat, or at least match."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sim.policies.policy import Array
from trine.failures import SpecError


@dataclass(frozen=True)
class Scripted:
    """Made by `scripted`, which checks it."""

    environment: str
    name: str


class ScriptedActor:
    def __init__(self, description: Scripted) -> None:
        self._controller = CONTROLLERS[description.environment][description.name]

    def begin(self, slot: int, seed: int) -> None:
        """The controllers remember nothing."""

    def act(self, observations: Array, slots: Sequence[int]) -> Array:
        return self._controller(observations)


def scripted(environment: str, name: str) -> Scripted:
    """Raises SpecError where the environment has no such controller."""
    known = CONTROLLERS.get(environment, {})
    if name in known:
        return Scripted(environment, name)
    if known:
        raise SpecError(f"policy.name: {environment} has no scripted policy {name!r}; it has: {', '.join(known)}")
    others = ", ".join(CONTROLLERS)
    raise SpecError(f"policy.kind: {environment} has no scripted policy; these environments have one: {others}")


def balance(observations: Array) -> Array:
    """CartPole: push towards where the pole falls, and a little away from the edge. [n, 4] to [n]"""
    position, velocity, angle, rate = observations.T
    return (0.1 * position + 0.3 * velocity + 3.0 * angle + rate > 0).astype(np.int64)


def swing_up(observations: Array) -> Array:
    """Pendulum: pump energy, hold near the top (Åström & Furuta, Automatica 36, 2000). [n, 3] to [n, 1]"""
    cosine, sine, rate = observations.T.astype(np.float64)
    angle = np.arctan2(sine, cosine)
    # Rotational energy per unit of inertia minus that at the top: gravity 10, rod of length 1, inertia 1/3.
    lacking = 15.0 * (1.0 - cosine) - rate * rate / 2
    pump = 2.0 * np.sign(rate + 1e-9) * np.sign(lacking)
    hold = -(12.0 * angle + 3.0 * rate)
    torque = np.where(np.abs(angle) < 0.4, hold, pump)
    return np.clip(torque, -2.0, 2.0).astype(np.float32)[:, None]


def rock(observations: Array) -> Array:
    """MountainCar: push the way the car already rolls. [n, 2] to [n]"""
    return np.where(observations[:, 1] < 0, 0, 2).astype(np.int64)


def rock_softly(observations: Array) -> Array:
    """MountainCarContinuous: the same with half of the force, because effort costs. [n, 2] to [n, 1]"""
    return np.where(observations[:, 1] < 0, -0.5, 0.5).astype(np.float32)[:, None]


def pump(observations: Array) -> Array:
    """Acrobot: torque the way the middle joint already turns. [n, 6] to [n]"""
    return np.where(observations[:, 5] < 0, 0, 2).astype(np.int64)


def steer(observations: Array) -> Array:
    """Warehouse: of 13 directions that leave room for the robot, the one nearest to the dock's. [n, 12] to [n, 2]"""
    beams, choices = np.linspace(-np.pi / 2, np.pi / 2, 9), np.linspace(-np.pi / 2, np.pi / 2, 13)
    ranges = 3.0 * observations[:, :9].astype(np.float64)
    bearing = np.arctan2(observations[:, 10], observations[:, 11])
    # Where each beam's hit lies, seen along and across each direction: [n, directions, beams].
    relative = beams - choices[:, None]
    along, across = ranges[:, None] * np.cos(relative), ranges[:, None] * np.sin(relative)
    blocking = (np.abs(across) < 0.4) & (along > 0) & (ranges[:, None] < 2.99)
    clear = np.where(blocking, along, 3.0).min(axis=2)
    cost = np.abs(choices - np.clip(bearing, -1.6, 1.6)[:, None]) + 0.3 * np.abs(choices)
    best = np.argmin(cost + 6.0 * np.clip(1.0 - clear, 0.0, None), axis=1)
    turn = np.clip(choices[best] / 0.45, -1.0, 1.0)
    drive = np.clip((clear[:, 6] - 0.45) / 0.35, 0.0, 1.0) * (1.0 - 0.6 * np.abs(turn))
    return np.stack([drive, turn], axis=1).astype(np.float32)


CONTROLLERS: dict[str, dict[str, Callable[[Array], Array]]] = {
    "CartPole-v1": {"default": balance},
    "Pendulum-v1": {"default": swing_up},
    "MountainCar-v0": {"default": rock},
    "MountainCarContinuous-v0": {"default": rock_softly},
    "Acrobot-v1": {"default": pump},
    "trine/Warehouse-v0": {"default": steer},
}
