"""The interface of everything that acts."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy.typing as npt

Array = npt.NDArray[Any]


class Actor(Protocol):
    def begin(self, slot: int, seed: int) -> None:
        """An episode with this seed begins in environment `slot`."""
        ...

    def act(self, observations: Array, slots: Sequence[int]) -> Array:
        """Actions [n, ...] for observations [n, ...] of the environments `slots` [n]."""
        ...
