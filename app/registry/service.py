"""Registered models: versions made from the artifacts of runs, and the aliases that point at them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app import removal
from app.activity import service as activity
from app.activity.actor import Actor, Subject
from app.auth import service as auth
from app.auth.permissions import Action
from app.auth.principal import Principal
from app.errors import Invalid, NotFound
from app.experiments import artifacts
from app.kit.filters import Filters
from app.kit.pagination import PageRequest, Rows, page
from app.projects import service as projects
from app.registry.repository import ModelRepository, VersionRepository
from app.registry.schemas import VersionRead
from app.tables import Artifact, ModelVersion, RegisteredModel

FRAMEWORKS = frozenset({"transformers", "torch"})


async def create(
    session: AsyncSession, *, principal: Principal, project: str, name: str, description: str
) -> tuple[RegisteredModel, bool]:
    parent = await projects.get(session, principal=principal, ref=project, action=Action.WORK)
    model, made = await ensure(session, org_id=parent.org_id, project_id=parent.id, name=name, description=description)
    if made:
        await record(session, model, "model.created", principal.actor, {"name": name})
    return model, made


async def ensure(
    session: AsyncSession, *, org_id: UUID, project_id: UUID, name: str, description: str = ""
) -> tuple[RegisteredModel, bool]:
    """The model of that name, made where it is missing; and whether it was made."""
    repository = ModelRepository(session)
    wanted = (RegisteredModel.project_id == project_id, RegisteredModel.name == name)
    if found := await repository.one(*wanted):
        return found, False
    try:
        async with session.begin_nested():
            row = RegisteredModel(org_id=org_id, project_id=project_id, name=name, description=description)
            return await repository.add(row), True
    except IntegrityError:
        found = await repository.one(*wanted)
        if found is None:
            raise
        return found, False


async def models(
    session: AsyncSession, *, principal: Principal, project: str, request: PageRequest, filters: Filters
) -> Rows[RegisteredModel]:
    parent = await projects.get(session, principal=principal, ref=project, action=removal.listing(filters))
    repository = ModelRepository(session, deleted=filters.deleted)
    wanted = (RegisteredModel.project_id == parent.id, *filters.of(RegisteredModel))
    return page(await repository.page(request, *wanted), request)


async def update(
    session: AsyncSession, *, principal: Principal, model_id: UUID, description: str | None
) -> RegisteredModel:
    """None leaves it as it is."""
    model = await get(session, principal=principal, model_id=model_id, action=Action.WORK)
    before, model.description = model.description, description if description is not None else model.description
    await session.flush()
    if model.description != before:
        data = {"before": {"description": before}, "after": {"description": model.description}}
        await record(session, model, "model.changed", principal.actor, data)
    return model


async def remove(session: AsyncSession, *, principal: Principal, model_id: UUID) -> None:
    """With its versions. Raises `Conflict` while a deployment serves one."""
    await removal.remove(session, ModelRepository, principal=principal, kind="model", thing_id=model_id)


async def restore(session: AsyncSession, *, principal: Principal, model_id: UUID, kept: timedelta) -> RegisteredModel:
    return await removal.restore(
        session, ModelRepository, principal=principal, kind="model", thing_id=model_id, kept=kept
    )


async def get(
    session: AsyncSession, *, principal: Principal, model_id: UUID, action: Action = Action.READ
) -> RegisteredModel:
    model = await ModelRepository(session).get(model_id)
    if model is None:
        raise NotFound("model", model_id)
    auth.require(principal, action, model.org_id, model.project_id)
    return model


async def versions(session: AsyncSession, *, model: RegisteredModel) -> list[VersionRead]:
    repository = VersionRepository(session)
    aliases = await repository.aliases(model.id)
    return [read(version, aliases) for version in await repository.of_model(model.id)]


async def version(session: AsyncSession, *, model: RegisteredModel, ref: str) -> ModelVersion:
    """By number or alias; raises `NotFound`."""
    repository = VersionRepository(session)
    if ref.isdigit():
        found = await repository.one(ModelVersion.model_id == model.id, ModelVersion.version == int(ref))
    else:
        version_id = (await repository.aliases(model.id)).get(ref)
        found = await repository.get(version_id) if version_id else None
    if found is None:
        raise NotFound(f"version of the model {model.name!r}", ref)
    return found


async def resolve(session: AsyncSession, *, project_id: UUID, name: str, ref: str) -> ModelVersion:
    """A version of the project's model `name`, by number or alias; raises `NotFound`."""
    model = await ModelRepository(session).one(RegisteredModel.project_id == project_id, RegisteredModel.name == name)
    if model is None:
        raise NotFound("model", name)
    return await version(session, model=model, ref=ref)


async def create_version(
    session: AsyncSession, *, principal: Principal, model_id: UUID, artifact_id: UUID
) -> VersionRead:
    model = await get(session, principal=principal, model_id=model_id, action=Action.WORK)
    artifact = await artifacts.in_project(session, project_id=model.project_id, artifact_id=artifact_id)
    made = await register(session, model=model, artifact=artifact, actor=principal.actor)
    return read(made, await VersionRepository(session).aliases(model.id))


async def register(session: AsyncSession, *, model: RegisteredModel, artifact: Artifact, actor: Actor) -> ModelVersion:
    """A version for the artifact. The same run and digest again is the same version."""
    if artifact.type != "model" or artifact.attributes.get("framework") not in FRAMEWORKS:
        raise Invalid(
            f"the artifact {artifact.name!r} is not a model: its type must be `model`, its metadata must name a "
            f"`framework` of {sorted(FRAMEWORKS)}",
            field="artifact_id",
        )
    versions = VersionRepository(session)
    await ModelRepository(session).locked(model.id)
    same = (
        ModelVersion.model_id == model.id,
        ModelVersion.run_id == artifact.run_id,
        ModelVersion.digest == artifact.digest,
    )
    if found := await versions.one(*same):
        return found
    made = ModelVersion(
        org_id=model.org_id,
        model_id=model.id,
        version=await versions.next_number(model.id),
        artifact_id=artifact.id,
        run_id=artifact.run_id,
        digest=artifact.digest,
        framework=artifact.attributes["framework"],
        size=artifact.size,
        metrics=artifact.attributes.get("metrics", {}),
    )
    await versions.add(made)
    await record(session, model, "model_version.created", actor, {"version": made.version})
    return made


def read(version: ModelVersion, aliases: dict[str, UUID]) -> VersionRead:
    mine = [alias for alias, version_id in aliases.items() if version_id == version.id]
    return VersionRead.model_validate(version).model_copy(update={"aliases": mine})


async def record(
    session: AsyncSession,
    model: RegisteredModel,
    action: str,
    actor: Actor,
    data: dict[str, Any],
) -> None:
    await activity.record(
        session,
        actor,
        action,
        Subject("model", model.id, model.org_id, model.project_id),
        {"model": model.name, **data},
    )
