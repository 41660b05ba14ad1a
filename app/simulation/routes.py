from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, status

from app.deps import MayRead, MayWork, Narrowed, Paging, SessionDep
from app.kit.pagination import Page
from app.scheduler.order_repository import WorkOrder
from app.scheduler.status import Status
from app.simulation import service
from app.simulation.schemas import EnvironmentRead, ReportRead, ScenarioRead, SimulationRead
from trine.specs.simulation import SimulationSpec

router = APIRouter(tags=["simulation"])


@router.get("/environments", response_model=list[EnvironmentRead])
async def environments(session: SessionDep, principal: MayRead) -> object:
    return await service.environments(session)


@router.get("/scenarios", response_model=list[ScenarioRead])
async def scenarios(session: SessionDep, principal: MayRead) -> object:
    return await service.scenarios(session)


@router.post("/projects/{project}/simulations", response_model=SimulationRead, status_code=status.HTTP_201_CREATED)
async def create(session: SessionDep, principal: MayWork, project: str, body: SimulationSpec) -> object:
    return await service.create(session, principal=principal, project=project, spec=body)


@router.get("/projects/{project}/simulations", response_model=Page[SimulationRead])
async def simulations(
    session: SessionDep,
    principal: MayRead,
    project: str,
    paging: Paging,
    filters: Narrowed,
    status: Annotated[Sequence[Status], Query()] = (),
    sort: WorkOrder = WorkOrder.NEWEST,
) -> object:
    return await service.simulations(
        session, principal=principal, project=project, request=paging, filters=filters, status=status, order=sort
    )


@router.get("/simulations/{simulation_id}", response_model=SimulationRead)
async def get(session: SessionDep, principal: MayRead, simulation_id: UUID) -> object:
    return await service.get(session, principal=principal, simulation_id=simulation_id)


@router.post("/simulations/{simulation_id}:cancel", response_model=SimulationRead)
async def cancel(session: SessionDep, principal: MayWork, simulation_id: UUID) -> object:
    return await service.cancel(session, principal=principal, simulation_id=simulation_id)


@router.get("/simulations/{simulation_id}/report", response_model=ReportRead)
async def report(session: SessionDep, principal: MayRead, simulation_id: UUID) -> object:
    return await service.report(session, principal=principal, simulation_id=simulation_id)
