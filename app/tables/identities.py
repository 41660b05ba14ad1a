"""Sign-in by somebody else's word: who a person is there, and sign-ins that are under way."""

from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.orm import Base, Identified, OptionalTimestamp, Timestamp


class Identity(Identified, Base):
    """A person at a provider. The issuer counts, not the name that our settings give it, which may change."""

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    provider: Mapped[str]
    """Name of the provider's settings when it was linked."""
    issuer: Mapped[str]
    subject: Mapped[str]
    email: Mapped[str] = mapped_column(default="", server_default="")
    """As the provider said it when it was linked; to recognize it by, and for nothing else."""
    last_used_at: Mapped[OptionalTimestamp]


class PendingSignIn(Identified, Base):
    """Between the way to the provider and the way back. The application can add one and take one, and see none."""

    __tablename__ = "pending_sign_ins"

    state_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    provider: Mapped[str]
    nonce: Mapped[str]
    verifier: Mapped[str]
    """Of PKCE."""
    next: Mapped[str]
    """Path of the page to go to in the end."""
    session_id: Mapped[UUID | None]
    """Of a person who is signed in and links another identity."""
    expires_at: Mapped[Timestamp] = mapped_column(index=True)
