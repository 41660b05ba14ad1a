"""An actor and a critic over flat observations, as PPO trains them."""

from dataclasses import dataclass

import torch
from torch import nn


@dataclass(frozen=True)
class PolicyConfig:
    observation_size: int
    actions: int
    """Number of discrete actions, or size of a continuous action."""
    hidden: int = 64
    continuous: bool = False
    environment: str = ""
    """Identifier of the environment it was trained in."""


class ActorCritic(nn.Module):
    """Two separate tanh networks, initialized orthogonally (Engstrom et al., arXiv:2005.12729; Huang et al., 2022)."""

    def __init__(self, config: PolicyConfig) -> None:
        super().__init__()
        self.config = config
        self.actor = _network(config.observation_size, config.hidden, config.actions, gain=0.01)
        self.critic = _network(config.observation_size, config.hidden, 1, gain=1.0)
        self.log_std = nn.Parameter(torch.zeros(config.actions)) if config.continuous else None

    def forward(self, observations: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Of observations [B, O]: logits (or means, if continuous) [B, A], values [B]."""
        return self.actor(observations), self.critic(observations).squeeze(-1)

    def distribution(self, actor: torch.Tensor) -> torch.distributions.Distribution:
        """Over actions [B] (discrete) or [B, A] (continuous; independent dimensions), from the first output [B, A]."""
        if self.log_std is None:
            return torch.distributions.Categorical(logits=actor, validate_args=False)
        normal = torch.distributions.Normal(actor, self.log_std.exp(), validate_args=False)
        return torch.distributions.Independent(normal, 1, validate_args=False)

    @torch.no_grad()
    def act(self, observations: torch.Tensor, deterministic: bool = True) -> torch.Tensor:
        """Actions of observations [B, O]: [B] int64 (discrete) or [B, A] float (continuous)."""
        actor: torch.Tensor = self.actor(observations)
        if deterministic:
            return actor.argmax(-1) if self.log_std is None else actor
        actions: torch.Tensor = self.distribution(actor).sample()
        return actions


def _network(inputs: int, hidden: int, outputs: int, *, gain: float) -> nn.Sequential:
    return nn.Sequential(
        _linear(inputs, hidden, 2**0.5),
        nn.Tanh(),
        _linear(hidden, hidden, 2**0.5),
        nn.Tanh(),
        _linear(hidden, outputs, gain),
    )


def _linear(inputs: int, outputs: int, gain: float) -> nn.Linear:
    layer = nn.Linear(inputs, outputs)
    nn.init.orthogonal_(layer.weight, gain)
    nn.init.zeros_(layer.bias)
    return layer
