"""A fully connected classifier."""

import itertools
from dataclasses import dataclass

import torch
from torch import nn


@dataclass(frozen=True)
class MLPConfig:
    inputs: int
    classes: int
    hidden: int = 64
    layers: int = 1
    """Hidden layers."""
    dropout: float = 0.0
    scale: float = 1.0
    """Inputs are multiplied by this first, so that callers send raw values."""
    labels: tuple[str, ...] = ()
    """Name of each class, for people; empty where classes are only numbered."""


class MLP(nn.Module):
    def __init__(self, config: MLPConfig) -> None:
        super().__init__()
        self.config = config
        widths = [config.inputs, *(config.hidden for _ in range(config.layers))]
        hidden: list[nn.Module] = []
        for before, after in itertools.pairwise(widths):
            hidden += [nn.Linear(before, after), nn.ReLU(), nn.Dropout(config.dropout)]
        self.body = nn.Sequential(*hidden)
        self.head = nn.Linear(widths[-1], config.classes)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Logits [batch, classes] of raw inputs [batch, inputs]."""
        logits: torch.Tensor = self.head(self.body(inputs * self.config.scale))
        return logits
