"""The configurations of a study: each determined by the study's seed and its number alone."""

from typing import Any

import numpy as np

from trine.specs.tuning import Choice, Distribution, Integer, LogUniform, StudySpec, Uniform


def draw(spec: StudySpec, number: int) -> dict[str, Any]:
    """Random search (Bergstra & Bengio, 2012): values by dotted path. A resumed study draws the same again."""
    rng = np.random.default_rng((spec.seed, number))
    return {path: _one(distribution, rng) for path, distribution in sorted(spec.space.items())}


def configured(spec: StudySpec, params: dict[str, Any]) -> dict[str, Any]:
    """The spec of a trial, still to be validated: `base` with the values put in."""
    fields: dict[str, Any] = spec.base.model_dump(mode="json")
    for path, value in params.items():
        *parents, name = path.split(".")
        owner = fields
        for parent in parents:
            owner = owner[parent]
        owner[name] = value
    return fields


def _one(distribution: Distribution, rng: np.random.Generator) -> Any:
    match distribution:
        case Uniform():
            return float(rng.uniform(distribution.low, distribution.high))
        case LogUniform():
            return float(np.exp(rng.uniform(np.log(distribution.low), np.log(distribution.high))))
        case Integer():
            return int(rng.integers(distribution.low, distribution.high, endpoint=True))
        case Choice():
            return distribution.values[int(rng.integers(len(distribution.values)))]
