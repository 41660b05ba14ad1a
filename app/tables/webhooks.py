"""Webhooks: addresses outside that are told what happened, and the outbox of what they are to be told."""

from uuid import UUID

from sqlalchemy import Float, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.orm import Base, Changing, Identified, Json, OptionalTimestamp, Tenant, Timestamp


class Webhook(Identified, Changing, Tenant, Base):
    __tablename__ = "webhooks"
    __table_args__ = (Index("ix_webhooks_project_id_id", "project_id", "id"),)

    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    url: Mapped[str]
    description: Mapped[str] = mapped_column(default="", server_default="")
    events: Mapped[list[str]] = mapped_column(ARRAY(String))
    """Actions that it is told of."""
    active: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    """Encrypted under the platform's signing key."""
    previous_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The one before it, which signs as well until `previous_until`."""
    previous_until: Mapped[OptionalTimestamp]
    created_by: Mapped[UUID | None]


class WebhookDelivery(Identified, Tenant, Base):
    """One event for one webhook, written in the transaction of the event. Its key is the message's, however often it
    is sent."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        Index("ix_webhook_deliveries_webhook_id_id", "webhook_id", "id"),
        Index(
            "ix_webhook_deliveries_due",
            "webhook_id",
            "next_attempt_at",
            postgresql_where=text("status = 'pending'"),
        ),
        Index("ix_webhook_deliveries_ended_at", "ended_at", postgresql_where=text("status <> 'pending'")),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    webhook_id: Mapped[UUID] = mapped_column(ForeignKey("webhooks.id", ondelete="CASCADE"))
    action: Mapped[str]
    payload: Mapped[Json]
    status: Mapped[str]
    """pending, delivered or failed."""
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    """Since it was asked for, by the event or by a person."""
    next_attempt_at: Mapped[Timestamp]
    response_status: Mapped[int | None]
    """Of the last attempt; None: nothing answered."""
    error: Mapped[str | None]
    """Why the last attempt did not count."""
    seconds: Mapped[float | None] = mapped_column(Float(53))
    """That the last attempt took."""
    ended_at: Mapped[OptionalTimestamp]
    lease_id: Mapped[UUID | None]
    lease_expires_at: Mapped[OptionalTimestamp]
