"""Where a training loop leaves its numbers and its state."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from train.blocks import EpochReader
from train.corpus import Corpus
from train.world import World
from trine.specs.training import LanguageModelSpec

State = dict[str, Any]
"""Tensors and plain values only."""


class Sink(Protocol):
    def restored(self) -> State | None:
        """State to go on from."""

    def report(self, step: int, metrics: dict[str, float]) -> None:
        """Called by every rank; the numbers are the same on all."""

    def due(self) -> bool:
        """Whether this rank wants `flush` to be called soon."""

    def flush(self, step: int, state: State | None, last: bool = False) -> None:
        """Called by all ranks at the same steps; a state is kept as a checkpoint, by rank 0."""


Loop = Callable[[LanguageModelSpec, Corpus, World, EpochReader, Sink], None]


@dataclass(frozen=True)
class Trained:
    state: State
    corpus: Corpus
    sample: list[str]
    """Training text that the baseline is fitted to."""
