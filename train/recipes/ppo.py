"""Proximal policy optimization (Schulman et al., arXiv:1707.06347) over a pool of environments.

The workers act with a copy of the policy beside their environments and send whole rollouts; this process learns. The
details are those of Huang et al., "The 37 Implementation Details of Proximal Policy Optimization" (2022), without the
clipped value loss, which did not help there either. Left out on purpose: recurrent policies, normalized observations.
"""

import math
import time
from collections import deque
from dataclasses import asdict, dataclass
from typing import Any

import gymnasium
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from sim.envs.blueprint import blueprint
from sim.intervals import mean_interval
from sim.policies.network import Network, flatten, network, observation_size
from sim.pool import LocalPool, Pool, RayPool
from sim.worker import Rollout
from train.advantages import RewardScale, advantages
from train.cluster import connect
from train.job import Job, Outcome
from train.models.policy import ActorCritic, PolicyConfig
from train.models.registry import save
from train.shelves import open_shelf
from trine.failures import SpecError
from trine.specs.training import PolicySpec

EVALUATION = "evaluation"
"""Purpose of the seeds that training never sees."""
RECENT = 100
"""Finished episodes over which training's mean return is taken."""
_ERRORS_LIMIT, _ERRORS_RATIO = 100, 9
"""Environment errors that are borne in any case, and for each episode without one."""
_GPU_WORTH = 1024
"""Width from which a small network is faster on a GPU."""

State = dict[str, Any]


def train(spec: PolicySpec, job: Job) -> Outcome:
    """Trains, evaluates on unseen seeds, and writes the policy's folder."""
    torch.set_num_threads(1)  # the networks are small, and the workers need the cores
    learner = Learner(spec)
    shelf = open_shelf(job.storage, spec.checkpoint.keep)
    if state := shelf.restored():
        learner.load(state)
    pool = _pool(spec, job, learner.next_episode)
    try:
        while learner.update < learner.updates:
            metrics = learner.step(pool)
            job.run.log(metrics, step=learner.steps)
            if learner.update % spec.checkpoint.every_steps == 0 or learner.update == learner.updates:
                shelf.put(learner.update, learner.state())
        return _evaluate(spec, job, learner, pool)
    finally:
        pool.close()


class Learner:
    """The network, its optimizer, and where training stands."""

    def __init__(self, spec: PolicySpec) -> None:
        self.spec = spec
        self.observation_space, self.action_space = _spaces(spec)
        torch.manual_seed(spec.seed)
        self.model = ActorCritic(_config(spec, self.observation_space, self.action_space))
        self.device = _device(spec)
        self.model.to(self.device)
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=spec.learning_rate, eps=1e-5)
        self.scale = RewardScale(spec.discount)
        self.update, self.steps, self.next_episode = 0, 0, 0
        self.batch = spec.resources.workers * spec.environments_per_worker * spec.rollout_steps
        self.updates = math.ceil(spec.total_steps / self.batch)
        self.first_step_at: float | None = None
        self._recent: deque[tuple[float, int]] = deque(maxlen=RECENT)
        self._errors, self._scored = 0, 0

    def step(self, pool: Pool) -> dict[str, float]:
        """Collects a batch, learns from it, and says how it went."""
        begun = time.monotonic()
        rollouts = pool.collect(self.policy(sample=True), self.spec.rollout_steps, self.update)
        collected = time.monotonic()
        self._count(rollouts)
        rate = self.spec.learning_rate * (1 - self.update / self.updates)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        metrics = self._learn(self._batch(rollouts))
        self.update += 1
        self.steps += self.batch
        self.first_step_at = self.first_step_at or time.time()
        seconds = time.monotonic() - begun
        metrics |= {"learning_rate": rate, "steps_per_second": self.batch / seconds}
        metrics["collect_fraction"] = (collected - begun) / seconds
        if self._recent:
            metrics["return/mean"] = sum(total for total, _ in self._recent) / len(self._recent)
            metrics["episode_length/mean"] = sum(length for _, length in self._recent) / len(self._recent)
        if self._errors:
            metrics["episode_errors"] = float(self._errors)
        return metrics

    def policy(self, *, sample: bool) -> Network:
        tensors = {name: tensor.detach().cpu().numpy() for name, tensor in self.model.state_dict().items()}
        return network(tensors, sample=sample)

    def state(self) -> State:
        return {
            "update": self.update,
            "steps": self.steps,
            "next_episode": self.next_episode,
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "scale": asdict(self.scale),
            "recent": [list(each) for each in self._recent],
            "errors": [self._errors, self._scored],
            "first_step_at": self.first_step_at,
        }

    def load(self, state: State) -> None:
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.update, self.steps, self.next_episode = state["update"], state["steps"], state["next_episode"]
        self.scale = RewardScale(**state["scale"])
        self._recent.extend((total, length) for total, length in state["recent"])
        self._errors, self._scored = state["errors"]
        self.first_step_at = state["first_step_at"]

    def _count(self, rollouts: list[Rollout]) -> None:
        for episode in (episode for rollout in rollouts for episode in rollout.episodes):
            if episode.error is None:
                self._scored += 1
                self._recent.append((episode.total, episode.length))
                continue
            self._errors += 1
            if self._errors > max(_ERRORS_LIMIT, _ERRORS_RATIO * self._scored):
                raise SpecError(
                    f"environment: {self._errors} episodes of {self.spec.environment} ended in an error and only "
                    f"{self._scored} did not; the last one: {episode.error}"
                )
        self.next_episode = max(self.next_episode, *(rollout.next_episode for rollout in rollouts))

    def _batch(self, rollouts: list[Rollout]) -> "Batch":
        spec, space = self.spec, self.observation_space
        steps = spec.rollout_steps
        observations = np.concatenate([rollout.observations for rollout in rollouts], axis=1)
        followed = np.concatenate([observations[1:], np.concatenate([each.last for each in rollouts])[None]])
        width = spec.environments_per_worker
        for worker, rollout in enumerate(rollouts):
            step, position = rollout.ends.T
            followed[step, worker * width + position] = rollout.finals
        rewards, terminated, truncated = (
            np.concatenate([getattr(rollout, name) for rollout in rollouts], axis=1)
            for name in ("rewards", "terminated", "truncated")
        )
        ended = terminated | truncated
        flat = self._tensor(flatten(observations.reshape(-1, *space.shape), space))
        with torch.no_grad():
            actor, values = self.model(flat)
            _, next_values = self.model(self._tensor(flatten(followed.reshape(-1, *space.shape), space)))
            actions = self._tensor(np.concatenate([rollout.actions for rollout in rollouts], axis=1))
            actions = actions.reshape(-1, *actions.shape[2:])
            log_probabilities = self.model.distribution(actor).log_prob(actions)
        known = values.double().cpu().numpy().reshape(steps, -1)
        gains = advantages(
            self.scale.apply(rewards, ended),
            known,
            next_values.double().cpu().numpy().reshape(steps, -1),
            terminated,
            ended,
            discount=spec.discount,
            trace_decay=spec.trace_decay,
        )
        targets = self._tensor((gains + known).astype(np.float32).reshape(-1))
        return Batch(
            flat, actions, log_probabilities, self._tensor(gains.astype(np.float32).reshape(-1)), targets, values
        )

    def _learn(self, batch: "Batch") -> dict[str, float]:
        spec, count = self.spec, len(batch.targets)
        # Depends on the position in training alone: a resumed run shuffles as the first one would have.
        order = torch.Generator().manual_seed(spec.seed * 1_000_003 + self.update)
        sums: dict[str, float] = {}
        passes = 0
        for _ in range(spec.epochs):
            for rows in torch.randperm(count, generator=order).chunk(min(spec.minibatches, count)):
                for name, value in self._minibatch(batch, rows.to(self.device)).items():
                    sums[name] = sums.get(name, 0.0) + value
                passes += 1
        metrics = {name: value / passes for name, value in sums.items()}
        spread = float(batch.targets.var())
        if spread > 0:
            metrics["explained_variance"] = 1 - float((batch.targets - batch.values).var()) / spread
        return metrics

    def _minibatch(self, batch: "Batch", rows: torch.Tensor) -> dict[str, float]:
        spec = self.spec
        actor, values = self.model(batch.observations[rows])
        distribution = self.model.distribution(actor)
        difference = distribution.log_prob(batch.actions[rows]) - batch.log_probabilities[rows]
        ratio = difference.exp()
        gains = batch.advantages[rows]
        gains = (gains - gains.mean()) / (gains.std(unbiased=False) + 1e-8)
        policy_loss = -torch.min(gains * ratio, gains * ratio.clamp(1 - spec.clip, 1 + spec.clip)).mean()
        value_loss = 0.5 * F.mse_loss(values, batch.targets[rows])
        entropy = distribution.entropy().mean()
        loss = policy_loss - spec.entropy * entropy + spec.value_weight * value_loss
        self.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), spec.gradient_clip)
        self.optimizer.step()
        with torch.no_grad():
            # The unbiased estimate that is never negative (Schulman, "Approximating KL Divergence", 2020).
            divergence = ((ratio - 1) - difference).mean()
            clipped = ((ratio - 1).abs() > spec.clip).float().mean()
        return {
            "loss": loss.item(),
            "loss/policy": policy_loss.item(),
            "loss/value": value_loss.item(),
            "entropy": entropy.item(),
            "approximate_kl": divergence.item(),
            "clip_fraction": clipped.item(),
        }

    def _tensor(self, values: Any) -> torch.Tensor:
        return torch.from_numpy(values).to(self.device)


@dataclass(frozen=True)
class Batch:
    """B = workers x environments x steps."""

    observations: torch.Tensor
    """[B, O]"""
    actions: torch.Tensor
    """[B] or [B, A]"""
    log_probabilities: torch.Tensor
    """Of the actions when they were drawn, [B]."""
    advantages: torch.Tensor
    """[B]"""
    targets: torch.Tensor
    """Returns that the critic should have predicted, [B]."""
    values: torch.Tensor
    """What it did predict, [B]."""


def _evaluate(spec: PolicySpec, job: Job, learner: Learner, pool: Pool) -> Outcome:
    """The likeliest action in each step of episodes with seeds of their own; environment errors are no score."""
    chunks = pool.run(learner.policy(sample=False), range(spec.evaluation_episodes), EVALUATION)
    episodes = sorted((episode for chunk in chunks for episode in chunk.episodes), key=lambda each: each.index)
    returns = np.array([episode.total for episode in episodes if episode.error is None])
    if not len(returns):
        raise SpecError(f"environment: every evaluation episode ended in an error; the first: {episodes[0].error}")
    metrics = {"evaluation/return_mean": float(returns.mean()), "evaluation/episodes": float(len(returns))}
    if interval := mean_interval(returns):
        metrics |= {"evaluation/return_low": interval.low, "evaluation/return_high": interval.high}
    if len(returns) < len(episodes):
        metrics["evaluation/episode_errors"] = float(len(episodes) - len(returns))
    job.run.log(metrics, step=learner.steps)
    folder = save(learner.model.cpu().eval(), job.folder / "model")
    signature = _signature(learner)
    metadata = {"framework": "torch", "environment": spec.environment, "metrics": metrics, "signature": signature}
    summary = {**metrics, "environment_steps": learner.steps, "first_step_at": learner.first_step_at}
    return Outcome(folder, metadata, summary)


def _signature(learner: Learner) -> dict[str, Any]:
    config = learner.model.config
    shape, kind = ([-1, config.actions], "float32") if config.continuous else ([-1], "int64")
    return {
        "task": "control",
        "inputs": [{"name": "inputs", "type": "float32", "shape": [-1, config.observation_size]}],
        "outputs": [{"name": "actions", "type": kind, "shape": shape}],
    }


def _pool(spec: PolicySpec, job: Job, first: int) -> Pool:
    shape = {
        "workers": spec.resources.workers,
        "environments": spec.environments_per_worker,
        "seed": spec.seed,
        "first": first,
    }
    plan = blueprint(spec.environment)
    if job.local:
        return LocalPool(plan, **shape)
    connect()
    return RayPool(plan, **shape)


def _spaces(spec: PolicySpec) -> tuple[Any, Any]:
    environment = blueprint(spec.environment).build()
    try:
        return environment.observation_space, environment.action_space
    finally:
        environment.close()


def _config(spec: PolicySpec, observation_space: Any, action_space: Any) -> PolicyConfig:
    if not isinstance(action_space, gymnasium.spaces.Box | gymnasium.spaces.Discrete):
        kind = type(action_space).__name__
        raise SpecError(f"environment: {spec.environment} has {kind} actions; ppo learns Discrete and Box actions")
    continuous = isinstance(action_space, gymnasium.spaces.Box)
    return PolicyConfig(
        observation_size=observation_size(observation_space),
        actions=int(gymnasium.spaces.flatdim(action_space)),
        hidden=spec.hidden,
        continuous=continuous,
        environment=spec.environment,
    )


def _device(spec: PolicySpec) -> torch.device:
    return torch.device("cuda" if spec.hidden >= _GPU_WORTH and torch.cuda.is_available() else "cpu")
