"""`If-Match` of what a path names by its model: a version by its number, an alias by its name."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.uuids import as_uuid
from app.precondition import Changed, Unchanged, etag
from app.registry.repository import ModelRepository, VersionRepository
from app.tables import ModelVersion

DIGITS = 9
"""Of the number of a version, at most."""


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


class VersionUnchanged(Unchanged):
    async def current(self, session: AsyncSession, parameters: Mapping[str, str]) -> str | None:
        model_id, number = as_uuid(parameters["model_id"]), parameters["version"]
        if model_id is None or not number.isdecimal() or len(number) > DIGITS:
            return None
        repository = VersionRepository(session)
        found = await repository.one(ModelVersion.model_id == model_id, ModelVersion.version == int(number))
        row = await repository.locked(found.id) if found else None
        return etag(row.id, row.updated_at) if row is not None else None
