from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, insert, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.repository import Repository
from app.tables import Identity, PendingSignIn, User


class IdentityRepository(Repository[Identity]):
    """Of the person whom the transaction is for."""

    table = Identity

    async def find(self, issuer: str, subject: str) -> Row[Any] | None:
        """`identity_id, user_id`, whoever's it is."""
        query = text("SELECT * FROM find_identity(:issuer, :subject)")
        return (await self.session.execute(query, {"issuer": issuer, "subject": subject})).one_or_none()

    async def note_use(self, identity_id: UUID, when: datetime) -> None:
        await self.session.execute(update(Identity).where(Identity.id == identity_id).values(last_used_at=when))

    async def remove(self, identity_id: UUID) -> None:
        await self.session.execute(delete(Identity).where(Identity.id == identity_id))

    async def evict(self, user_id: UUID) -> None:
        """Every other identity, and the password."""
        await self.session.execute(delete(Identity).where(Identity.user_id == user_id))
        await self.session.execute(update(User).where(User.id == user_id).values(password_hash=None))


async def add_pending(session: AsyncSession, **values: Any) -> None:
    """No ORM row: that would be read back, which the application may not."""
    await session.execute(text("SELECT drop_expired_sign_ins()"))
    await session.execute(insert(PendingSignIn).values(**values))


async def take_pending(session: AsyncSession, state_hash: bytes) -> Row[Any] | None:
    """`provider, nonce, verifier, next, session_id`, once."""
    return (await session.execute(text("SELECT * FROM take_sign_in(:hash)"), {"hash": state_hash})).one_or_none()


async def find_open_session(session: AsyncSession, session_id: UUID) -> UUID | None:
    """Whose it is, where it has neither ended nor been revoked."""
    found: UUID | None = await session.scalar(text("SELECT * FROM find_open_session(:id)"), {"id": session_id})
    return found


async def organizations_of(session: AsyncSession, user_id: UUID) -> tuple[UUID, ...]:
    return tuple(await session.scalars(text("SELECT * FROM organizations_of(:id)"), {"id": user_id}))
