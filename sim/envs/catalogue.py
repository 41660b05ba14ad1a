"""The built-in environments as data, for a control plane that never imports them.

`python -m sim.envs.catalogue` writes `catalogue.json` beside this file: a list of `{"name", "description"}`. The frames
of Gymnasium's environments need `pygame`, which nothing else here does: `uv pip install pygame` before.
"""

import base64
import inspect
import io
import json
import math
import os
import sys
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
from PIL import Image

from sim.envs.blueprint import blueprint, parameters_of
from sim.envs.builtin import BUILTIN
from sim.policies.scripted import CONTROLLERS

FILE = Path(__file__).with_name("catalogue.json")
FRAME_WIDTH = 320
"""Pixels."""
_FRAME_STEPS = 12


def describe(name: str) -> dict[str, Any]:
    """Everything about an environment but its frame; the same on every machine."""
    plan = blueprint(name)
    environment = plan.build()
    english, chinese = BUILTIN[name]
    action_space = environment.action_space
    description = {
        "summary": {"en": english, "zh": chinese},
        "observation_space": space(environment.observation_space),
        "action_space": space(action_space),
        "parameters": [_parameter(item) for item in parameters_of(gymnasium.spec(name)).values()],
        "max_episode_steps": plan.limit,
        "success_return": plan.threshold,
        "scripted_policies": list(CONTROLLERS.get(name, {})),
        "trainable": isinstance(action_space, gymnasium.spaces.Box | gymnasium.spaces.Discrete),
    }
    environment.close()
    return {"name": name, "description": description}


def space(value: Any) -> dict[str, Any]:
    """A space as JSON; bounds that are infinite are None."""
    described: dict[str, Any] = {"kind": type(value).__name__, "shape": list(value.shape), "dtype": str(value.dtype)}
    if isinstance(value, gymnasium.spaces.Box):
        described |= {"low": _bounds(value.low), "high": _bounds(value.high)}
    if isinstance(value, gymnasium.spaces.Discrete):
        described |= {"n": int(value.n), "start": int(value.start)}
    return described


def frame(name: str) -> str:
    """A picture of the environment some steps into an episode, as a data URL of a PNG."""
    environment = blueprint(name).build(render_mode="rgb_array")
    environment.reset(seed=3)
    environment.action_space.seed(3)
    for _ in range(_FRAME_STEPS):
        _, _, terminated, truncated, _ = environment.step(environment.action_space.sample())
        if terminated or truncated:
            environment.reset()
    picture = Image.fromarray(np.asarray(environment.render(), dtype=np.uint8))
    environment.close()
    height = round(picture.height * FRAME_WIDTH / picture.width)
    small = picture.resize((FRAME_WIDTH, height), Image.Resampling.LANCZOS).quantize(64)
    buffer = io.BytesIO()
    small.save(buffer, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


def _parameter(parameter: inspect.Parameter) -> dict[str, Any]:
    default = None if parameter.default is inspect.Parameter.empty else parameter.default
    kinds = {bool: "boolean", int: "integer", float: "number", str: "string"}
    plain = default if default is None or type(default) in kinds else str(default)
    return {"name": parameter.name, "type": kinds.get(type(default), "any"), "default": plain}


def _bounds(values: Any) -> Any:
    return [
        None if math.isinf(value) or abs(value) > 1e30 else round(float(value), 6)
        for value in np.ravel(values).tolist()
    ]


def main() -> None:
    os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
    entries = [describe(name) for name in BUILTIN]
    for entry in entries:
        entry["description"]["frame"] = frame(entry["name"])
    FILE.write_text(json.dumps(entries, indent=1, ensure_ascii=False) + "\n")
    sys.stdout.write(f"{FILE.name}: {len(entries)} environments, {FILE.stat().st_size // 1024} KiB\n")


if __name__ == "__main__":
    main()
