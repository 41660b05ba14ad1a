"""An exception is one of six kinds of failure."""

import pytest
import ray.exceptions
from ray.train.v2.api.exceptions import ControllerError, WorkerGroupError

from trine.failures import DataError, SpecError, classify
from trine.specs.telemetry import FailureClass


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ZeroDivisionError("division by zero"), FailureClass.USER_CODE),
        (SpecError("environment: unknown"), FailureClass.USER_CODE),
        (FileNotFoundError(2, "No such file or directory", "/nowhere"), FailureClass.DATA),
        (DataError("/nowhere does not exist"), FailureClass.DATA),
        (MemoryError(), FailureClass.OUT_OF_MEMORY),
        (ray.exceptions.OutOfMemoryError("killed"), FailureClass.OUT_OF_MEMORY),
        (ray.exceptions.ActorDiedError(), FailureClass.NODE_LOST),
        (ray.exceptions.OwnerDiedError("0" * 56, None, "x"), FailureClass.NODE_LOST),
        (ray.exceptions.GetTimeoutError("late"), FailureClass.HANG),
        (ConnectionRefusedError("refused"), FailureClass.PLATFORM),
        (WorkerGroupError("rank 1", {1: DataError("/nowhere is empty")}), FailureClass.DATA),
        (WorkerGroupError("rank 0", {0: ray.exceptions.NodeDiedError("gone")}), FailureClass.NODE_LOST),
        (ControllerError(KeyError("name")), FailureClass.USER_CODE),
    ],
)
def test_kind(error: Exception, kind: FailureClass) -> None:
    failure = classify(error)
    assert failure.kind is kind
    assert failure.message


def test_the_innermost_known_cause_decides() -> None:
    try:
        try:
            raise DataError("/data/a.jsonl: line 3 has no field `text`")
        except DataError as inner:
            raise RuntimeError("worker failed") from inner
    except RuntimeError as outer:
        failure = classify(outer)
    assert failure.kind is FailureClass.DATA
    assert failure.message == "/data/a.jsonl: line 3 has no field `text`"
    assert "worker failed" in failure.traceback


def test_long_texts_are_cut_to_what_the_platform_takes() -> None:
    failure = classify(ValueError("x" * 100_000))
    assert len(failure.message) <= 4000
    assert len(failure.traceback) <= 40_000
