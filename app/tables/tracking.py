"""Experiments, runs and what they logged."""

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Computed, Float, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.orm import (
    Base,
    Changing,
    Identified,
    Json,
    OptionalJson,
    OptionalTimestamp,
    SoftDeleted,
    Tenant,
    Timestamp,
)
from app.tables.telemetry import Reported


class Experiment(Identified, Changing, SoftDeleted, Tenant, Base):
    __tablename__ = "experiments"
    __table_args__ = (
        Index(
            "uq_experiments_project_id_name",
            "project_id",
            "name",
            unique=True,
            postgresql_where=text("deleted_at IS NULL"),
        ),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="", server_default="")
    tags: Mapped[Json] = mapped_column(default=dict, server_default=text("'{}'"))


class Run(Identified, Changing, SoftDeleted, Tenant, Base):
    __tablename__ = "runs"
    __table_args__ = (
        Index("ix_runs_project_id_id", "project_id", "id"),
        Index("ix_runs_deleted_at", "deleted_at", postgresql_where=text("deleted_at IS NOT NULL")),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    experiment_id: Mapped[UUID] = mapped_column(ForeignKey("experiments.id"), index=True)
    workload_id: Mapped[UUID | None] = mapped_column(ForeignKey("workloads.id", use_alter=True), index=True)
    name: Mapped[str]
    kind: Mapped[str]
    """training, trial, study, simulation, or custom for what a person logs."""
    status: Mapped[str]
    reason: Mapped[Json]
    """`{"code": …, "message": …}` of the last change of status."""
    tags: Mapped[Json]
    summary: Mapped[Json]
    failure: Mapped[OptionalJson]
    """What the last worker said of its failure, with its attempt."""
    created_by: Mapped[UUID | None]
    started_at: Mapped[OptionalTimestamp]
    ended_at: Mapped[OptionalTimestamp]


PARAM_TEXT_LENGTH = 256


class Param(Reported, Base):
    __tablename__ = "params"
    __table_args__ = (
        Index(
            "ix_params_project_id_key_number",
            *("project_id", "key", "number", "run_id"),
            postgresql_include=["org_id"],
            postgresql_where=text("number IS NOT NULL"),
        ),
        Index(
            "ix_params_project_id_key_text",
            *("project_id", "key", "text", "run_id"),
            postgresql_include=["org_id"],
            postgresql_where=text("number IS NULL"),
        ),
    )

    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID]
    """Of the run: what the runs table looks for is found in an index of the project."""
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(JSONB, nullable=True)
    number: Mapped[float | None] = mapped_column(Float(53), Computed("param_number(value)", persisted=True))
    """Of a number, and of a text that writes one; null where float64 does not have it."""
    text: Mapped[str | None] = mapped_column(Computed("param_text(value)", persisted=True))
    """How the value begins, its first `PARAM_TEXT_LENGTH` characters: what an index takes."""


FIELD_KEY_LENGTH = 250


class RunField(Base):
    """A run's name, its status and each of its tags and of the parts of its summary, by value: what the runs table
    filters and sorts by. A trigger of `runs` writes it and nobody else."""

    __tablename__ = "run_fields"
    __table_args__ = (
        Index(
            "ix_run_fields_project_id_place_key_number",
            *("project_id", "place", "key", "number", "run_id"),
            postgresql_include=["org_id"],
            postgresql_where=text("number IS NOT NULL"),
        ),
        Index(
            "ix_run_fields_project_id_place_key_text",
            *("project_id", "place", "key", "text", "run_id"),
            postgresql_include=["org_id"],
            postgresql_where=text("number IS NULL"),
        ),
    )

    org_id: Mapped[UUID]
    project_id: Mapped[UUID]
    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    place: Mapped[str] = mapped_column(primary_key=True)
    """attributes, tags or summary."""
    key: Mapped[str] = mapped_column(primary_key=True)
    """Longer ones than `FIELD_KEY_LENGTH` are left out, and so is what is null."""
    number: Mapped[float | None] = mapped_column(Float(53))
    """As of parameters; none of attributes."""
    text: Mapped[str | None]
    """As of parameters."""


class MetricLatest(Reported, Base):
    """The last point of each metric, and its extremes; what tables and dashboards read."""

    __tablename__ = "metric_latest"
    __table_args__ = (
        Index(
            "ix_metric_latest_project_id_name_value",
            *("project_id", "name", "value", "run_id"),
            postgresql_include=["org_id"],
        ),
        Index(
            "ix_metric_latest_project_id_name_minimum",
            *("project_id", "name", "minimum", "run_id"),
            postgresql_include=["org_id"],
        ),
        Index(
            "ix_metric_latest_project_id_name_maximum",
            *("project_id", "name", "maximum", "run_id"),
            postgresql_include=["org_id"],
        ),
    )

    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID]
    """Of the run, as of parameters."""
    name: Mapped[str] = mapped_column(primary_key=True)
    attempt: Mapped[int]
    step: Mapped[int] = mapped_column(BigInteger)
    value: Mapped[float] = mapped_column(Float(53))
    time: Mapped[float] = mapped_column(Float(53))
    points: Mapped[int] = mapped_column(BigInteger)
    minimum: Mapped[float] = mapped_column(Float(53))
    maximum: Mapped[float] = mapped_column(Float(53))


class Log(Identified, Reported, Base):
    """Whole lines of one stream. Keys begin with the time, and so does the choice of a partition: one a month."""

    __tablename__ = "logs"
    __table_args__ = (
        Index("ix_logs_run_id_position", "run_id", "position"),
        Index("ix_logs_project_id_id", "project_id", "id"),
        Index("ix_logs_terms", text("log_terms(project_id, run_id, text)"), postgresql_using="gin"),
        {"postgresql_partition_by": "RANGE (id)"},
    )

    run_id: Mapped[UUID]
    project_id: Mapped[UUID]
    """Of the run, as of parameters."""
    attempt: Mapped[int]
    source: Mapped[str]
    stream: Mapped[str]
    time: Mapped[Timestamp]
    text: Mapped[str]
    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    """Grows in the order in which the lines of a run were committed: `ingest` takes it under a lock of the run."""


class Artifact(Identified, SoftDeleted, Tenant, Base):
    __tablename__ = "artifacts"
    __table_args__ = (
        Index(
            "uq_artifacts_run_id_name_digest",
            "run_id",
            "name",
            "digest",
            unique=True,
            postgresql_where=text("deleted_at IS NULL"),
        ),
        Index("ix_artifacts_deleted_at", "deleted_at", postgresql_where=text("deleted_at IS NOT NULL")),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    run_id: Mapped[UUID] = mapped_column(ForeignKey("runs.id"), index=True)
    name: Mapped[str]
    type: Mapped[str]
    """model, report, dataset or file."""
    digest: Mapped[str]
    """SHA-256 of the sorted list of paths and digests."""
    size: Mapped[int] = mapped_column(BigInteger)
    attributes: Mapped[Json]


class ArtifactFile(Tenant, Base):
    __tablename__ = "artifact_files"
    __table_args__ = (Index("ix_artifact_files_org_id_sha256", "org_id", "sha256"),)

    artifact_id: Mapped[UUID] = mapped_column(ForeignKey("artifacts.id"), primary_key=True)
    path: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)


class UnreferencedBlob(Identified, Tenant, Base):
    """Content that nothing refers to any more, or not yet; it is removed from the store a while later."""

    __tablename__ = "unreferenced_blobs"
    __table_args__ = (UniqueConstraint("org_id", "sha256"),)

    sha256: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    taken_at: Mapped[OptionalTimestamp]
    """When its removal began; from then on it may be gone."""
