from collections.abc import AsyncIterator, Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, status
from fastapi.sse import EventSourceResponse, ServerSentEvent

from app.deps import MayRead, MayWork, Narrowed, Paging, PlatformDep, SessionDep, StillDep
from app.experiments import log_stream
from app.experiments.schemas import LogRead
from app.kit.pagination import Page
from app.scheduler.order_repository import WorkOrder
from app.scheduler.schemas import Forecast
from app.scheduler.status import Status
from app.training import service
from app.training.schemas import TrainingJobRead
from trine.specs.training import TrainingSpec

router = APIRouter(tags=["training"])


@router.post("/projects/{project}/training-jobs", response_model=TrainingJobRead, status_code=status.HTTP_201_CREATED)
async def create(session: SessionDep, principal: MayWork, project: str, body: TrainingSpec) -> object:
    return await service.create(session, principal=principal, project=project, spec=body)


@router.post("/projects/{project}/training-jobs:plan", response_model=Forecast)
async def plan(session: SessionDep, principal: MayWork, project: str, body: TrainingSpec) -> object:
    """Validates as a submission would and tells what it would ask for; nothing is submitted."""
    return await service.plan(session, principal=principal, project=project, spec=body)


@router.get("/projects/{project}/training-jobs", response_model=Page[TrainingJobRead])
async def jobs(
    session: SessionDep,
    principal: MayRead,
    project: str,
    paging: Paging,
    filters: Narrowed,
    status: Annotated[Sequence[Status], Query()] = (),
    sort: WorkOrder = WorkOrder.NEWEST,
) -> object:
    return await service.jobs(
        session, principal=principal, project=project, request=paging, filters=filters, status=status, order=sort
    )


@router.get("/training-jobs/{job_id}", response_model=TrainingJobRead)
async def get(session: SessionDep, principal: MayRead, job_id: UUID) -> object:
    return await service.get(session, principal=principal, job_id=job_id)


@router.post("/training-jobs/{job_id}:cancel", response_model=TrainingJobRead)
async def cancel(session: SessionDep, principal: MayWork, job_id: UUID) -> object:
    return await service.cancel(session, principal=principal, job_id=job_id)


@router.post("/training-jobs/{job_id}:retry", response_model=TrainingJobRead)
async def retry(session: SessionDep, principal: MayWork, job_id: UUID) -> object:
    return await service.retry(session, principal=principal, job_id=job_id)


async def run_of_job(platform: PlatformDep, principal: MayRead, job_id: UUID) -> UUID:
    """Found before the stream begins, because its status can no longer tell afterwards."""
    async with platform.database.session(principal.scope) as session:
        return (await service.get(session, principal=principal, job_id=job_id)).run_id


@router.get("/training-jobs/{job_id}/logs", response_class=EventSourceResponse)
async def logs(
    platform: PlatformDep,
    principal: MayRead,
    still: StillDep,
    run_id: Annotated[UUID, Depends(run_of_job)],
    follow: bool = True,
    last_event_id: UUID | None = Header(default=None),
) -> AsyncIterator[ServerSentEvent]:
    """What the job's processes printed, from the beginning or after `Last-Event-ID`; ends when the run has ended."""
    async for entry in log_stream.follow(
        platform.database, platform.listener, principal, run_id=run_id, after=last_event_id, wait=follow
    ):
        if not await still():
            return
        yield ServerSentEvent(data=LogRead.model_validate(entry).model_dump(mode="json"), id=str(entry.id), event="log")
