from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Row, func

from app.experiments.media_schemas import MediaCreate
from app.kit.repository import Repository
from app.tables import Media


class MediaRepository(Repository[Media]):
    table = Media

    async def same(self, run_id: UUID, wanted: MediaCreate) -> Media | None:
        """The same content at the same step of a key."""
        place = (Media.key == wanted.key, Media.step == wanted.step, Media.attempt == wanted.attempt)
        return await self.one(Media.run_id == run_id, *place, Media.sha256 == wanted.sha256)

    async def keys(self, run_id: UUID, limit: int) -> Sequence[Row[str, str, int, int, int]]:
        """`(key, kind, count, first_step, last_step)`, by key."""
        statement = (
            self.statement()
            .where(Media.run_id == run_id)
            .with_only_columns(
                Media.key,
                Media.kind,
                func.count().label("count"),
                func.min(Media.step).label("first_step"),
                func.max(Media.step).label("last_step"),
            )
            .group_by(Media.key, Media.kind)
            .order_by(Media.key, Media.kind)
            .limit(limit)
        )
        return (await self.session.execute(statement)).all()
