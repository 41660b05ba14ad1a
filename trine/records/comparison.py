from datetime import datetime
from typing import Any
from uuid import UUID

from trine.records.base import Record
from trine.records.tracking import MetricCell


class ComparedValues(Record):
    """One name of the configuration, the summary … of all runs."""

    name: str
    values: list[Any]
    """In the order of the runs; None where it is missing."""
    missing: list[int]
    """Places of the runs that do not have it."""
    identical: bool


class ComparedMetric(Record):
    name: str
    values: list[MetricCell | None]
    missing: list[int]
    identical: bool
    """Their last values are."""


class CodeVersion(Record):
    commit: str | None
    branch: str | None
    dirty: bool | None
    """Whether the code differed from its commit."""
    patch: str | None
    """SHA-256 of the difference."""
    artifact_id: UUID | None
    """Where the difference is, as `git.diff`."""


class ComparedRun(Record):
    id: UUID
    experiment_id: UUID
    name: str
    kind: str
    status: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    environment: str
    """Where what is told of it is from: artifact, tags, unreadable or none."""
    code: CodeVersion


class RunsComparison(Record):
    runs: list[ComparedRun]
    params: list[ComparedValues]
    metrics: list[ComparedMetric]
    summary: list[ComparedValues]
    tags: list[ComparedValues]
    environment: list[ComparedValues]
    packages: list[ComparedValues]


class FileDifference(Record):
    path: str
    state: str
    """same, changed, only_base or only_other."""
    text: str
    """A unified diff of what each run had changed in the file against its commit."""


class CodeComparison(Record):
    base: CodeVersion
    other: CodeVersion
    same_commit: bool | None
    identical: bool | None
    files: list[FileDifference]


class ParamImportance(Record):
    name: str
    importance: float
    """Share of the metric's variance by this parameter alone, 0 to 1."""
    correlation: float | None
    """Spearman's, with the metric."""
    runs: int


class Importance(Record):
    runs: int
    score: float
    """How well the parameters tell the metric of a run that was not looked at (R²)."""
    params: list[ParamImportance]


class Spread(Record):
    """Of the finite values of a metric in a group."""

    count: int
    mean: float | None
    deviation: float | None
    minimum: float | None
    maximum: float | None
    others: int
    """Runs whose value is not finite."""


class RunsGroup(Record):
    keys: list[Any]
    """In the order of what they were grouped by."""
    runs: int
    metrics: list[Spread]
    """In the order of the metrics that were asked for."""
    filter: str | None
    """That finds the runs of the group."""


class RunView(Record):
    id: UUID
    project_id: UUID
    created_by: UUID | None
    name: str
    shared: bool
    filter: str
    sort: str
    columns: list[str] | None
    group_by: list[str]
    layout: dict[str, Any]
    created_at: datetime
    updated_at: datetime
