"""What was measured now and then: how pools were taken, and how services answered. Swept by age, so nothing of it
refers to what may be gone."""

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Float, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.orm import Base, Identified, Tenant, Timestamp


class PoolSample(Base):
    """What the nodes of a cluster had, and what of it was given out to workloads of anybody."""

    __tablename__ = "pool_samples"

    cluster_id: Mapped[UUID] = mapped_column(ForeignKey("clusters.id"), primary_key=True)
    seconds: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """The time that the row stands for: a minute, or an hour of which it is the mean."""
    at: Mapped[Timestamp] = mapped_column(primary_key=True)
    """The beginning of that time (UTC)."""
    cpu: Mapped[float] = mapped_column(Float(53))
    gpu: Mapped[float] = mapped_column(Float(53))
    memory: Mapped[float] = mapped_column(Float(53))
    """Bytes."""
    cpu_taken: Mapped[float] = mapped_column(Float(53))
    gpu_taken: Mapped[float] = mapped_column(Float(53))
    memory_taken: Mapped[float] = mapped_column(Float(53))


class PoolShare(Tenant, Base):
    """What of a pool was given out to workloads of a project. A project that had nothing has no row."""

    __tablename__ = "pool_shares"
    __table_args__ = (Index("ix_pool_shares_org_id_at", "org_id", "at"),)

    cluster_id: Mapped[UUID] = mapped_column(ForeignKey("clusters.id"), primary_key=True)
    project_id: Mapped[UUID] = mapped_column(primary_key=True)
    seconds: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[Timestamp] = mapped_column(primary_key=True)
    cpu: Mapped[float] = mapped_column(Float(53))
    gpu: Mapped[float] = mapped_column(Float(53))
    memory: Mapped[float] = mapped_column(Float(53))


class ServiceSample(Identified, Tenant, Base):
    """What one gateway saw of a deployment in `seconds` from `at` on; rows of the same time add up."""

    __tablename__ = "service_samples"
    __table_args__ = (
        Index("ix_service_samples_service_id_at", "service_id", "at"),
        Index("ix_service_samples_seconds_at", "seconds", "at"),
    )

    project_id: Mapped[UUID]
    service_id: Mapped[UUID]
    deployment_id: Mapped[UUID | None]
    """Null for requests that no deployment could take."""
    at: Mapped[Timestamp]
    seconds: Mapped[int]
    requests: Mapped[int] = mapped_column(BigInteger)
    """All of them, those below among them."""
    failed: Mapped[int] = mapped_column(BigInteger)
    refused: Mapped[int] = mapped_column(BigInteger)
    """Turned away: no deployment was ready, its queue was full, its circuit open."""
    abandoned: Mapped[int] = mapped_column(BigInteger)
    """The client left before there was an outcome."""
    prompt_tokens: Mapped[int] = mapped_column(BigInteger)
    completion_tokens: Mapped[int] = mapped_column(BigInteger)
    latencies: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """Bucket of `app/inference/latencies.py` → how many were answered in such a time, from the request to the end."""
    first_tokens: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """The same of streams, to their first token."""
