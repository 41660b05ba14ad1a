"""Versions of a model: each the content of an artifact, and what is said of it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from app import removal
from app.activity.actor import Actor
from app.auth.permissions import Action
from app.auth.principal import Principal
from app.errors import Conflict, Invalid, NotFound
from app.experiments import artifacts
from app.experiments.schemas import FileEntry
from app.kit.pagination import PageRequest, Rows, page
from app.registry import licence, service
from app.registry.lineage_graph import inputs
from app.registry.lineage_repository import LineageRepository
from app.registry.repository import ModelRepository, VersionRepository
from app.registry.schemas import VersionDetail, VersionRead
from app.tables import Artifact, ModelVersion, RegisteredModel
from trine.specs.registry import Signature

FRAMEWORKS = frozenset({"transformers", "torch", "onnx", "torchscript", "mlflow"})
"""What there is an engine for is `app.inference`'s to say; the others are kept, and never loaded by the platform."""


async def versions(
    session: AsyncSession, *, principal: Principal, model_id: UUID, request: PageRequest, deleted: bool
) -> Rows[VersionRead]:
    """Newest first."""
    action = Action.WORK if deleted else Action.READ
    model = await service.get(session, principal=principal, model_id=model_id, action=action)
    aliases = await VersionRepository(session).aliases(model.id)
    repository = VersionRepository(session, deleted=deleted)
    rows = await repository.page(request, ModelVersion.model_id == model.id)
    return page([read(row, aliases) for row in rows], request)


async def of_model(session: AsyncSession, *, model: RegisteredModel) -> list[VersionRead]:
    repository = VersionRepository(session)
    aliases = await repository.aliases(model.id)
    return [read(version, aliases) for version in await repository.of_model(model.id)]


async def get(
    session: AsyncSession, *, principal: Principal, model_id: UUID, number: int, action: Action = Action.READ
) -> ModelVersion:
    model = await service.get(session, principal=principal, model_id=model_id, action=action)
    return await find(session, model=model, ref=str(number))


async def detail(
    session: AsyncSession, *, principal: Principal, model_id: UUID, number: int
) -> tuple[VersionDetail, ModelVersion]:
    version = await get(session, principal=principal, model_id=model_id, number=number)
    told = read(version, await VersionRepository(session).aliases(model_id))
    files = await artifacts.files(session, artifact_id=version.artifact_id)
    read_by_run = await inputs(LineageRepository(session, project_id=version.project_id), version)
    shown_files = [FileEntry.model_validate(file) for file in files]
    return VersionDetail(**told.model_dump(), files=shown_files, inputs=read_by_run), version


async def find(session: AsyncSession, *, model: RegisteredModel, ref: str) -> ModelVersion:
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
    return await find(session, model=model, ref=ref)


async def create(
    session: AsyncSession, *, principal: Principal, model_id: UUID, artifact_id: UUID, told: dict[str, Any]
) -> ModelVersion:
    """`told` are columns of what is said of it."""
    model = await service.get(session, principal=principal, model_id=model_id, action=Action.WORK)
    artifact = await artifacts.in_project(session, project_id=model.project_id, artifact_id=artifact_id)
    author = principal.actor_id
    return await register(session, model=model, artifact=artifact, actor=principal.actor, author=author, told=told)


async def register(
    session: AsyncSession,
    *,
    model: RegisteredModel,
    artifact: Artifact,
    actor: Actor,
    author: UUID | None,
    told: dict[str, Any] | None = None,
) -> ModelVersion:
    """A version for the artifact. The same run and digest again is the same version, of which nothing new is told."""
    framework = artifact.attributes.get("framework")
    if artifact.type != "model" or framework not in FRAMEWORKS:
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
        project_id=model.project_id,
        model_id=model.id,
        version=await versions.next_number(model.id),
        artifact_id=artifact.id,
        run_id=artifact.run_id,
        digest=artifact.digest,
        framework=framework,
        size=artifact.size,
        metrics=artifact.attributes.get("metrics", {}),
        signature=_signature(artifact),
        created_by=author,
        **{"licence": _licence(artifact)} | (told or {}),
    )
    await versions.add(made)
    data = {"version": made.version, "digest": made.digest, "framework": made.framework}
    await service.record(session, model, "model_version.created", actor, data)
    return made


async def update(
    session: AsyncSession, *, principal: Principal, model_id: UUID, number: int, changes: dict[str, Any]
) -> ModelVersion:
    """`changes` are columns."""
    version = await get(session, principal=principal, model_id=model_id, number=number, action=Action.WORK)
    before = {name: getattr(version, name) for name in changes}
    if before == changes:
        return version
    for name, value in changes.items():
        setattr(version, name, value)
    await session.flush()
    model = await service.get(session, principal=principal, model_id=model_id)
    data = {"version": version.version, "before": before, "after": changes}
    await service.record(session, model, "model_version.changed", principal.actor, data)
    return version


async def remove(session: AsyncSession, *, principal: Principal, model_id: UUID, number: int) -> None:
    """Raises `Conflict` while an alias points at it, or a deployment serves it."""
    version = await get(session, principal=principal, model_id=model_id, number=number, action=Action.WORK)
    # Who moves an alias holds this lock too.
    await ModelRepository(session).locked(model_id)
    if pointing := read(version, await VersionRepository(session).aliases(model_id)).aliases:
        named = ", ".join(pointing)
        raise Conflict(f"{version.name} is what {named} points at: move or remove the alias first", code="in_use")
    await removal.remove(session, VersionRepository, principal=principal, kind="model_version", thing_id=version.id)
    model = await service.get(session, principal=principal, model_id=model_id)
    await service.publish(session, model, "model_version.deleted", principal.actor, {"version": number})


async def restore(
    session: AsyncSession, *, principal: Principal, model_id: UUID, number: int, kept: timedelta
) -> ModelVersion:
    """Raises `Conflict` also where the same content has been registered anew."""
    model = await service.get(session, principal=principal, model_id=model_id, action=Action.WORK)
    wanted = (ModelVersion.model_id == model.id, ModelVersion.version == number)
    version = await VersionRepository(session, deleted=True).one(*wanted)
    version = version or await find(session, model=model, ref=str(number))
    same = (ModelVersion.model_id == model.id, ModelVersion.run_id == version.run_id)
    there = await VersionRepository(session).one(*same, ModelVersion.digest == version.digest)
    if there is not None and there.id != version.id:
        raise Conflict(f"the same content is {there.name} by now: use that, or delete it first", code="name_taken")
    restored = await removal.restore(
        session, VersionRepository, principal=principal, kind="model_version", thing_id=version.id, kept=kept
    )
    await service.publish(session, model, "model_version.undeleted", principal.actor, {"version": number})
    return restored


async def shown(session: AsyncSession, *, version: ModelVersion) -> VersionRead:
    return read(version, await VersionRepository(session).aliases(version.model_id))


def read(version: ModelVersion, aliases: dict[str, UUID]) -> VersionRead:
    mine = [alias for alias, version_id in aliases.items() if version_id == version.id]
    return VersionRead.model_validate(version).model_copy(update={"aliases": mine})


def _signature(artifact: Artifact) -> dict[str, Any] | None:
    told = artifact.attributes.get("signature")
    if told is None:
        return None
    try:
        return Signature.model_validate(told).model_dump(mode="json")
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Invalid(
            f"the signature in the metadata of the artifact {artifact.name!r} is none: {where}: {first['msg']}",
            field="artifact_id",
        ) from error


def _licence(artifact: Artifact) -> str | None:
    told = artifact.attributes.get("licence")
    return licence.canonical(str(told), field="artifact_id") if told else None
