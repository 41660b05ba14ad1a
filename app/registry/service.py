"""Registered models: a name in a project, below which its versions are."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app import belongings, removal
from app.activity import service as activity
from app.activity.actor import Actor, Subject
from app.auth.permissions import Action
from app.auth.principal import Principal
from app.errors import Conflict
from app.kit.filters import Filters
from app.kit.pagination import PageRequest, Rows
from app.projects import service as projects
from app.registry.repository import ModelRepository
from app.tables import RegisteredModel
from app.webhooks import service as webhooks


async def create(
    session: AsyncSession, *, principal: Principal, project: str, name: str, description: str, tags: dict[str, str]
) -> tuple[RegisteredModel, bool]:
    """One of that name that exists stays as it is."""
    parent = await projects.get(session, principal=principal, ref=project, action=Action.WORK)
    told = {"description": description, "tags": tags}
    model, made = await ensure(session, org_id=parent.org_id, project_id=parent.id, name=name, told=told)
    if made:
        await record(session, model, "model.created", principal.actor, {"name": name})
    return model, made


async def ensure(
    session: AsyncSession, *, org_id: UUID, project_id: UUID, name: str, told: dict[str, Any] | None = None
) -> tuple[RegisteredModel, bool]:
    """The model of that name, made where it is missing with what is `told` of it; and whether it was made."""
    return await ModelRepository(session).ensure(
        RegisteredModel(org_id=org_id, project_id=project_id, name=name, **(told or {})),
        RegisteredModel.project_id == project_id,
        RegisteredModel.name == name,
    )


async def models(
    session: AsyncSession, *, principal: Principal, project: str, request: PageRequest, filters: Filters
) -> Rows[RegisteredModel]:
    return await belongings.listed(
        session, ModelRepository, principal=principal, project=project, request=request, filters=filters
    )


async def update(
    session: AsyncSession, *, principal: Principal, model_id: UUID, changes: dict[str, Any]
) -> RegisteredModel:
    """`changes` are columns. Raises `Conflict` where the name is another model's."""
    model = await get(session, principal=principal, model_id=model_id, action=Action.WORK)
    before = {name: getattr(model, name) for name in changes}
    if before == changes:
        return model
    try:
        async with session.begin_nested():
            for name, value in changes.items():
                setattr(model, name, value)
            await session.flush()
    except IntegrityError as error:
        raise Conflict(f"another model of the project has the name {changes['name']!r}", code="name_taken") from error
    await record(session, model, "model.changed", principal.actor, {"before": before, "after": changes})
    return model


async def remove(session: AsyncSession, *, principal: Principal, model_id: UUID) -> None:
    """With its versions. Raises `Conflict` while a deployment serves one."""
    model = await removal.remove(session, ModelRepository, principal=principal, kind="model", thing_id=model_id)
    await publish(session, model, "model.deleted", principal.actor, {})


async def restore(session: AsyncSession, *, principal: Principal, model_id: UUID, kept: timedelta) -> RegisteredModel:
    model = await removal.restore(
        session, ModelRepository, principal=principal, kind="model", thing_id=model_id, kept=kept
    )
    await publish(session, model, "model.undeleted", principal.actor, {})
    return model


async def get(
    session: AsyncSession, *, principal: Principal, model_id: UUID, action: Action = Action.READ
) -> RegisteredModel:
    return await belongings.get(
        session, ModelRepository, principal=principal, kind="model", thing_id=model_id, action=action
    )


async def record(
    session: AsyncSession, model: RegisteredModel, action: str, actor: Actor, data: dict[str, Any]
) -> None:
    """An event about the model, which webhooks are told too."""
    await activity.record(session, actor, action, _subject(model), {"model": model.name, **data})
    await publish(session, model, action, actor, data)


async def publish(
    session: AsyncSession, model: RegisteredModel, action: str, actor: Actor, data: dict[str, Any]
) -> None:
    """What has its event already, to webhooks alone."""
    told = {"model": model.name, "model_id": str(model.id), **data}
    await webhooks.publish(session, actor=actor, action=action, subject=_subject(model), data=told)


def _subject(model: RegisteredModel) -> Subject:
    return Subject("model", model.id, model.org_id, model.project_id)
