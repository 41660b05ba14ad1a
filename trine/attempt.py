"""The end of a program that works for a run: its exit status, and what the run is told."""

import sys
from collections.abc import Callable
from typing import Literal

from trine.console import Console
from trine.failures import classify
from trine.run import Run
from trine.specs.telemetry import Failure

CANCELLED = 130


def attempt(run: Run | Console, work: Callable[[], object]) -> int:
    """Runs `work`; the exception that ends it becomes the failure of the run. 0, 1, or 130 when interrupted."""
    try:
        work()
    except KeyboardInterrupt:
        _end(run, "cancelled")
        return CANCELLED
    except Exception as error:  # noqa: BLE001 — whatever it was, the run must hear of it
        failure = classify(error)
        _say(run, failure)
        run.fail(failure)
        _end(run, "failed")
        return 1
    _end(run, "succeeded")
    return 0


def _say(run: Run | Console, failure: Failure) -> None:
    sys.stderr.write(failure.traceback)
    if isinstance(run, Run):
        sys.stderr.write(f"{failure.kind.value}: {failure.message}\n")
    sys.stderr.flush()


def _end(run: Run | Console, status: Literal["succeeded", "failed", "cancelled"]) -> None:
    if isinstance(run, Run):
        run.finish(status)
