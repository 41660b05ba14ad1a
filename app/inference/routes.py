from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response, status

from app.deps import MayRead, MayWork, NarrowedOrDeleted, Paging, PlatformDep, SessionDep
from app.inference import metrics, service
from app.inference.metrics_schemas import ServiceMetrics
from app.inference.repository import ServiceRepository
from app.inference.schemas import DeploymentCreate, DeploymentRead, ServiceCreate, ServiceRead, Traffic
from app.kit.pagination import Page
from app.precondition import Unchanged, tagged
from app.scheduler.status import Status
from app.span import AskedSpan

router = APIRouter(tags=["inference"])

UNCHANGED = Depends(Unchanged(ServiceRepository, "service_id"))


@router.post("/projects/{project}/services", response_model=ServiceRead, status_code=status.HTTP_201_CREATED)
async def create(
    session: SessionDep, principal: MayWork, project: str, body: ServiceCreate, response: Response
) -> object:
    row = await service.create(session, principal=principal, project=project, **body.model_dump())
    return await tagged(session, response, row)


@router.get("/projects/{project}/services", response_model=Page[ServiceRead])
async def services(
    session: SessionDep, principal: MayRead, project: str, paging: Paging, filters: NarrowedOrDeleted
) -> object:
    return await service.services(session, principal=principal, project=project, request=paging, filters=filters)


@router.get("/services/{service_id}", response_model=ServiceRead)
async def get(session: SessionDep, principal: MayRead, service_id: UUID, response: Response) -> object:
    row = await service.get(session, principal=principal, service_id=service_id)
    return await tagged(session, response, row)


@router.delete("/services/{service_id}", status_code=status.HTTP_204_NO_CONTENT, dependencies=[UNCHANGED])
async def remove(session: SessionDep, principal: MayWork, service_id: UUID) -> None:
    """Stops its deployments; the name is free again at once."""
    await service.remove(session, principal=principal, service_id=service_id)


@router.post("/services/{service_id}:undelete", response_model=ServiceRead)
async def undelete(
    session: SessionDep, platform: PlatformDep, principal: MayWork, service_id: UUID, response: Response
) -> object:
    """Its deployments were stopped, and stay so."""
    row = await service.restore(session, principal=principal, service_id=service_id, kept=platform.settings.retention)
    return await tagged(session, response, row)


@router.post("/services/{service_id}/deployments", response_model=DeploymentRead, status_code=status.HTTP_201_CREATED)
async def deploy(session: SessionDep, principal: MayWork, service_id: UUID, body: DeploymentCreate) -> object:
    return await service.deploy(session, principal=principal, service_id=service_id, body=body)


@router.get("/services/{service_id}/deployments", response_model=Page[DeploymentRead])
async def deployments(
    session: SessionDep,
    principal: MayRead,
    service_id: UUID,
    paging: Paging,
    status: Annotated[Sequence[Status], Query()] = (),
) -> object:
    return await service.deployments(session, principal=principal, service_id=service_id, request=paging, status=status)


@router.put("/services/{service_id}/traffic", response_model=list[DeploymentRead], dependencies=[UNCHANGED])
async def set_traffic(session: SessionDep, principal: MayWork, service_id: UUID, body: Traffic) -> object:
    return await service.set_traffic(session, principal=principal, service_id=service_id, weights=body.weights)


@router.get("/services/{service_id}/metrics", response_model=ServiceMetrics)
async def read_metrics(
    session: SessionDep, principal: MayRead, service_id: UUID, asked: AskedSpan, deployment_id: UUID | None = None
) -> object:
    """How it answered, in at most 400 steps: of all its deployments, or of one. Steps are of ten seconds and more, of
    five minutes and more where they begin earlier than a day ago; kept for ninety days."""
    return await metrics.metrics(
        session, principal=principal, service_id=service_id, deployment_id=deployment_id, asked=asked
    )


@router.get("/deployments/{deployment_id}", response_model=DeploymentRead)
async def deployment(session: SessionDep, principal: MayRead, deployment_id: UUID) -> object:
    return await service.deployment(session, principal=principal, deployment_id=deployment_id)


@router.post("/deployments/{deployment_id}:stop", response_model=DeploymentRead)
async def stop(session: SessionDep, principal: MayWork, deployment_id: UUID) -> object:
    return await service.stop(session, principal=principal, deployment_id=deployment_id)
