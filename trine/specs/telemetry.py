"""What a worker tells the platform: the body of `POST /api/v1/runs/{id}/batches`."""

from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from trine.specs.base import Spec

MetricName = Annotated[str, Field(min_length=1, max_length=250)]
ParamName = Annotated[str, Field(max_length=250)]


class FailureClass(StrEnum):
    """Why an attempt failed."""

    USER_CODE = "user_code"
    DATA = "data"
    OUT_OF_MEMORY = "out_of_memory"
    NODE_LOST = "node_lost"
    HANG = "hang"
    PLATFORM = "platform"


RETRIED = frozenset({FailureClass.NODE_LOST, FailureClass.HANG, FailureClass.PLATFORM})
"""Failures of the infrastructure: another attempt resumes from the last checkpoint."""


class Failure(Spec):
    kind: FailureClass
    message: str = Field(max_length=4000)
    """One sentence for the person who submitted it: what was wrong, where, what to do."""
    traceback: str = Field(default="", max_length=40_000)


NOT_FINITE = ("NaN", "Infinity", "-Infinity")


def _numbers(values: object) -> object:
    """Only numbers, and the names of those that JSON has no numbers for."""
    if isinstance(values, list) and not {type(value) for value in values} <= {int, float}:
        for value in values:
            if isinstance(value, bool) or (isinstance(value, str) and value not in NOT_FINITE):
                raise ValueError(f"{value!r} is no number; write {', '.join(NOT_FINITE)} or a JSON number")
    return values


Values = Annotated[
    list[Annotated[float, Field(strict=False)]],
    BeforeValidator(_numbers),
    WithJsonSchema({"type": "array", "items": {"anyOf": [{"type": "number"}, {"enum": list(NOT_FINITE)}]}}),
]


class Series(Spec):
    """Points of one metric: three arrays of equal length, in the order in which they were logged."""

    model_config = ConfigDict(ser_json_inf_nan="strings")

    steps: list[Annotated[int, Field(ge=0, lt=2**53)]]
    values: Values
    """NaN and infinities are written as the strings `NaN`, `Infinity`, `-Infinity`."""
    times: list[Annotated[float, Field(allow_inf_nan=False)]]
    """Seconds since 1970 (UTC)."""

    @model_validator(mode="after")
    def _equal_lengths(self) -> Self:
        if not len(self.steps) == len(self.values) == len(self.times):
            raise ValueError("steps, values and times must have the same length")
        return self


class LogChunk(Spec):
    stream: Literal["stdout", "stderr"] = "stdout"
    time: float = Field(ge=0, lt=253_402_300_800)
    """Seconds since 1970 (UTC) of the first line; before the year 10000."""
    text: str = Field(max_length=256 * 1024)
    """Whole lines."""


class Batch(Spec):
    """Applied once for a (run, source, sequence), however often it is sent."""

    source: str = Field(min_length=1, max_length=64)
    """Names the sending process; unique among all that write to the run."""
    sequence: int = Field(ge=0, lt=2**53)
    """Counts up from 0 within a source."""
    attempt: int = Field(default=1, ge=1, lt=2**31)
    metrics: dict[MetricName, Series] = Field(default={}, max_length=10_000)
    params: dict[ParamName, Any] = Field(default={}, max_length=2_000)
    """Written once a key; a later batch overwrites."""
    tags: dict[str, str] = Field(default={}, max_length=200)
    summary: dict[str, Any] = Field(default={}, max_length=2_000)
    logs: list[LogChunk] = Field(default=[], max_length=1_000)
    failure: Failure | None = None


class Ack(Spec):
    """Answer to a batch: durable when it arrives."""

    applied: bool
    """False where the batch had been applied before."""
    points: int
