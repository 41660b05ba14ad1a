"""The policy network of `train.models.policy` in numpy: workers need no torch, which takes seconds to import."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import safetensors
import safetensors.numpy

from sim.policies.policy import Array
from trine.failures import SpecError

_WEIGHTS = "model.safetensors"
_CONFIG = "config.json"
_LAYERS = (0, 2, 4)


@dataclass(frozen=True)
class Network:
    """Weights of the actor: [in, out] and bias [out] of each layer, tanh between them."""

    layers: tuple[tuple[Array, Array], ...]
    log_std: Array | None = None
    """Of a continuous action, [actions]; None for a discrete one."""
    sample: bool = False
    """Draw actions (for training) instead of taking the likeliest."""


def network(tensors: dict[str, Array], *, sample: bool = False) -> Network:
    """From the state of an `ActorCritic`. In float64, so that the batch around a row hardly ever changes its action."""
    layers = tuple(
        (tensors[f"actor.{layer}.weight"].T.astype(np.float64), tensors[f"actor.{layer}.bias"].astype(np.float64))
        for layer in _LAYERS
    )
    log_std = tensors.get("log_std")
    return Network(layers, None if log_std is None else log_std.astype(np.float64), sample)


def load(folder: Path, observation_space: Any, action_space: Any) -> Network:
    """The policy of a model's folder. Raises SpecError where it is none, or does not fit the environment."""
    try:
        config = json.loads((folder / _CONFIG).read_text())
        tensors = safetensors.numpy.load_file(folder / _WEIGHTS)
    except FileNotFoundError as error:
        raise SpecError(f"policy: the model has no file {Path(error.filename or _WEIGHTS).name}") from error
    except (ValueError, OSError, safetensors.SafetensorError) as error:
        raise SpecError(f"policy: the model's files cannot be read: {error}") from error
    if config.get("architecture") != "policy":
        kind = config.get("architecture")
        raise SpecError(f"policy: the model is a {kind!r}, not a policy; train one with recipe ppo")
    try:
        result = network(tensors)
    except KeyError as error:
        raise SpecError(f"policy: {_WEIGHTS} has no tensor {error}") from error
    _check(result, config, observation_space, action_space)
    return result


def observation_size(space: Any) -> int:
    """Numbers that `flatten` makes of one observation."""
    return int(gymnasium.spaces.flatdim(space))


def flatten(observations: Array, space: Any) -> Array:
    """Observations [n, ...] as vectors [n, size], float32: numbers as they are, discrete ones one-hot."""
    if isinstance(space, gymnasium.spaces.Box | gymnasium.spaces.MultiBinary):
        return observations.reshape(len(observations), -1).astype(np.float32, copy=False)
    return np.stack([np.asarray(gymnasium.spaces.flatten(space, row)) for row in observations]).astype(np.float32)


class NetworkPolicy:
    """Actions of a continuous policy are clipped to the environment's bounds, here and in training."""

    def __init__(self, description: Network, observation_space: Any, action_space: Any) -> None:
        self._description = description
        self._observation_space, self._space = observation_space, action_space
        self._streams: dict[int, np.random.Generator] = {}
        self.raw: Array = np.zeros(0)
        """The actions of the last call before clipping, which is what the probability is of."""

    def begin(self, slot: int, seed: int) -> None:
        if self._description.sample:
            self._streams[slot] = np.random.default_rng((seed, 2))

    def act(self, observations: Array, slots: Sequence[int]) -> Array:
        outputs = self._forward(flatten(observations, self._observation_space))
        if self._description.log_std is None:
            self.raw = self._choose(outputs, slots)
            return self.raw + self._space.start
        if self._description.sample:
            noise = np.stack([self._streams[slot].standard_normal(outputs.shape[1]) for slot in slots])
            outputs = outputs + np.exp(self._description.log_std) * noise
        self.raw = outputs.astype(np.float32)
        shaped = self.raw.reshape(-1, *self._space.shape)
        return np.clip(shaped, self._space.low, self._space.high).astype(self._space.dtype)

    def _forward(self, inputs: Array) -> Array:
        *hidden, (weight, bias) = self._description.layers
        values: Array = inputs
        for hidden_weight, hidden_bias in hidden:
            values = np.tanh(values @ hidden_weight + hidden_bias)
        return values @ weight + bias

    def _choose(self, logits: Array, slots: Sequence[int]) -> Array:
        if not self._description.sample:
            return logits.argmax(axis=1)
        # The Gumbel-max trick draws from the softmax without normalizing it.
        uniform = np.array([self._streams[slot].random(logits.shape[1]) for slot in slots])
        return (logits - np.log(-np.log(uniform))).argmax(axis=1)


def _check(policy: Network, config: dict[str, Any], observation_space: Any, action_space: Any) -> None:
    trained = f" (it was trained in {config['environment']})" if config.get("environment") else ""
    inputs, outputs = policy.layers[0][0].shape[0], policy.layers[-1][0].shape[1]
    if inputs != (size := observation_size(observation_space)):
        raise SpecError(f"policy: the model takes {inputs} numbers, an observation here has {size}{trained}")
    continuous = isinstance(action_space, gymnasium.spaces.Box)
    if continuous != (policy.log_std is not None):
        model, here = ("discrete", "continuous") if continuous else ("continuous", "discrete")
        raise SpecError(f"policy: the model's actions are {model}, the environment's are {here}{trained}")
    if not continuous and not isinstance(action_space, gymnasium.spaces.Discrete):
        raise SpecError(f"policy: a model can act in Box and Discrete spaces, not {type(action_space).__name__}")
    wanted = int(np.prod(action_space.shape)) if continuous else int(action_space.n)
    if outputs != wanted:
        raise SpecError(f"policy: the model gives {outputs} outputs, the environment's actions need {wanted}{trained}")
