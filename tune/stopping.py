"""Which trials are worth going on with."""

from ray.tune.schedulers import AsyncHyperBandScheduler, FIFOScheduler, TrialScheduler

from trine.specs.tuning import StudySpec

LONGEST = 100_000
"""Reports; no trial is stopped for being complete."""


def scheduler(spec: StudySpec) -> TrialScheduler:
    if spec.stopping is None:
        return FIFOScheduler()
    return AsyncHyperBandScheduler(
        metric=spec.metric,
        mode=spec.mode,
        max_t=LONGEST,
        grace_period=spec.stopping.grace,
        reduction_factor=spec.stopping.reduction,
    )
