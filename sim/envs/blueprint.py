"""How to build an environment: its name, parameters and time limit."""

import copy
import difflib
import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import gymnasium
from gymnasium.envs.registration import EnvSpec, load_env_creator

from sim.envs.builtin import BUILTIN
from trine.failures import SpecError

Environment = gymnasium.Env[Any, Any]

_RESERVED = ("self", "render_mode")


@dataclass(frozen=True)
class Blueprint:
    """A value that travels to the workers. Made by `blueprint`, which checks it."""

    environment: str
    parameters: dict[str, Any] = field(default_factory=dict)
    limit: int | None = None
    """Steps after which an episode is truncated; None is no limit."""
    threshold: float | None = None
    """The return that Gymnasium's registry calls solved."""

    def build(self, render_mode: str | None = None) -> Environment:
        """The environment without Gymnasium's checking and counting wrappers: the vector counts steps itself."""
        spec = copy.deepcopy(_registered(self.environment))
        spec.order_enforce = False
        words = {"render_mode": render_mode} if render_mode else {}
        with _installed(self.environment):
            return gymnasium.make(spec, max_episode_steps=-1, disable_env_checker=True, **self.parameters, **words)


def blueprint(
    environment: str, parameters: dict[str, Any] | None = None, max_episode_steps: int | None = None
) -> Blueprint:
    """Raises SpecError for an environment or a parameter that does not exist; the message says what does."""
    spec = _registered(environment)
    with _installed(environment):
        known = parameters_of(spec)
    for name in parameters or {}:
        if name not in known:
            allowed = ", ".join(sorted(known)) or "none"
            raise SpecError(f"parameters: {environment} has no parameter {name!r}; it has: {allowed}")
    limit = max_episode_steps if max_episode_steps is not None else spec.max_episode_steps
    return Blueprint(environment, dict(parameters or {}), limit, spec.reward_threshold)


def parameters_of(spec: EnvSpec) -> dict[str, inspect.Parameter]:
    """Keyword arguments of the environment's constructor, with the registry's values as defaults."""
    creator: Any = load_env_creator(spec.entry_point) if isinstance(spec.entry_point, str) else spec.entry_point
    signature = inspect.signature(creator)
    named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return {
        name: parameter.replace(default=spec.kwargs.get(name, parameter.default))
        for name, parameter in signature.parameters.items()
        if name not in _RESERVED and parameter.kind in named
    }


def _registered(environment: str) -> EnvSpec:
    # `module:Name-v0` would import a module of the user's choice.
    if environment in gymnasium.registry and ":" not in environment:
        return gymnasium.registry[environment]
    close = difflib.get_close_matches(environment, BUILTIN, n=1, cutoff=0.5)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    raise SpecError(f"environment: {environment!r} is unknown.{hint} Built-in: {', '.join(BUILTIN)}")


@contextmanager
def _installed(environment: str) -> Iterator[None]:
    try:
        yield
    except (gymnasium.error.DependencyNotInstalled, ModuleNotFoundError) as error:
        raise SpecError(
            f"environment: {environment!r} needs a package that is not installed: {error}. "
            f"Built-in environments: {', '.join(BUILTIN)}"
        ) from error
