"""Ray Train, for jobs of one's own: `RunConfig(callbacks=[TrineCallback(project="demo")])`.

Jobs of the platform report by themselves.
"""

from typing import Any

import ray.train

from trine.failures import classify
from trine.handle import RunHandle
from trine.run import Run
from trine.start import init


class TrineCallback(ray.train.UserCallback):
    """Logs the numbers that the worker of rank 0 hands to `ray.train.report`.

    The run is started where the trainer is made, for credentials are there, and ends there: `callback.run.finish()`.
    The step is the value of `step` in the report, or the number of the report.
    """

    def __init__(self, run: Run | None = None, *, step: str = "step", **init_arguments: Any) -> None:
        self.run = run or init(**init_arguments)
        self._step = step
        self._reports = 0

    def after_report(
        self, run_context: Any, metrics: list[dict[str, Any]], checkpoint: ray.train.Checkpoint | None
    ) -> None:
        told = metrics[0]
        at = told.get(self._step)
        numbers = {name: value for name, value in told.items() if isinstance(value, int | float) and name != self._step}
        self.run.log(numbers, step=at if isinstance(at, int) else self._reports)
        self._reports += 1
        if checkpoint is not None:
            self.run.summary["checkpoint"] = checkpoint.path
        # The controller that calls this may be stopped without a chance to send.
        self.run.flush(5.0)

    def after_exception(self, run_context: Any, worker_exceptions: dict[int, Exception]) -> None:
        self.run.fail(classify(next(iter(worker_exceptions.values()))))
        self.run.flush(5.0)

    def __getstate__(self) -> dict[str, Any]:
        """Ray sends the callback to its controller, where the run goes on under a source of its own."""
        return {**self.__dict__, "run": self.run.handle()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        handle: RunHandle = state["run"]
        self.__dict__.update(state | {"run": Run.attach(handle)})
