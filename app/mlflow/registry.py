"""Registered models of the key's project, as MLflow clients know them. Stages are aliases here."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth import service as auth
from app.auth.permissions import Action
from app.auth.principal import Principal
from app.errors import Conflict, Invalid, NotFound
from app.experiments import artifacts as platform_artifacts
from app.mlflow import artifacts, logged_models, records, schemas
from app.mlflow.experiments import default_project
from app.mlflow.filter import clauses, orders
from app.mlflow.identifiers import LOGGED_MODEL, SCHEME, artifact_location
from app.mlflow.pages import Slice
from app.mlflow.records import Record
from app.mlflow.repository import ModelSearch, VersionSearch
from app.mlflow.route import Unsupported
from app.registry import aliases as registry_aliases
from app.registry import service, versions
from app.tables import Artifact, ModelVersion, RegisteredModel

LATEST = "latest"


async def create(session: AsyncSession, *, principal: Principal, body: schemas.ModelCreate) -> Record:
    project = await default_project(session, principal)
    model, made = await service.create(
        session,
        principal=principal,
        project=str(project.id),
        name=body.name,
        description=body.description,
        tags=_tags(body.tags),
    )
    if not made:
        raise Conflict(f"Registered Model (name={body.name}) already exists", code="exists")
    return await _shown(session, model)


async def get(session: AsyncSession, *, principal: Principal, name: str) -> Record:
    return await _shown(session, await find(session, principal=principal, name=name))


async def search(session: AsyncSession, *, principal: Principal, body: schemas.Search) -> Record:
    project = await default_project(session, principal)
    auth.require(principal, Action.READ, project.org_id, project.id)
    asked = Slice.of(body.max_results, body.page_token)
    rows = await ModelSearch(session).search(
        clauses(body.filter),
        orders(body.order_by),
        RegisteredModel.project_id == project.id,
        limit=asked.limit,
        offset=asked.offset,
    )
    found, more = asked.cut(rows)
    return {"registered_models": await _records(session, found), **more}


async def rename(session: AsyncSession, *, principal: Principal, name: str, new_name: str) -> Record:
    model = await find(session, principal=principal, name=name, action=Action.WORK)
    changed = await service.update(session, principal=principal, model_id=model.id, changes={"name": new_name})
    return await _shown(session, changed)


async def update(session: AsyncSession, *, principal: Principal, name: str, description: str) -> Record:
    model = await find(session, principal=principal, name=name, action=Action.WORK)
    changes = {"description": description}
    return await _shown(session, await service.update(session, principal=principal, model_id=model.id, changes=changes))


async def remove(session: AsyncSession, *, principal: Principal, name: str) -> Record:
    model = await find(session, principal=principal, name=name, action=Action.WORK)
    await service.remove(session, principal=principal, model_id=model.id)
    return {}


async def set_tag(session: AsyncSession, *, principal: Principal, body: schemas.ModelTag) -> Record:
    model = await find(session, principal=principal, name=body.name, action=Action.WORK)
    changes = {"tags": model.tags | {body.key: body.value}}
    await service.update(session, principal=principal, model_id=model.id, changes=changes)
    return {}


async def remove_tag(session: AsyncSession, *, principal: Principal, name: str, tag: str) -> Record:
    model = await find(session, principal=principal, name=name, action=Action.WORK)
    changes = {"tags": _without(model.tags, tag)}
    await service.update(session, principal=principal, model_id=model.id, changes=changes)
    return {}


async def set_alias(session: AsyncSession, *, principal: Principal, body: schemas.AliasSet) -> Record:
    if body.alias.lower() == LATEST or body.alias.isdigit():
        raise Invalid(f"{body.alias!r} is no alias: `latest` and numbers mean versions", field="alias")
    model = await find(session, principal=principal, name=body.name, action=Action.WORK)
    await registry_aliases.put(session, principal=principal, model_id=model.id, alias=body.alias, number=body.version)
    return {}


async def remove_alias(session: AsyncSession, *, principal: Principal, name: str, alias: str) -> Record:
    """One that is not there is gone already, as in MLflow."""
    model = await find(session, principal=principal, name=name, action=Action.WORK)
    if alias in (await ModelSearch(session).aliases([model.id]))[model.id]:
        await registry_aliases.remove(session, principal=principal, model_id=model.id, alias=alias)
    return {}


async def by_alias(session: AsyncSession, *, principal: Principal, name: str, alias: str) -> Record:
    model = await find(session, principal=principal, name=name)
    numbers = (await ModelSearch(session).aliases([model.id]))[model.id]
    if alias not in numbers:
        raise Invalid(f"Registered model alias {alias} not found.", field="alias")
    return await _version(session, model, await versions.find(session, model=model, ref=str(numbers[alias])))


async def latest_versions(session: AsyncSession, *, principal: Principal, name: str, stages: Sequence[str]) -> Record:
    """The newest of all: none is in a stage."""
    model = await find(session, principal=principal, name=name)
    wanted = not stages or any(stage.lower() == "none" for stage in stages)
    newest = (await VersionSearch(session).latest([model.id])).get(model.id) if wanted else None
    told = [(await _version(session, model, newest))["model_version"]] if newest else []
    return {"model_versions": told}


async def create_version(session: AsyncSession, *, principal: Principal, body: schemas.VersionCreate) -> Record:
    """Of a logged model, of a folder of a run's artifacts, or of what another version is made of."""
    model = await find(session, principal=principal, name=body.name, action=Action.WORK)
    artifact = await _source(session, principal, body)
    if artifact.project_id != model.project_id:
        raise NotFound("model", body.source)
    told = {"description": body.description, "tags": _tags(body.tags)}
    made = await versions.create(session, principal=principal, model_id=model.id, artifact_id=artifact.id, told=told)
    return await _version(session, model, made)


async def get_version(session: AsyncSession, *, principal: Principal, name: str, version: int) -> Record:
    model = await find(session, principal=principal, name=name)
    return await _version(session, model, await versions.find(session, model=model, ref=str(version)))


async def download_location(session: AsyncSession, *, principal: Principal, name: str, version: int) -> Record:
    model = await find(session, principal=principal, name=name)
    found = await versions.find(session, model=model, ref=str(version))
    return {"artifact_uri": artifact_location(found.artifact_id)}


async def search_versions(session: AsyncSession, *, principal: Principal, body: schemas.Search) -> Record:
    project = await default_project(session, principal)
    auth.require(principal, Action.READ, project.org_id, project.id)
    asked = Slice.of(body.max_results, body.page_token)
    criterion: ColumnElement[bool] = ModelVersion.project_id == project.id
    rows: Sequence[ModelVersion] = await VersionSearch(session).search(
        clauses(body.filter), orders(body.order_by), criterion, limit=asked.limit, offset=asked.offset
    )
    found, more = asked.cut(rows)
    model_ids = list({row.model_id for row in found})
    names = await VersionSearch(session).names(model_ids)
    aliases = await ModelSearch(session).aliases(model_ids)
    told = [
        records.model_version(row, names[row.model_id], _pointing(aliases[row.model_id], row.version)) for row in found
    ]
    return {"model_versions": told, **more}


async def update_version(session: AsyncSession, *, principal: Principal, body: schemas.VersionUpdate) -> Record:
    return await _change(session, principal, body, {"description": body.description})


async def set_version_tag(session: AsyncSession, *, principal: Principal, body: schemas.VersionTag) -> Record:
    row = await _found(session, principal, body)
    await _change(session, principal, body, {"tags": row.tags | {body.key: body.value}})
    return {}


async def remove_version_tag(session: AsyncSession, *, principal: Principal, body: schemas.VersionTagKey) -> Record:
    row = await _found(session, principal, body)
    await _change(session, principal, body, {"tags": _without(row.tags, body.key)})
    return {}


async def remove_version(session: AsyncSession, *, principal: Principal, name: str, version: int) -> Record:
    """With the aliases that point at it, as in MLflow."""
    model = await find(session, principal=principal, name=name, action=Action.WORK)
    numbers = (await ModelSearch(session).aliases([model.id]))[model.id]
    for alias in _pointing(numbers, version):
        await registry_aliases.remove(session, principal=principal, model_id=model.id, alias=alias)
    await versions.remove(session, principal=principal, model_id=model.id, number=version)
    return {}


async def transition(session: AsyncSession, *, principal: Principal, body: schemas.VersionStage) -> Record:
    """Raises `Unsupported`; MLflow itself has deprecated stages since 2.9."""
    await find(session, principal=principal, name=body.name, action=Action.WORK)
    raise Unsupported(
        f"models have no stages here: point an alias at the version, "
        f"client.set_registered_model_alias({body.name!r}, {body.stage.lower()!r}, {body.version})"
    )


async def find(
    session: AsyncSession, *, principal: Principal, name: str, action: Action = Action.READ
) -> RegisteredModel:
    """In the default project of the key; raises `NotFound`."""
    project = await default_project(session, principal)
    wanted = (RegisteredModel.project_id == project.id, RegisteredModel.name == name)
    found: RegisteredModel | None = await ModelSearch(session).one(*wanted)
    if found is None:
        raise NotFound("registered model", name)
    auth.require(principal, action, found.org_id, found.project_id)
    return found


async def _source(session: AsyncSession, principal: Principal, body: schemas.VersionCreate) -> Artifact:
    """What the version shall be made of. Raises `Invalid` for what is not in the platform."""
    source = body.source
    if body.model_id or source.startswith(f"models:/{LOGGED_MODEL}"):
        model_id = body.model_id or source.removeprefix("models:/").strip("/")
        return await _of_logged_model(session, principal, model_id)
    if source.startswith("models:/"):
        name, _, ref = source.removeprefix("models:/").replace("@", "/").partition("/")
        model = await find(session, principal=principal, name=name)
        version = await versions.find(session, model=model, ref=ref.strip("/"))
        artifact, _ = await platform_artifacts.get(session, principal=principal, artifact_id=version.artifact_id)
        return artifact
    if source.startswith("runs:/"):
        run_id, _, path = source.removeprefix("runs:/").partition("/")
        source = f"{SCHEME}-/{run_id}/artifacts/{path}"
    if not source.startswith(SCHEME):
        raise Invalid(
            f"{body.source!r} is not stored here: log the model with a tracking URI of this platform first, then "
            "register `models:/<model id>` or `runs:/<run id>/<path>`",
            field="source",
        )
    where = await artifacts.place(
        session, principal=principal, location=source.removeprefix(SCHEME), action=Action.READ
    )
    if where.artifact_id is not None:
        artifact, _ = await platform_artifacts.get(session, principal=principal, artifact_id=where.artifact_id)
        return artifact
    if where.root.startswith(LOGGED_MODEL):
        return await _of_logged_model(session, principal, where.root)
    name = where.path.rpartition("/")[2] or "model"
    made = await artifacts.bundle(session, principal=principal, place=where, name=name, root=artifacts.OF_VERSION)
    if made is None:
        raise NotFound("artifact", body.source)
    return made


async def _of_logged_model(session: AsyncSession, principal: Principal, model_id: str) -> Artifact:
    model = await artifacts.logged_model(session, principal=principal, model_id=model_id)
    made = await logged_models.files(session, principal=principal, model=model)
    if made is None:
        raise Invalid(f"the logged model {model_id} has no files: log it first", field="source")
    return made


async def _found(session: AsyncSession, principal: Principal, body: schemas.VersionKey) -> ModelVersion:
    model = await find(session, principal=principal, name=body.name, action=Action.WORK)
    return await versions.find(session, model=model, ref=str(body.version))


async def _change(
    session: AsyncSession, principal: Principal, body: schemas.VersionKey, changes: dict[str, Any]
) -> Record:
    model = await find(session, principal=principal, name=body.name, action=Action.WORK)
    changed = await versions.update(
        session, principal=principal, model_id=model.id, number=body.version, changes=changes
    )
    return await _version(session, model, changed)


async def _version(session: AsyncSession, model: RegisteredModel, version: ModelVersion) -> Record:
    await session.refresh(version)
    numbers = (await ModelSearch(session).aliases([model.id]))[model.id]
    return {"model_version": records.model_version(version, model.name, _pointing(numbers, version.version))}


async def _shown(session: AsyncSession, model: RegisteredModel) -> Record:
    await session.refresh(model)
    return {"registered_model": (await _records(session, [model]))[0]}


async def _records(session: AsyncSession, models: Sequence[RegisteredModel]) -> list[Record]:
    model_ids: list[UUID] = [model.id for model in models]
    aliases = await ModelSearch(session).aliases(model_ids)
    latest = await VersionSearch(session).latest(model_ids)
    told = []
    for model in models:
        newest = latest.get(model.id)
        pointing = [(newest, _pointing(aliases[model.id], newest.version))] if newest else []
        told.append(records.registered_model(model, aliases[model.id], pointing))
    return told


def _pointing(numbers: dict[str, int], version: int) -> list[str]:
    return [alias for alias, number in numbers.items() if number == version]


def _tags(tags: Sequence[schemas.Tag]) -> dict[str, str]:
    return {tag.key: tag.value for tag in tags}


def _without(tags: dict[str, Any], name: str) -> dict[str, Any]:
    if name not in tags:
        raise NotFound("tag", name)
    return {each: value for each, value in tags.items() if each != name}
