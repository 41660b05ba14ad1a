"""Episodes of a policy in an environment, as a simulation asks for them."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import sim.policies.network
from sim.envs.blueprint import Blueprint, blueprint
from sim.policies import Description
from sim.policies.random import Random
from sim.policies.scripted import scripted
from sim.pool import LocalPool, Pool, RayPool
from sim.vector import Episode
from trine.failures import SpecError
from trine.specs.simulation import ModelPolicy, RandomPolicy, ScriptedPolicy, SimulationSpec

_REPORT_EVERY_S = 1.0


class Tracker(Protocol):
    """What a rollout uses of `trine.run.Run` and `trine.console.Console`."""

    def log(self, metrics: dict[str, float], step: int | None = None) -> None: ...


@dataclass(frozen=True)
class Result:
    """All episodes of a simulation, in the order of their numbers."""

    spec: SimulationSpec
    blueprint: Blueprint
    policy: str
    """For people: `random`, `scripted default`, `model cartpole champion`."""
    episodes: list[Episode]
    steps: int
    environment_seconds: float
    """Spent in the environments, over all workers."""
    policy_seconds: float
    wall_seconds: float
    workers_replaced: int = 0
    versions: dict[str, str] = field(default_factory=dict)

    @property
    def threshold(self) -> float | None:
        """The return from which an episode is a success."""
        return self.spec.success_return if self.spec.success_return is not None else self.blueprint.threshold


def roll_out(spec: SimulationSpec, run: Tracker, *, folder: Path | None = None, local: bool = False) -> Result:
    """Runs the episodes and reports progress to `run`. `folder` holds the files of a `ModelPolicy`.

    Raises SpecError for an unknown environment, parameter or policy; errors of single episodes are in the result.
    """
    plan = blueprint(spec.environment, spec.parameters, spec.max_episode_steps)
    _check_limit(plan)
    description = describe(spec, plan, folder)
    make: Callable[..., Pool] = LocalPool if local else RayPool
    workers = min(spec.workers, -(-spec.episodes // spec.environments_per_worker))
    pool = make(plan, workers=workers, environments=min(spec.environments_per_worker, spec.episodes), seed=spec.seed)
    try:
        return _run(spec, plan, description, pool, run)
    finally:
        pool.close()


def describe(spec: SimulationSpec, plan: Blueprint, folder: Path | None) -> Description:
    """The policy that the spec names, ready to travel. Raises SpecError."""
    match spec.policy:
        case RandomPolicy():
            return Random()
        case ScriptedPolicy(name=name):
            return scripted(spec.environment, name)
        case ModelPolicy():
            if folder is None:
                raise SpecError(
                    "policy.kind: a registered model can be used in simulations of the platform only; "
                    "alone, give the folder of a model with --policy"
                )
            environment = plan.build()
            try:
                return sim.policies.network.load(folder, environment.observation_space, environment.action_space)
            finally:
                environment.close()


def label(spec: SimulationSpec) -> str:
    match spec.policy:
        case ScriptedPolicy(name=name):
            return f"scripted {name}"
        case ModelPolicy(model=model, version=version):
            return f"model {model} {version}"
        case _:
            return "random"


def _run(spec: SimulationSpec, plan: Blueprint, description: Description, pool: Pool, run: Tracker) -> Result:
    episodes: list[Episode] = []
    steps, environment_seconds, policy_seconds = 0, 0.0, 0.0
    begun = reported = time.monotonic()
    for chunk in pool.run(description, range(spec.episodes)):
        episodes += chunk.episodes
        steps += chunk.steps
        environment_seconds += chunk.environment_seconds
        policy_seconds += chunk.policy_seconds
        now = time.monotonic()
        if now - reported >= _REPORT_EVERY_S or len(episodes) == spec.episodes:
            run.log(_progress(episodes, steps, now - begun), step=len(episodes))
            reported = now
    return Result(
        spec=spec,
        blueprint=plan,
        policy=label(spec),
        episodes=sorted(episodes, key=lambda episode: episode.index),
        steps=steps,
        environment_seconds=environment_seconds,
        policy_seconds=policy_seconds,
        wall_seconds=time.monotonic() - begun,
        workers_replaced=getattr(pool, "replaced", 0),
    )


def _progress(episodes: list[Episode], steps: int, seconds: float) -> dict[str, float]:
    returns = [episode.total for episode in episodes if episode.error is None]
    metrics = {"episodes": float(len(episodes)), "steps_per_second": steps / max(seconds, 1e-9)}
    if returns:
        metrics["return/mean"] = math.fsum(returns) / len(returns)
    if len(returns) < len(episodes):
        metrics["episode_errors"] = float(len(episodes) - len(returns))
    return metrics


def _check_limit(plan: Blueprint) -> None:
    if plan.limit is None:
        raise SpecError(
            f"max_episode_steps: {plan.environment} has no time limit of its own; without one an episode may never end"
        )
