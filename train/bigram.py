"""The baseline that a language model must beat: the next token from the one before it, by counting."""

import math

import numpy as np
import numpy.typing as npt

from train.blocks import Blocks

SMOOTHING = (1.0, 0.3, 0.1, 0.03, 0.01, 0.003)


def bigram_nats(training: npt.NDArray[np.int32], held_out: Blocks, vocabulary: int) -> float:
    """Nats of all targets of `held_out` [N, T + 1] under counts of the `training` tokens [M], add-k smoothed.

    The baseline is taken at its best: the k that suits the held-out tokens most.
    """
    codes, counts = np.unique(_pairs(training[:-1], training[1:], vocabulary), return_counts=True)
    before = np.bincount(training[:-1], minlength=vocabulary)
    inputs, targets = held_out[:, :-1].ravel(), held_out[:, 1:].ravel()
    wanted = _pairs(inputs, targets, vocabulary)
    index = np.minimum(np.searchsorted(codes, wanted), len(codes) - 1)
    pair_counts = np.where(codes[index] == wanted, counts[index], 0)
    totals = before[inputs]
    return float(min(-np.log((pair_counts + k) / (totals + k * vocabulary)).sum() for k in SMOOTHING))


def bits_per_byte(nats: float, size: int) -> float:
    """Nats of a text over its size in bytes: comparable between tokenizers."""
    return nats / (math.log(2) * size)


def _pairs(first: npt.NDArray[np.int32], second: npt.NDArray[np.int32], vocabulary: int) -> npt.NDArray[np.int64]:
    return first.astype(np.int64) * vocabulary + second
