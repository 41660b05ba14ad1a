"""Some episodes of a simulation once more, step by step and drawn, for people to watch.

An episode is a function of its seed and its policy, so the workers record nothing: a recorded episode is run again
here, after the results are in, and compared with what they found.
"""

import contextlib
import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
from PIL import Image

import sim.policies
from sim.envs.blueprint import Blueprint, Environment
from sim.policies import Description
from sim.policies.policy import Array
from sim.rollout import Result, describe
from sim.vector import MESSAGE_LIMIT, Episode

FILE = "recordings.json"
MOST_STEPS = 2000
"""Steps of an episode that are recorded; what comes later is left out."""
MOST_FRAMES = 120
"""Pictures of an episode; of a longer one every second step is drawn, or every third, …"""
FRAME_SIDE = 240
"""Pixels of the longer side of a picture, at most."""
MOST_SHEET_BYTES = 2_000_000
MOST_NUMBERS = 64
"""Numbers of an observation or action that are written down; of larger ones, none."""
_COLUMNS = 12


@dataclass
class Recording:
    """What one episode did. `observations[t]` is what the policy saw before `actions[t]`, which gave `rewards[t]`."""

    observations: list[Any] = field(default_factory=list)
    actions: list[Any] = field(default_factory=list)
    rewards: list[float] = field(default_factory=list)
    frames: list[Image.Image] = field(default_factory=list)
    """Before every `every`-th step, from the first on."""
    every: int = 1
    error: str | None = None


def record(result: Result, folder: Path, *, policy: Path | None = None) -> dict[str, Any] | None:
    """Writes `recordings.json` and a sheet of pictures an episode into `folder`, and returns the first.

    Its `undrawn` says why there are no pictures. None, and no file, where the spec asks for no recording. `policy` is
    the folder of a `ModelPolicy`.
    """
    spec = result.spec
    chosen = [episode for episode in result.episodes if episode.error is None][: spec.recorded_episodes]
    if not spec.recorded_episodes:
        return None
    environment, undrawn = _drawing(result.blueprint)
    try:
        description = describe(spec, result.blueprint, policy)
        episodes = [_written(episode, _recording(episode, environment, description), folder) for episode in chosen]
        fps = environment.metadata.get("render_fps")
    finally:
        _close(environment)
    recordings = {
        "version": 1,
        "environment": spec.environment,
        "steps_per_second": fps if isinstance(fps, int | float) and fps > 0 else None,
        "undrawn": undrawn,
        "episodes": episodes,
    }
    (folder / FILE).write_text(json.dumps(recordings, allow_nan=False) + "\n")
    return recordings


def _drawing(blueprint: Blueprint) -> tuple[Environment, str | None]:
    """The environment, drawing pictures where it can; otherwise why it cannot."""
    plain = blueprint.build()
    if "rgb_array" not in plain.metadata.get("render_modes", ()):
        return plain, f"{blueprint.environment} has no render mode rgb_array"
    drawing = None
    try:
        drawing = blueprint.build(render_mode="rgb_array")
        drawing.reset(seed=0)
        _picture(drawing)
    except Exception as error:  # noqa: BLE001 — an environment may raise anything; the recording says what
        if drawing is not None:
            _close(drawing)
        return plain, _message(error)
    _close(plain)
    return drawing, None


def _close(environment: Environment) -> None:
    """What one raises as it ends is no reason to lose what was recorded."""
    with contextlib.suppress(Exception):
        environment.close()


def _recording(episode: Episode, environment: Environment, description: Description) -> Recording:
    """The episode from its seed to where it ended, or to `MOST_STEPS`."""
    recording = Recording(every=math.ceil((min(episode.length, MOST_STEPS) + 1) / MOST_FRAMES))
    actor = sim.policies.build(description, environment.observation_space, environment.action_space, 1)
    try:
        observation, _ = environment.reset(seed=episode.seed)
        actor.begin(0, episode.seed)
        for step in range(min(episode.length, MOST_STEPS)):
            if environment.render_mode == "rgb_array" and step % recording.every == 0:
                recording.frames.append(_picture(environment))
            action = actor.act(_batch(observation, environment.observation_space), [0])[0]
            recording.observations.append(_plain(observation))
            recording.actions.append(_plain(action))
            discrete = isinstance(environment.action_space, gymnasium.spaces.Discrete)
            observation, reward, terminated, truncated, _ = environment.step(int(action) if discrete else action)
            recording.rewards.append(float(reward))
            if terminated or truncated:
                break
        if environment.render_mode == "rgb_array":
            recording.frames.append(_picture(environment))
    except Exception as error:  # noqa: BLE001 — an environment may raise anything; the recording says what
        recording.error = _message(error)
    return recording


def _written(episode: Episode, recording: Recording, folder: Path) -> dict[str, Any]:
    """As JSON. `same` says whether it came out as in the results; None where it is not there to its end."""
    rewards = recording.rewards
    whole = len(rewards) == episode.length
    return {
        "episode": episode.index,
        "seed": episode.seed,
        "return": episode.total,
        "length": episode.length,
        "outcome": "terminated" if episode.terminated else "truncated",
        "same": math.isclose(sum(rewards), episode.total, rel_tol=1e-6, abs_tol=1e-6) if whole else None,
        "error": recording.error,
        "rewards": [reward if math.isfinite(reward) else None for reward in rewards],
        "actions": recording.actions,
        "observations": recording.observations,
        "sheet": _sheet(episode.index, recording, folder),
    }


def _sheet(index: int, recording: Recording, folder: Path) -> dict[str, Any] | None:
    """All pictures of an episode in rows of one file, fewer where it would be too large; None without any."""
    frames, every = recording.frames, recording.every
    if not frames:
        return None
    width, height = frames[0].size
    path = folder / f"episode-{index}.webp"
    while True:
        columns = min(_COLUMNS, len(frames))
        sheet = Image.new("RGB", (columns * width, math.ceil(len(frames) / columns) * height))
        for place, frame in enumerate(frames):
            sheet.paste(frame, (place % columns * width, place // columns * height))
        sheet.save(path, "WEBP", quality=80, method=4)
        if path.stat().st_size <= MOST_SHEET_BYTES or len(frames) == 1:
            break
        frames, every = frames[::2], every * 2
    return {
        "file": path.name,
        "columns": columns,
        "frames": len(frames),
        "width": width,
        "height": height,
        "every": every,
    }


def _picture(environment: Environment) -> Image.Image:
    """Raises TypeError where the environment draws something else than RGB [height, width, 3]."""
    drawn: Any = environment.render()
    pixels = np.asarray(drawn)
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:
        raise TypeError(f"render() gave {type(drawn).__name__} {pixels.shape} {pixels.dtype}, not RGB uint8 [h, w, 3]")
    picture = Image.fromarray(pixels)
    picture.thumbnail((FRAME_SIDE, FRAME_SIDE), Image.Resampling.LANCZOS)
    return picture


def _batch(observation: Any, space: Any) -> Array:
    return np.asarray(observation, space.dtype).reshape(1, *space.shape)


def _plain(value: Any) -> Any:
    """Numbers as JSON has them, four digits each; None where there are too many. What is not finite is None."""
    array = np.asarray(value)
    if array.size > MOST_NUMBERS:
        return None
    rounded = [float(f"{each:.4g}") if math.isfinite(each) else None for each in array.ravel().tolist()]
    return rounded[0] if array.ndim == 0 else rounded


def _message(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:MESSAGE_LIMIT]
