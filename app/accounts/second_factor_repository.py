from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.repository import Repository
from app.tables import PasswordReset, RecoveryCode, SecondFactor, SignInSession


class SecondFactorRepository(Repository[SecondFactor]):
    """Of the person whom the transaction is for."""

    table = SecondFactor

    async def of(self, user_id: UUID) -> SecondFactor | None:
        return await self.one(SecondFactor.user_id == user_id)

    async def take_step(self, factor_id: UUID, step: int) -> bool:
        """False where that password, or a later one, was taken before: also by a request of the same moment."""
        statement = update(SecondFactor).where(SecondFactor.id == factor_id, SecondFactor.last_step < step)
        result: CursorResult[Any] = await self.session.execute(statement.values(last_step=step))  # type: ignore[assignment]
        return result.rowcount == 1

    async def remove(self, user_id: UUID) -> None:
        """And the codes that stand in for it."""
        await self.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
        await self.session.execute(delete(SecondFactor).where(SecondFactor.user_id == user_id))

    async def note_proven(self, session_id: UUID, when: datetime) -> None:
        statement = update(SignInSession).where(SignInSession.id == session_id)
        await self.session.execute(statement.values(second_factor_at=when))

    async def forget_proven(self, user_id: UUID) -> None:
        statement = update(SignInSession).where(SignInSession.user_id == user_id)
        await self.session.execute(statement.values(second_factor_at=None))

    async def was_proven(self, session_id: UUID) -> bool:
        statement = select(SignInSession.second_factor_at).where(SignInSession.id == session_id)
        return await self.session.scalar(statement) is not None


class RecoveryCodeRepository(Repository[RecoveryCode]):
    table = RecoveryCode

    async def left(self, user_id: UUID) -> int:
        statement = select(func.count()).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
        return (await self.session.execute(statement)).scalar_one()

    async def use(self, user_id: UUID, hashes: Sequence[bytes], when: datetime) -> bool:
        statement = update(RecoveryCode).where(
            RecoveryCode.user_id == user_id, RecoveryCode.code_hash.in_(hashes), RecoveryCode.used_at.is_(None)
        )
        result: CursorResult[Any] = await self.session.execute(statement.values(used_at=when))  # type: ignore[assignment]
        return result.rowcount == 1


class PasswordResetRepository(Repository[PasswordReset]):
    """In a transaction of the platform's scope."""

    table = PasswordReset

    async def revoke(self, user_id: UUID, when: datetime) -> None:
        """Links that were issued before: the last one alone is good."""
        statement = update(PasswordReset).where(PasswordReset.user_id == user_id, PasswordReset.used_at.is_(None))
        await self.session.execute(statement.values(used_at=when))


async def take_reset(session: AsyncSession, token_hashes: Sequence[bytes]) -> UUID | None:
    """Whose it is; used from then on, where the transaction commits."""
    for hashed in token_hashes:
        found: UUID | None = await session.scalar(text("SELECT * FROM take_password_reset(:hash)"), {"hash": hashed})
        if found:
            return found
    return None
