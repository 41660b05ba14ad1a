from uuid import UUID

from sqlalchemy import delete, func, select

from app.kit.clock import now
from app.kit.repository import Repository
from app.tables import IdempotencyKey


class IdempotencyRepository(Repository[IdempotencyKey]):
    table = IdempotencyKey

    async def lock(self, number: int) -> bool:
        """False where another transaction that has not ended holds it."""
        return bool(await self.session.scalar(select(func.pg_try_advisory_xact_lock(number))))

    async def find(self, actor_id: UUID, key: str) -> IdempotencyKey | None:
        """By actor, not by organization: a person's role in one may have ended since."""
        return await self.one(
            IdempotencyKey.actor_id == actor_id, IdempotencyKey.key == key, IdempotencyKey.expires_at > now()
        )

    async def save(self, row: IdempotencyKey) -> None:
        """In the place of an expired one of the same name."""
        named = (IdempotencyKey.actor_id == row.actor_id, IdempotencyKey.key == row.key)
        await self.session.execute(delete(IdempotencyKey).where(*named))
        await self.add(row)

    async def sweep(self, limit: int) -> int:
        """Removes expired keys, `limit` at most; returns how many."""
        expired = (
            select(IdempotencyKey.id)
            .where(IdempotencyKey.expires_at <= now())
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        statement = delete(IdempotencyKey).where(IdempotencyKey.id.in_(expired)).returning(IdempotencyKey.id)
        return len((await self.session.scalars(statement)).all())
