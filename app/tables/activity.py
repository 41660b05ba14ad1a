"""What happened: append-only events, and the record of repeated requests."""

from uuid import UUID

from sqlalchemy import BigInteger, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.orm import Base, Identified, Json, OptionalJson, Tenant, Timestamp


class Event(Identified, Tenant, Base):
    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_org_id_id", "org_id", "id"),
        Index("ix_events_org_id_transaction_id", "org_id", "transaction_id", "id"),
        Index("ix_events_subject", "subject_type", "subject_id", "id"),
    )

    project_id: Mapped[UUID | None] = mapped_column(index=True)
    """No reference: what happened is kept when the project is gone."""
    actor_type: Mapped[str]
    """user, api_key, worker or controller."""
    actor_id: Mapped[UUID | None]
    action: Mapped[str]
    """e.g. `training_job.created`, `workload.failed`."""
    subject_type: Mapped[str]
    subject_id: Mapped[UUID]
    data: Mapped[Json]
    transaction_id: Mapped[int] = mapped_column(BigInteger, server_default=text("pg_current_xact_id()::text::bigint"))
    """That wrote it. Keys are made before the commit, so they do not tell in which order events became visible."""


class IdempotencyKey(Identified, Tenant, Base):
    __tablename__ = "idempotency_keys"
    __table_args__ = (Index("uq_idempotency_keys", "org_id", "actor_id", "key", unique=True),)

    actor_id: Mapped[UUID]
    key: Mapped[str]
    request_hash: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int | None]
    """None while the first request is under way."""
    response: Mapped[OptionalJson]
    expires_at: Mapped[Timestamp]
