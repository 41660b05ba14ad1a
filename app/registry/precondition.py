"""`If-Match` of an alias, which is a row without a key of its own."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.uuids import as_uuid
from app.precondition import Changed, Unchanged, etag
from app.registry.repository import ModelRepository, VersionRepository


class AliasUnchanged(Unchanged):
    """The model is locked, as whoever moves an alias does. An alias that is gone has changed."""

    async def current(self, session: AsyncSession, parameters: Mapping[str, str]) -> str | None:
        model_id = as_uuid(parameters["model_id"])
        if model_id is None or await ModelRepository(session).locked(model_id) is None:
            return None
        found = await VersionRepository(session).alias(model_id, parameters["alias"])
        if found is None:
            raise Changed("the alias that was read is gone: read the model again")
        version, moved_at = found
        return etag(version.id, moved_at)
