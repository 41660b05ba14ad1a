"""Smoothed curves: pure, numpy only."""

import numpy as np
from numpy.typing import NDArray

BLOCK = 64


def smoothed(values: NDArray[np.float64], weight: float) -> NDArray[np.float64]:
    """Exponential moving average with its bias corrected, as TensorBoard draws it (Kingma and Ba, "Adam", 2015, section
    3, for the correction): [N] → [N], `weight` of what came before in [0, 1).

    What is not finite stays as it is and counts for nothing, and so does a curve that never changes.
    """
    if not weight:
        return values
    finite = np.isfinite(values)
    numbers = values[finite]
    if not len(numbers) or (numbers == numbers[0]).all():
        return values
    result = values.copy()
    result[finite] = _averaged(numbers, weight) / (1 - weight ** np.arange(1, len(numbers) + 1))
    return result


def _averaged(values: NDArray[np.float64], weight: float) -> NDArray[np.float64]:
    """From 0: within a block a product with a triangular matrix, from one to the next what is left of the last."""
    blocks = np.zeros(-(-len(values) // BLOCK) * BLOCK)
    blocks[: len(values)] = values
    distance = np.subtract.outer(np.arange(BLOCK), np.arange(BLOCK))
    within = np.where(distance >= 0, (1 - weight) * weight ** np.maximum(distance, 0), 0.0)
    averaged: NDArray[np.float64] = blocks.reshape(-1, BLOCK) @ within.T
    carried = np.empty(len(averaged))
    left = 0.0
    for number, last in enumerate(averaged[:, -1].tolist()):
        carried[number] = left
        left = last + weight**BLOCK * left
    averaged += np.multiply.outer(carried, weight ** np.arange(1, BLOCK + 1))
    return averaged.reshape(-1)[: len(values)]
