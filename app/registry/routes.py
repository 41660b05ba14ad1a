from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response, status

from app.deps import MayRead, MayWork, Paging, SessionDep
from app.kit.pagination import Page
from app.registry import service
from app.registry.schemas import AliasSet, ModelCreate, ModelDetail, ModelRead, VersionCreate, VersionRead

router = APIRouter(tags=["registry"])

Alias = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{0,62}$")]


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
    return row


@router.get("/projects/{project}/models", response_model=Page[ModelRead])
async def list_models(session: SessionDep, principal: MayRead, project: str, paging: Paging) -> object:
    return await service.models(session, principal=principal, project=project, request=paging)


@router.get("/models/{model_id}", response_model=ModelDetail)
async def get(session: SessionDep, principal: MayRead, model_id: UUID) -> object:
    model = await service.get(session, principal=principal, model_id=model_id)
    versions = await service.versions(session, model=model)
    return ModelRead.model_validate(model).model_dump() | {"versions": versions}


@router.post("/models/{model_id}/versions", response_model=VersionRead, status_code=status.HTTP_201_CREATED)
async def create_version(session: SessionDep, principal: MayWork, model_id: UUID, body: VersionCreate) -> object:
    return await service.create_version(session, principal=principal, model_id=model_id, artifact_id=body.artifact_id)


@router.put("/models/{model_id}/aliases/{alias}", response_model=VersionRead)
async def set_alias(session: SessionDep, principal: MayWork, model_id: UUID, alias: Alias, body: AliasSet) -> object:
    return await service.set_alias(session, principal=principal, model_id=model_id, alias=alias, number=body.version)


@router.delete("/models/{model_id}/aliases/{alias}", status_code=status.HTTP_204_NO_CONTENT)
async def remove_alias(session: SessionDep, principal: MayWork, model_id: UUID, alias: Alias) -> None:
    await service.remove_alias(session, principal=principal, model_id=model_id, alias=alias)
