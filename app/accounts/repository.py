from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, CursorResult, func, update

from app.kit.repository import Repository
from app.tables import ApiKey, ServiceAccount, SignInSession, User

VALID = (ApiKey.revoked_at.is_(None), ApiKey.expires_at.is_(None) | (ApiKey.expires_at > func.now()))


class UserRepository(Repository[User]):
    table = User


class SessionRepository(Repository[SignInSession]):
    table = SignInSession

    async def live(self, user_id: UUID) -> Sequence[SignInSession]:
        """Not revoked, and with a token that holds; the newest first."""
        holds = (SignInSession.expires_at > func.now()) | (SignInSession.next_hash.is_not(None))
        statement = self.statement().where(
            SignInSession.user_id == user_id,
            SignInSession.revoked_at.is_(None),
            SignInSession.ends_at > func.now(),
            holds,
        )
        return (await self.session.scalars(statement.order_by(SignInSession.id.desc()))).all()

    async def revoke_all(self, user_id: UUID, when: datetime) -> None:
        open_ones = (SignInSession.user_id == user_id, SignInSession.revoked_at.is_(None))
        await self.session.execute(update(SignInSession).where(*open_ones).values(revoked_at=when))


class ApiKeyRepository(Repository[ApiKey]):
    table = ApiKey
    project = "none"
    """A key stays its owner's to see and revoke, whatever becomes of its default project."""

    async def revoke(self, key_id: UUID, when: datetime) -> bool:
        """False where it has been revoked before."""
        statement = (
            update(ApiKey)
            .where(
                ApiKey.id == key_id,
                ApiKey.org_id.in_(self.session.info["scope"].org_ids),
                ApiKey.revoked_at.is_(None),
            )
            .values(revoked_at=when)
        )
        result: CursorResult[Any] = await self.session.execute(statement)  # type: ignore[assignment]
        return result.rowcount == 1

    async def revoke_all(self, *criteria: ColumnElement[bool]) -> None:
        mine = ApiKey.org_id.in_(self.session.info["scope"].org_ids)
        statement = update(ApiKey).where(mine, ApiKey.revoked_at.is_(None), *criteria)
        await self.session.execute(statement.values(revoked_at=func.now()))


class ServiceAccountRepository(Repository[ServiceAccount]):
    table = ServiceAccount
