"""What runs logged that is no number: images, tables and texts, each under a key at a step."""

from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.orm import Base, Identified, Json, Tenant, Timestamp


class Media(Identified, Tenant, Base):
    """The content is a blob of the organization, that this row refers to as a file of an artifact does."""

    __tablename__ = "media"
    __table_args__ = (
        UniqueConstraint("run_id", "key", "step", "attempt", "sha256"),
        Index("ix_media_run_id_id", "run_id", "id"),
        Index("ix_media_org_id_sha256", "org_id", "sha256"),
    )

    run_id: Mapped[UUID] = mapped_column(ForeignKey("runs.id"))
    key: Mapped[str]
    kind: Mapped[str]
    """image, table or text."""
    step: Mapped[int] = mapped_column(BigInteger)
    attempt: Mapped[int]
    time: Mapped[Timestamp]
    """When it was logged."""
    media_type: Mapped[str]
    sha256: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    attributes: Mapped[Json]
