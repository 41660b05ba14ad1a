"""From Ray Train's reports to the platform: the one place where a worker's numbers leave the cluster."""

from typing import Any

import ray.train

from train.job import Tracker
from trine.console import Console
from trine.run import Run, RunHandle

POINTS = "points"
"""Key of a report: [(step, metrics), …] since the report before."""
LAST = "last"


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
            run.flush(5.0)

    def _attached(self) -> Tracker:
        if self._run is None:
            self._run = Run.attach(self._handle) if self._handle else Console()
        return self._run
