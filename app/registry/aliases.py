"""Aliases: names that point at one version of a model, and move."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.activity.actor import Actor
from app.auth import service as auth
from app.auth.permissions import Action
from app.auth.principal import Principal
from app.errors import Conflict, NotFound
from app.registry import gates, service, versions
from app.registry.repository import ModelRepository, VersionRepository
from app.registry.rules import Outcome
from app.registry.schemas import VersionRead
from app.tables import ModelVersion, RegisteredModel


class GateClosed(Conflict):
    """`outcomes`: what each rule said."""

    code = "gate_closed"

    def __init__(self, alias: str, outcomes: Sequence[Outcome]) -> None:
        failed = "; ".join(outcome.message for outcome in outcomes if not outcome.passed)
        super().__init__(
            f"the gate of the alias {alias!r} is closed for this version: {failed}. An admin can override it with a "
            "reason",
            outcomes=[outcome.model_dump(mode="json") for outcome in outcomes],
        )


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
    session: AsyncSession,
    *,
    principal: Principal,
    model_id: UUID,
    alias: str,
    number: int,
    override: str | None = None,
) -> tuple[VersionRead, datetime]:
    """The version that it points at now, and since when. Raises as `move`; to `override` one must be an admin."""
    model = await service.get(session, principal=principal, model_id=model_id, action=Action.WORK)
    if override is not None:
        auth.require(principal, Action.MANAGE, model.org_id, model.project_id)
    target = await versions.find(session, model=model, ref=str(number))
    await move(session, model=model, alias=alias, version=target, actor=principal.actor, override=override)
    found = await VersionRepository(session).alias(model.id, alias)
    if found is None:
        raise NotFound("alias", alias)
    return await versions.shown(session, version=target), found[1]


async def move(
    session: AsyncSession,
    *,
    model: RegisteredModel,
    alias: str,
    version: ModelVersion,
    actor: Actor,
    override: str | None = None,
) -> None:
    """The event tells the numbers of the versions that it pointed at before (None where it is new) and after, and what
    the gate said. Raises `GateClosed`, unless there is a reason to `override` it."""
    repository = VersionRepository(session)
    # Two moves at once are one after the other, so that what each says it found is true.
    await ModelRepository(session).locked(model.id)
    before = await repository.number_of(model.id, alias)
    if before == version.version:
        return
    outcomes = await gates.outcomes(session, model=model, alias=alias, version=version)
    closed = not all(outcome.passed for outcome in outcomes)
    if closed and override is None:
        raise GateClosed(alias, outcomes)
    await repository.set_alias(model, alias, version.id)
    data: dict[str, Any] = {"alias": alias, "before": before, "after": version.version}
    if outcomes:
        data["gate"] = [outcome.model_dump(mode="json") for outcome in outcomes]
    if closed:
        data["override"] = override
    await service.record(session, model, "model_alias.moved", actor, data)


async def offer(
    session: AsyncSession, *, model: RegisteredModel, alias: str, version: ModelVersion, actor: Actor
) -> bool:
    """As `move`, of nobody who could be told: that the gate is closed is an event, and False."""
    try:
        await move(session, model=model, alias=alias, version=version, actor=actor)
    except GateClosed as error:
        data = {"alias": alias, "version": version.version, "gate": error.extra["outcomes"]}
        await service.record(session, model, "model_alias.refused", actor, data)
        return False
    return True


async def remove(session: AsyncSession, *, principal: Principal, model_id: UUID, alias: str) -> None:
    model = await service.get(session, principal=principal, model_id=model_id, action=Action.WORK)
    repository = VersionRepository(session)
    await ModelRepository(session).locked(model.id)
    before = await repository.number_of(model.id, alias)
    if not await repository.remove_alias(model.id, alias):
        raise NotFound("alias", alias)
    data = {"alias": alias, "before": before, "after": None}
    await service.record(session, model, "model_alias.removed", principal.actor, data)
