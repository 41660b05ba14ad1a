"""What proves a person beside the password, and links that give a new one."""

from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.orm import Base, Identified, OptionalTimestamp, Timestamp


class SecondFactor(Identified, Base):
    """A generator of one-time passwords by time (TOTP, RFC 6238); one of a person."""

    __tablename__ = "second_factors"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), unique=True)
    sealed_secret: Mapped[bytes] = mapped_column(LargeBinary)
    """Encrypted under the pepper of keys: it must be read again."""
    confirmed_at: Mapped[OptionalTimestamp]
    """Since when it is asked for; before that it only waits for its first password."""
    last_step: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    """Of the last password that was taken, in steps of time since 1970: none is good twice."""


class RecoveryCode(Identified, Base):
    """Good once, in place of a one-time password."""

    __tablename__ = "recovery_codes"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    used_at: Mapped[OptionalTimestamp]


class PasswordReset(Identified, Base):
    """A link by which a person chooses a new password, once; issued by the platform's administrator."""

    __tablename__ = "password_resets"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    issued_by: Mapped[UUID | None]
    """None: by whoever administers the host."""
    expires_at: Mapped[Timestamp]
    used_at: Mapped[OptionalTimestamp]
