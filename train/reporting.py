"""From Ray Train's reports to the platform: the one place where a worker's numbers leave the cluster."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import ray.train

from train.job import Tracker
from trine.console import Console
from trine.failures import classify
from trine.handle import RunHandle
from trine.run import Run
from trine.specs.telemetry import RETRIED
from trine.system import interval_of

POINTS = "points"
"""Key of a report: [(step, metrics), …] since the report before."""
LAST = "last"
FLUSH_SECONDS = 5.0


@contextmanager
def sampled(handle: RunHandle | None, rank: int) -> Iterator[None]:
    """The run is told of this worker's process, and of its machine where no other process of the run tells of it."""
    seconds = interval_of(None)
    if handle is None or seconds is None:
        yield
        return
    run = Run.attach(handle)
    run.sample_system(seconds, rank=rank)
    try:
        yield
    finally:
        run.finish(timeout=FLUSH_SECONDS)


class Reporting(ray.train.UserCallback):
    """Runs in the controller's loop, so it only hands over: `Run.log` puts into a buffer that a thread sends."""

    def __init__(self, handle: RunHandle | None) -> None:
        self._handle = handle
        self._run: Tracker | None = None

    def after_report(
        self, run_context: Any, metrics: list[dict[str, Any]], checkpoint: ray.train.Checkpoint | None
    ) -> None:
        run = self._attached()
        for step, values in metrics[0].get(POINTS, ()):
            run.log(values, step=step)
        if metrics[0].get(LAST):
            # The controller is stopped next, without a chance to send what is in the buffer.
            run.flush(FLUSH_SECONDS)

    def after_exception(self, run_context: Any, worker_exceptions: dict[int, Exception]) -> None:
        """Ray Train would start the group anew after any error; one that would only come again ends the run here."""
        errors = list(worker_exceptions.values())
        if not any(_passing(error) for error in errors):
            raise errors[0]

    def _attached(self) -> Tracker:
        if self._run is None:
            self._run = Run.attach(self._handle) if self._handle else Console()
        return self._run


def _passing(error: Exception) -> bool:
    # When a worker dies, the others fail in the middle of an exchange with it.
    exchange = isinstance(error, RuntimeError) and any(word in str(error) for word in _EXCHANGE)
    return exchange or classify(error).kind in RETRIED


_EXCHANGE = ("gloo", "Gloo", "NCCL", "Connection closed", "Connection reset", "Broken pipe", "process group")
