from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response, status

from app.deps import JobMayRead, JobMayReport, MayRead, MayWork, Paging, PlatformDep, ReportingSessionDep, SessionDep
from app.experiments import hot, service
from app.experiments.repository import RunRepository
from app.experiments.schemas import (
    ExperimentCreate,
    ExperimentRead,
    LogRead,
    RunCreate,
    RunDetail,
    RunRead,
    RunUpdate,
    SeriesRead,
)
from app.kit.pagination import Page
from app.precondition import JobUnchanged, tagged
from trine.specs.telemetry import Ack, Batch

router = APIRouter(tags=["experiments"])


@router.post(
    "/projects/{project}/experiments",
    response_model=ExperimentRead,
    status_code=status.HTTP_201_CREATED,
    responses={200: {"model": ExperimentRead, "description": "It existed"}},
)
async def create_experiment(
    session: SessionDep, principal: MayWork, project: str, body: ExperimentCreate, response: Response
) -> object:
    """201 where it was made, 200 where an experiment of that name existed."""
    row, made = await service.experiment(session, principal=principal, project=project, **body.model_dump())
    response.status_code = status.HTTP_201_CREATED if made else status.HTTP_200_OK
    return row


@router.get("/projects/{project}/experiments", response_model=Page[ExperimentRead])
async def list_experiments(session: SessionDep, principal: MayRead, project: str, paging: Paging) -> object:
    return await service.experiments(session, principal=principal, project=project, request=paging)


@router.post("/experiments/{experiment_id}/runs", response_model=RunRead, status_code=status.HTTP_201_CREATED)
async def create_run(
    session: SessionDep, principal: MayWork, experiment_id: UUID, body: RunCreate, response: Response
) -> object:
    run = await service.start_run(session, principal=principal, experiment_id=experiment_id, **body.model_dump())
    return await tagged(session, response, run)


@router.get("/projects/{project}/runs", response_model=Page[RunRead])
async def list_runs(
    session: SessionDep,
    principal: MayRead,
    project: str,
    paging: Paging,
    experiment_id: UUID | None = None,
    kind: str | None = None,
) -> object:
    return await service.runs(
        session, principal=principal, project=project, request=paging, experiment_id=experiment_id, kind=kind
    )


@router.get("/runs/{run_id}", response_model=RunDetail)
async def get_run(platform: PlatformDep, principal: JobMayRead, run_id: UUID) -> Response:
    body = await hot.detail(platform.pipeline, principal=principal, run_id=run_id)
    return Response(body, media_type="application/json")


@router.patch("/runs/{run_id}", response_model=RunRead, dependencies=[Depends(JobUnchanged(RunRepository, "run_id"))])
async def update_run(
    session: ReportingSessionDep, principal: JobMayReport, run_id: UUID, body: RunUpdate, response: Response
) -> object:
    run = await service.update(session, principal=principal, run_id=run_id, body=body)
    return await tagged(session, response, run)


@router.post("/runs/{run_id}/batches", response_model=Ack)
async def report(platform: PlatformDep, principal: JobMayReport, run_id: UUID, body: Batch) -> Response:
    ack = await hot.report(platform.pipeline, platform.announcer, principal=principal, run_id=run_id, batch=body)
    return Response(ack.model_dump_json(), media_type="application/json")


@router.get("/runs/{run_id}/metrics", response_model=list[SeriesRead])
async def metrics(
    session: SessionDep,
    principal: MayRead,
    run_id: UUID,
    name: Annotated[list[str], Query(min_length=1, max_length=100)],
    points: Annotated[int, Query(ge=4, le=100_000)] = 1200,
    after: int | None = None,
) -> object:
    return await service.series(session, principal=principal, run_id=run_id, names=name, points=points, after=after)


@router.get("/runs/{run_id}/logs", response_model=list[LogRead])
async def logs(
    session: SessionDep,
    principal: MayRead,
    run_id: UUID,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> Sequence[object]:
    return await service.logs(session, principal=principal, run_id=run_id, after=after, limit=limit)
