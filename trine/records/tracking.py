from datetime import datetime
from typing import Any
from uuid import UUID

from trine.records.base import Record


class Experiment(Record):
    id: UUID
    project_id: UUID
    name: str
    description: str
    created_at: datetime


class RunRecord(Record):
    id: UUID
    project_id: UUID
    experiment_id: UUID
    workload_id: UUID | None
    name: str
    kind: str
    status: str
    reason: dict[str, Any]
    tags: dict[str, Any]
    summary: dict[str, Any]
    failure: dict[str, Any] | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


class LatestMetric(Record):
    name: str
    step: int
    value: float
    time: float
    """Seconds since 1970 (UTC)."""
    points: int
    minimum: float
    maximum: float


class RunDetail(RunRecord):
    params: dict[str, Any]
    metrics: list[LatestMetric]


class MetricCell(Record):
    step: int
    value: float
    """The last."""
    minimum: float
    maximum: float


class RunRow(Record):
    """A run of the table, with the metrics, parameters, tags and parts of the summary that were asked for."""

    id: UUID
    experiment_id: UUID
    workload_id: UUID | None
    name: str
    kind: str
    status: str
    created_by: UUID | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    tags: dict[str, Any]
    summary: dict[str, Any]
    params: dict[str, Any]
    metrics: dict[str, MetricCell]


class MetricSeries(Record):
    """Points of one metric by step: of each stretch the first, least, greatest and last."""

    name: str
    steps: list[int]
    values: list[float]
    times: list[float]
    total: int
    """Points there are."""


class RunSeries(Record):
    """A metric of a run as a chart draws it; `x` is what was asked for: steps, or seconds."""

    run_id: UUID
    name: str
    x: list[float]
    values: list[float]
    total: int
    """Points there are between the ends that were asked for."""


class LogLine(Record):
    id: UUID
    attempt: int
    source: str
    stream: str
    time: datetime
    text: str
    """Whole lines, with their ends."""


class LogHit(Record):
    """A line of a log that was looked for."""

    run_id: UUID
    run_name: str
    log_id: UUID
    """The entry that it is in: `logs(run, first=…)` reads from there."""
    line: int
    """Which line of the entry, from 0."""
    attempt: int
    source: str
    stream: str
    time: datetime
    """Of the entry's first line."""
    text: str
    """At most the first 2,000 characters."""


class Media(Record):
    """An image, a table or a text that a run logged under a key at a step."""

    id: UUID
    run_id: UUID
    key: str
    kind: str
    step: int
    attempt: int
    time: datetime
    media_type: str
    sha256: str
    size: int
    """Bytes."""
    attributes: dict[str, Any]
    """A caption, and how large it is."""
    created_at: datetime


class MediaKey(Record):
    key: str
    kind: str
    count: int
    first_step: int
    last_step: int


class File(Record):
    path: str
    sha256: str
    size: int
    """Bytes."""


class Artifact(Record):
    id: UUID
    project_id: UUID
    run_id: UUID
    name: str
    type: str
    digest: str
    size: int
    """Bytes."""
    attributes: dict[str, Any]
    created_at: datetime


class ArtifactDetail(Artifact):
    files: list[File]
