from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Response, status

from app.deps import MayRead, MayWork, NarrowedOrDeleted, Paging, PlatformDep, SessionDep
from app.kit.pagination import Page
from app.precondition import Unchanged, etag, tagged
from app.registry import aliases, service, versions
from app.registry.precondition import AliasUnchanged
from app.registry.repository import ModelRepository
from app.registry.schemas import AliasName, AliasSet, ModelCreate, ModelDetail, ModelRead, ModelUpdate, VersionRead

router = APIRouter(tags=["registry"])

UNCHANGED = Depends(Unchanged(ModelRepository, "model_id"))
ALIAS_UNCHANGED = Depends(AliasUnchanged(ModelRepository, "model_id"))
Alias = Annotated[AliasName, Path()]


@router.post(
    "/projects/{project}/models",
    response_model=ModelRead,
    status_code=status.HTTP_201_CREATED,
    responses={200: {"model": ModelRead, "description": "It existed"}},
)
async def create(
    session: SessionDep, principal: MayWork, project: str, body: ModelCreate, response: Response
) -> object:
    """201 where it was made, 200 where a model of that name existed."""
    row, made = await service.create(session, principal=principal, project=project, **body.model_dump())
    response.status_code = status.HTTP_201_CREATED if made else status.HTTP_200_OK
    return await tagged(session, response, row)


@router.get("/projects/{project}/models", response_model=Page[ModelRead])
async def list_models(
    session: SessionDep, principal: MayRead, project: str, paging: Paging, filters: NarrowedOrDeleted
) -> object:
    return await service.models(session, principal=principal, project=project, request=paging, filters=filters)


@router.get("/models/{model_id}", response_model=ModelDetail)
async def get(session: SessionDep, principal: MayRead, model_id: UUID, response: Response) -> object:
    model = await service.get(session, principal=principal, model_id=model_id)
    await tagged(session, response, model)
    return ModelRead.model_validate(model).model_dump() | {"versions": await versions.of_model(session, model=model)}


@router.patch("/models/{model_id}", response_model=ModelRead, dependencies=[UNCHANGED])
async def update(
    session: SessionDep, principal: MayWork, model_id: UUID, body: ModelUpdate, response: Response
) -> object:
    changes = body.model_dump(exclude_unset=True)
    row = await service.update(session, principal=principal, model_id=model_id, changes=changes)
    return await tagged(session, response, row)


@router.delete("/models/{model_id}", status_code=status.HTTP_204_NO_CONTENT, dependencies=[UNCHANGED])
async def remove(session: SessionDep, principal: MayWork, model_id: UUID) -> None:
    """With its versions. Refused while a deployment serves one: stop it first."""
    await service.remove(session, principal=principal, model_id=model_id)


@router.post("/models/{model_id}:undelete", response_model=ModelRead)
async def undelete(
    session: SessionDep, platform: PlatformDep, principal: MayWork, model_id: UUID, response: Response
) -> object:
    row = await service.restore(session, principal=principal, model_id=model_id, kept=platform.settings.retention)
    return await tagged(session, response, row)


@router.get("/models/{model_id}/aliases/{alias}", response_model=VersionRead)
async def get_alias(
    session: SessionDep, principal: MayRead, model_id: UUID, alias: Alias, response: Response
) -> object:
    """The version that it points at."""
    version, moved_at = await aliases.get(session, principal=principal, model_id=model_id, alias=alias)
    response.headers["ETag"] = etag(version.id, moved_at)
    return version


@router.put("/models/{model_id}/aliases/{alias}", response_model=VersionRead, dependencies=[ALIAS_UNCHANGED])
async def set_alias(
    session: SessionDep, principal: MayWork, model_id: UUID, alias: Alias, body: AliasSet, response: Response
) -> object:
    """409 (`gate_closed`) with the outcome of each rule where the gate of the alias says no."""
    version, moved_at = await aliases.put(
        session,
        principal=principal,
        model_id=model_id,
        alias=alias,
        number=body.version,
        override=body.override,
    )
    response.headers["ETag"] = etag(version.id, moved_at)
    return version


@router.delete(
    "/models/{model_id}/aliases/{alias}", status_code=status.HTTP_204_NO_CONTENT, dependencies=[ALIAS_UNCHANGED]
)
async def remove_alias(session: SessionDep, principal: MayWork, model_id: UUID, alias: Alias) -> None:
    await aliases.remove(session, principal=principal, model_id=model_id, alias=alias)
