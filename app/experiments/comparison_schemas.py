from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.experiments.code_difference import FileState
from app.experiments.environments import Source
from app.experiments.runs_table_schemas import ColumnText, FilterText, MetricCell
from app.experiments.schemas import RunStatus

AT_ONCE = 50
"""Runs that are compared in one request."""


class ComparisonRequest(BaseModel):
    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    run: Annotated[list[UUID], Field(min_length=1, max_length=AT_ONCE)]
    """In the order in which they are shown; the first is what `compare-code` would take as its base."""
    hide_identical: bool = False
    """Only what differs, or some runs do not have."""


class ComparedValues(BaseModel):
    """One name of the configuration, the summary … of all runs. NaN and infinities are strings."""

    model_config = ConfigDict(from_attributes=True, ser_json_inf_nan="strings")

    name: str
    values: list[Any]
    """In the order of the runs; null where it is missing."""
    missing: list[int]
    """Places of the runs that do not have it: null is a value too."""
    identical: bool
    """All have it, and the same. `0.001` and the text `1e-3` are, `1` and `true` are not."""


class ComparedMetric(BaseModel):
    name: str
    values: list[MetricCell | None]
    """In the order of the runs."""
    missing: list[int]
    identical: bool
    """Their last values are."""


class CodeVersion(BaseModel):
    """What the run was started from, as far as it was told."""

    commit: str | None
    branch: str | None
    dirty: bool | None
    """Whether the code differed from its commit."""
    patch: str | None
    """SHA-256 of the difference: the same for two runs of one commit that had changed the same."""
    artifact_id: UUID | None
    """Where the difference is, as `git.diff`."""


class ComparedRun(BaseModel):
    id: UUID
    experiment_id: UUID
    name: str
    kind: str
    status: RunStatus
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    environment: Source
    code: CodeVersion


class RunsComparison(BaseModel):
    runs: list[ComparedRun]
    params: list[ComparedValues]
    metrics: list[ComparedMetric]
    summary: list[ComparedValues]
    tags: list[ComparedValues]
    environment: list[ComparedValues]
    """Command, interpreter, machine, commit … by flat names."""
    packages: list[ComparedValues]
    """Versions."""


class FileDifferenceRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    path: str
    state: FileState
    text: str
    """A unified diff of what each run had changed in the file against its commit; empty where that is the same."""


class CodeComparison(BaseModel):
    base: CodeVersion
    other: CodeVersion
    same_commit: bool | None
    """Null where a commit is not known. Where it is false, the commits differ in more than what is told here."""
    identical: bool | None
    """The same commit, and the same changes of it; null where that is not known."""
    files: list[FileDifferenceRead]
    """Every file that one of the two had changed."""


class ImportanceRequest(BaseModel):
    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    metric: ColumnText
    """Such as `metrics.loss`, `min(metrics.loss)` or `summary.score`."""
    filter: FilterText = ""


class ParamImportance(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    name: str
    importance: float
    """Share of the metric's variance by this parameter alone, 0 to 1 (functional ANOVA of a random forest)."""
    correlation: float | None
    """Spearman's rank correlation with the metric; null of what is no number, or does not vary."""
    runs: int
    """That have it."""


class ImportanceRead(BaseModel):
    runs: int
    """That were looked at: the newest that match and have a finite value, at most 1,000."""
    score: float
    """How well the parameters tell the metric of a run that was not looked at (R²); at 0 or below the rest means
    nothing."""
    params: list[ParamImportance]
    """At most 100 that vary, the most important first."""
