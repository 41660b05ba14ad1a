"""Workloads and what they compete for."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Date, Float, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.orm import Base, Changing, Identified, Json, OptionalTimestamp, Tenant, Timestamp


class Cluster(Identified, Changing, Base):
    """A Ray cluster. Its token is a file of TRINE_SECRETS_DIR, named here and never stored."""

    __tablename__ = "clusters"

    name: Mapped[str] = mapped_column(unique=True)
    address: Mapped[str]
    """Of the dashboard, which has the Jobs API."""
    token_secret: Mapped[str]
    seen_at: Mapped[OptionalTimestamp]


class GpuNode(Identified, Base):
    """A node of a cluster, with or without GPUs: what it has, as Ray last told."""

    __tablename__ = "gpu_nodes"
    __table_args__ = (UniqueConstraint("cluster_id", "node_id"),)

    cluster_id: Mapped[UUID] = mapped_column(ForeignKey("clusters.id"))
    node_id: Mapped[str]
    hostname: Mapped[str]
    cpu: Mapped[float] = mapped_column(Float(53))
    gpu: Mapped[float] = mapped_column(Float(53))
    virtual_gpu: Mapped[bool]
    memory: Mapped[int] = mapped_column(BigInteger)
    labels: Mapped[Json]
    alive: Mapped[bool]
    seen_at: Mapped[Timestamp]


class SchedulingQueue(Identified, Changing, Base):
    __tablename__ = "scheduling_queues"

    cluster_id: Mapped[UUID] = mapped_column(ForeignKey("clusters.id"))
    name: Mapped[str] = mapped_column(unique=True)
    description: Mapped[str] = mapped_column(default="", server_default="")


class ResourceQuota(Identified, Changing, Tenant, Base):
    """Of the organization where it names neither a project nor a user."""

    __tablename__ = "resource_quotas"
    __table_args__ = (
        CheckConstraint("num_nonnulls(project_id, user_id) <= 1", name="one_holder"),
        Index(
            "uq_resource_quotas_holder",
            "org_id",
            "project_id",
            "user_id",
            "resource",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
    )

    project_id: Mapped[UUID | None] = mapped_column(ForeignKey("projects.id"))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    resource: Mapped[str]
    hard: Mapped[float | None] = mapped_column(Float(53))
    soft: Mapped[float | None] = mapped_column(Float(53))
    warned_for: Mapped[str | None]
    """The last period in which more than `soft` was used, and somebody was told."""


class Workload(Identified, Changing, Tenant, Base):
    """Anything that asks the scheduler for resources. `app/scheduler/lifecycle.py` alone writes `status`."""

    __tablename__ = "workloads"
    __table_args__ = (
        Index("ix_workloads_queue", "queue_id", "id", postgresql_where=text("status = 'queued'")),
        Index(
            "ix_workloads_active",
            "status",
            "id",
            postgresql_where=text("status IN ('admitted', 'starting', 'running', 'stopping')"),
        ),
        Index("ix_workloads_project_id_id", "project_id", "id"),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    queue_id: Mapped[UUID] = mapped_column(ForeignKey("scheduling_queues.id"))
    kind: Mapped[str]
    name: Mapped[str]
    spec: Mapped[Json]
    bundles: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """All that it asks of Ray; each from one node."""
    on_success: Mapped[Json]
    """What happens after it has succeeded, as data: `{"register": {"model": …, "alias": …}}`."""
    run_id: Mapped[UUID | None] = mapped_column(ForeignKey("runs.id"))
    created_by: Mapped[UUID | None]

    status: Mapped[str]
    phase: Mapped[str | None]
    """Of a deployment that runs: loading, ready or degraded."""
    reason: Mapped[Json]
    """`{"code": …, "message": …}` of the last change of status."""
    status_since: Mapped[Timestamp]
    stop_requested: Mapped[str | None]
    """Why it must stop; the controller acts on it."""
    attempt: Mapped[int] = mapped_column(default=1, server_default="1")
    max_attempts: Mapped[int]
    not_before: Mapped[OptionalTimestamp]
    """Not admitted earlier: the pause after a failure of the infrastructure."""
    admitted_at: Mapped[OptionalTimestamp]
    started_at: Mapped[OptionalTimestamp]
    ended_at: Mapped[OptionalTimestamp]

    enrolment_hash: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    enrolled_at: Mapped[OptionalTimestamp]
    token_hash: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)

    lease_id: Mapped[UUID | None]
    """The fence: what was worked out under a lease is applied only where it still stands."""
    lease_expires_at: Mapped[OptionalTimestamp]
    due_at: Mapped[OptionalTimestamp]
    """When the controller looks at it again at the latest."""


class UsageEntry(Identified, Tenant, Base):
    """What was used, by whom: one row for an attempt of a workload, or for requests to a model. No references: it is
    kept when what it tells of is gone."""

    __tablename__ = "usage_ledger"
    __table_args__ = (Index("ix_usage_ledger_org_id_id", "org_id", "id"),)

    project_id: Mapped[UUID]
    workload_id: Mapped[UUID | None] = mapped_column(index=True)
    attempt: Mapped[int | None]
    service_id: Mapped[UUID | None] = mapped_column(index=True)
    actor_id: Mapped[UUID | None]
    cpu_seconds: Mapped[float] = mapped_column(Float(53), default=0, server_default="0")
    gpu_seconds: Mapped[float] = mapped_column(Float(53), default=0, server_default="0")
    requests: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    prompt_tokens: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    completion_tokens: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")


class UsageDay(Identified, Tenant, Base):
    """The ledger added up: one row for a day (UTC), project and actor, written together with the ledger's."""

    __tablename__ = "usage_days"
    __table_args__ = (
        Index(
            "uq_usage_days_holder",
            "org_id",
            "day",
            "project_id",
            "actor_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
    )

    day: Mapped[date] = mapped_column(Date)
    project_id: Mapped[UUID]
    actor_id: Mapped[UUID | None]
    cpu_seconds: Mapped[float] = mapped_column(Float(53), default=0, server_default="0")
    gpu_seconds: Mapped[float] = mapped_column(Float(53), default=0, server_default="0")
    requests: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    prompt_tokens: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    completion_tokens: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
