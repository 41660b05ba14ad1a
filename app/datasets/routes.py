from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response, status

from app.auth.permissions import Action
from app.datasets import description, service
from app.datasets.description import Description
from app.datasets.schemas import (
    DatasetCreate,
    DatasetDetail,
    DatasetRead,
    DatasetVersionCreate,
    DatasetVersionRead,
)
from app.deps import MayRead, MayWork, NarrowedOrDeleted, Paging, PlatformDep, SessionDep
from app.kit.pagination import Page

router = APIRouter(tags=["datasets"])


@router.post(
    "/projects/{project}/datasets",
    response_model=DatasetRead,
    status_code=status.HTTP_201_CREATED,
    responses={200: {"model": DatasetRead, "description": "It existed"}},
)
async def create(
    session: SessionDep, principal: MayWork, project: str, body: DatasetCreate, response: Response
) -> object:
    """201 where it was made, 200 where a dataset of that name existed."""
    row, made = await service.create(session, principal=principal, project=project, **body.model_dump())
    response.status_code = status.HTTP_201_CREATED if made else status.HTTP_200_OK
    return row


@router.get("/projects/{project}/datasets", response_model=Page[DatasetRead])
async def list_datasets(
    session: SessionDep, principal: MayRead, project: str, paging: Paging, filters: NarrowedOrDeleted
) -> object:
    return await service.datasets(session, principal=principal, project=project, request=paging, filters=filters)


@router.get("/datasets/{dataset_id}", response_model=DatasetDetail)
async def get(session: SessionDep, principal: MayRead, dataset_id: UUID) -> object:
    dataset, versions = await service.detail(session, principal=principal, dataset_id=dataset_id)
    return DatasetRead.model_validate(dataset).model_dump() | {"versions": versions}


@router.delete("/datasets/{dataset_id}", status_code=status.HTTP_204_NO_CONTENT)
async def remove(session: SessionDep, principal: MayWork, dataset_id: UUID) -> None:
    """With its versions; the artifacts that they are made of stay."""
    await service.remove(session, principal=principal, dataset_id=dataset_id)


@router.post("/datasets/{dataset_id}:undelete", response_model=DatasetRead)
async def undelete(session: SessionDep, platform: PlatformDep, principal: MayWork, dataset_id: UUID) -> object:
    return await service.restore(session, principal=principal, dataset_id=dataset_id, kept=platform.settings.retention)


async def described(
    platform: PlatformDep, principal: MayWork, dataset_id: UUID, body: DatasetVersionCreate
) -> Description:
    """Before the transaction: the store is read while no session is open."""
    async with platform.database.session(principal.scope) as session:
        await service.get(session, principal=principal, dataset_id=dataset_id, action=Action.WORK)
    return await description.describe(
        platform.database, platform.store, principal=principal, artifact_id=body.artifact_id
    )


@router.post("/datasets/{dataset_id}/versions", response_model=DatasetVersionRead, status_code=status.HTTP_201_CREATED)
async def create_version(
    described: Annotated[Description, Depends(described)],
    session: SessionDep,
    principal: MayWork,
    dataset_id: UUID,
    body: DatasetVersionCreate,
) -> object:
    """Of an artifact of type `dataset`. The same content again is the same version."""
    return await service.create_version(
        session, principal=principal, dataset_id=dataset_id, body=body, described=described
    )
