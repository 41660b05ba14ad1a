"""From Ray Tune's events to rows: each trial is a run of the platform, or lines on the terminal."""

import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import ray.cloudpickle
import ray.tune

from train.job import Tracker
from trine.console import Console
from trine.failures import classify
from trine.specs.telemetry import Failure
from trine.worker import Trial, Worker
from tune.ledger import Entry, Ledger
from tune.trial import POINTS, SUMMARY

Event = dict[str, Any]


class Recording(ray.tune.Callback):
    """Runs in the driver's loop. `changed` is called after each trial that ended."""

    def __init__(self, metric: str, ledger: Ledger, worker: Worker | None, changed: Callable[[Entry], None]) -> None:
        self._metric = metric
        self._ledger = ledger
        self._worker = worker
        self._changed = changed
        self._trials: dict[int, Trial] = {}
        self._consoles: dict[int, Console] = {}
        self._values: dict[int, float] = {}
        self._complete: set[int] = set()

    def __getstate__(self) -> dict[str, Any]:
        """Tune keeps a pickled copy of its callbacks beside the trials and we never read it (a study resumes from its
        ledger); the worker's token must not be in it.
        """
        return {}

    def on_trial_start(self, iteration: int, trials: list[Any], trial: Any, **info: Any) -> None:
        number, params = trial.config["number"], trial.config["params"]
        if self._worker is None:
            sys.stdout.write(f"trial {number}: {params}\n")
        elif number not in self._trials:
            self._trials[number] = self._worker.start_trial(number, params)

    def on_trial_result(self, iteration: int, trials: list[Any], trial: Any, result: Event, **info: Any) -> None:
        number = trial.config["number"]
        run = self._run(number)
        for step, metrics in result.get(POINTS, ()):
            run.log(metrics, step=step)
        if self._metric in result:
            self._values[number] = float(result[self._metric])
        if result.get(SUMMARY) is not None:
            self._complete.add(number)
            run.summarize(result[SUMMARY])

    def on_trial_complete(self, iteration: int, trials: list[Any], trial: Any, **info: Any) -> None:
        number = trial.config["number"]
        self._end(trial, "succeeded" if number in self._complete else "stopped")

    def on_trial_error(self, iteration: int, trials: list[Any], trial: Any, **info: Any) -> None:
        number = trial.config["number"]
        failure = classify(_error(trial))
        self._run(number).fail(failure)
        self._end(trial, "failed", failure)

    def _end(
        self, trial: Any, status: Literal["succeeded", "stopped", "failed"], failure: Failure | None = None
    ) -> None:
        number = trial.config["number"]
        value = self._values.get(number)
        value = value if value is not None and math.isfinite(value) else None
        if number in self._trials:
            self._trials[number].finish(status, value)
        told = (failure.message, failure.kind) if failure else ()
        entry = Entry(number, trial.config["params"], status, value, *told)
        self._ledger.put(entry)
        self._changed(entry)

    def _run(self, number: int) -> Tracker:
        if number in self._trials:
            return self._trials[number].run
        return self._consoles.setdefault(number, Console())


def _error(trial: Any) -> BaseException:
    """What the trial raised: `Trial.get_error` tells its text alone, and nothing of its class."""
    if trial.pickled_error_file is None:
        return RuntimeError(trial.get_error() or "the trial's process ended")
    error: BaseException = ray.cloudpickle.loads(Path(trial.pickled_error_file).read_bytes())
    return error
