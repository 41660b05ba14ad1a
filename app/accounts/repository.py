from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, update

from app.kit.repository import Repository
from app.tables import ApiKey, SignInSession, User


class UserRepository(Repository[User]):
    table = User


class SessionRepository(Repository[SignInSession]):
    table = SignInSession

    async def revoke(self, session_id: UUID, when: datetime) -> None:
        await self.session.execute(update(SignInSession).where(SignInSession.id == session_id).values(revoked_at=when))


class ApiKeyRepository(Repository[ApiKey]):
    table = ApiKey

    async def of_user(self, user_id: UUID | None) -> Sequence[ApiKey]:
        return await self.every(ApiKey.user_id == user_id)

    async def revoke(self, key_id: UUID, user_id: UUID | None, when: datetime) -> bool:
        """False where the user has no such key."""
        statement = (
            update(ApiKey)
            .where(
                ApiKey.id == key_id,
                ApiKey.user_id == user_id,
                ApiKey.org_id.in_(self.session.info["scope"].org_ids),
                ApiKey.revoked_at.is_(None),
            )
            .values(revoked_at=when)
        )
        result: CursorResult[Any] = await self.session.execute(statement)  # type: ignore[assignment]
        return result.rowcount == 1
