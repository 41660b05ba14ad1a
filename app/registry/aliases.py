"""Aliases: names that point at one version of a model, and move."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.activity.actor import Actor
from app.auth.permissions import Action
from app.auth.principal import Principal
from app.errors import NotFound
from app.registry import service, versions
from app.registry.repository import ModelRepository, VersionRepository
from app.registry.schemas import VersionRead
from app.tables import ModelVersion, RegisteredModel


async def get(
    session: AsyncSession, *, principal: Principal, model_id: UUID, alias: str
) -> tuple[VersionRead, datetime]:
    """The version that it points at, and since when."""
    model = await service.get(session, principal=principal, model_id=model_id)
    repository = VersionRepository(session)
    found = await repository.alias(model.id, alias)
    if found is None:
        raise NotFound("alias", alias)
    return versions.read(found[0], await repository.aliases(model.id)), found[1]


async def put(
    session: AsyncSession, *, principal: Principal, model_id: UUID, alias: str, number: int
) -> tuple[VersionRead, datetime]:
    """The version that it points at now, and since when."""
    model = await service.get(session, principal=principal, model_id=model_id, action=Action.WORK)
    target = await versions.find(session, model=model, ref=str(number))
    await move(session, model=model, alias=alias, version=target, actor=principal.actor)
    found = await VersionRepository(session).alias(model.id, alias)
    if found is None:
        raise NotFound("alias", alias)
    return versions.read(target, await VersionRepository(session).aliases(model.id)), found[1]


async def move(
    session: AsyncSession,
    *,
    model: RegisteredModel,
    alias: str,
    version: ModelVersion,
    actor: Actor,
) -> None:
    """The event tells the numbers of the versions that it pointed at before (None where it is new) and after."""
    repository = VersionRepository(session)
    # Two moves at once are one after the other, so that what each says it found is true.
    await ModelRepository(session).locked(model.id)
    before = await repository.number_of(model.id, alias)
    if before == version.version:
        return
    await repository.set_alias(model, alias, version.id)
    data = {"alias": alias, "before": before, "after": version.version}
    await service.record(session, model, "model_alias.moved", actor, data)


async def remove(session: AsyncSession, *, principal: Principal, model_id: UUID, alias: str) -> None:
    model = await service.get(session, principal=principal, model_id=model_id, action=Action.WORK)
    repository = VersionRepository(session)
    await ModelRepository(session).locked(model.id)
    before = await repository.number_of(model.id, alias)
    if not await repository.remove_alias(model.id, alias):
        raise NotFound("alias", alias)
    data = {"alias": alias, "before": before, "after": None}
    await service.record(session, model, "model_alias.removed", principal.actor, data)
