"""Simulations: episodes of a policy in an environment."""

from typing import Annotated, Any, Literal

from pydantic import Field

from trine.specs.base import Spec
from trine.specs.resources import Bundle
from trine.specs.training import DRIVER, Name


class RandomPolicy(Spec):
    """Actions drawn from the action space."""

    kind: Literal["random"] = "random"


class ScriptedPolicy(Spec):
    """A hand-written controller that ships with the environment."""

    kind: Literal["scripted"]
    name: str = "default"


class ModelPolicy(Spec):
    """A registered model: `name` at a version (`3`) or an alias (`champion`)."""

    kind: Literal["model"]
    model: Name
    version: str = "champion"


Policy = Annotated[RandomPolicy | ScriptedPolicy | ModelPolicy, Field(discriminator="kind")]


class SimulationSpec(Spec):
    name: Name
    environment: str = Field(default="CartPole-v1", min_length=1, max_length=128)
    parameters: dict[str, Any] = {}
    """Keyword arguments of the environment."""
    policy: Policy = RandomPolicy()
    episodes: int = Field(default=100, ge=1, le=1_000_000)
    seed: int = Field(default=0, ge=0, lt=2**31)
    """Episode i is reset with a seed derived from this one and i alone, whatever the number of workers."""
    max_episode_steps: int | None = Field(default=None, ge=1)
    workers: int = Field(default=2, ge=1, le=512)
    environments_per_worker: int = Field(default=8, ge=1, le=4096)
    success_return: float | None = None
    """An episode whose return reaches this is a success; None takes the environment's own threshold."""
    recorded_episodes: int = Field(default=3, ge=0, le=10)
    """The first episodes that did not fail are recorded for replay: every step, and pictures where the environment
    draws any."""
    experiment: str = Field(default="simulations", min_length=1, max_length=200)


def bundles(spec: SimulationSpec) -> tuple[Bundle, ...]:
    return (DRIVER, *((Bundle(cpu=1),) * spec.workers))
