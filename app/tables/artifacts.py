"""Artifacts on their way in, and who read them: what artifacts are made of stands in `tracking.py`."""

from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.orm import Base, Changing, Identified, OptionalTimestamp, Tenant, Timestamp


class Upload(Identified, Changing, Tenant, Base):
    """A large file that comes in parts; which of them are there, the store tells. It goes some time after the last."""

    __tablename__ = "uploads"
    __table_args__ = (UniqueConstraint("run_id", "sha256"), Index("ix_uploads_updated_at", "updated_at"))

    run_id: Mapped[UUID]
    """No reference: where the run is removed, the parts are still to be swept."""
    sha256: Mapped[str]
    """Of the whole."""
    size: Mapped[int] = mapped_column(BigInteger)
    claimed_until: Mapped[OptionalTimestamp]
    """While a replica puts the parts together; one that died does not renew it."""


class RunInput(Tenant, Base):
    """A run has read an artifact."""

    __tablename__ = "run_inputs"

    run_id: Mapped[UUID] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    artifact_id: Mapped[UUID] = mapped_column(ForeignKey("artifacts.id"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    """What it was for: data, policy, or a word of who reads it."""
    created_at: Mapped[Timestamp] = mapped_column(server_default=func.now())
