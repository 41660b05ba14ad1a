from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Response, status

from app.deps import (
    JobMayRead,
    JobMayReport,
    MayRead,
    MayWork,
    NarrowedOrDeleted,
    Paging,
    PlatformDep,
    ReportingSessionDep,
    SessionDep,
)
from app.direct import direct
from app.experiments import deletion, readings, resume, service
from app.experiments.charts import View
from app.experiments.hot import HotRunsDep
from app.experiments.repository import ExperimentRepository, RunRepository
from app.experiments.schemas import (
    Axis,
    ExperimentCreate,
    ExperimentRead,
    ExperimentUpdate,
    LogRead,
    ResumedRun,
    RunCreate,
    RunDetail,
    RunKind,
    RunRead,
    RunSeries,
    RunStatus,
    RunUpdate,
    SeriesRead,
)
from app.kit.pagination import Page
from app.precondition import JobUnchanged, Unchanged, etag, tagged
from trine.specs.telemetry import Ack, Batch

router = APIRouter(tags=["experiments"])

EXPERIMENT_UNCHANGED = Depends(Unchanged(ExperimentRepository, "experiment_id"))


@router.get("/runs/{run_id}", response_model=RunDetail)
@direct
async def get_run(runs: HotRunsDep, principal: JobMayRead, run_id: UUID) -> Response:
    found = await runs.detail(principal=principal, run_id=run_id)
    return Response(found.json, media_type="application/json", headers={"ETag": etag(run_id, found.updated_at)})


@router.post("/runs/{run_id}/batches", response_model=Ack)
@direct
async def report(runs: HotRunsDep, principal: JobMayReport, run_id: UUID, body: Batch) -> Response:
    ack = await runs.report(principal=principal, run_id=run_id, batch=body)
    return Response(ack.model_dump_json(), media_type="application/json")


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
async def list_experiments(
    session: SessionDep, principal: MayRead, project: str, paging: Paging, filters: NarrowedOrDeleted
) -> object:
    return await service.experiments(session, principal=principal, project=project, request=paging, filters=filters)


@router.get("/experiments/{experiment_id}", response_model=ExperimentRead)
async def get_experiment(session: SessionDep, principal: MayRead, experiment_id: UUID, response: Response) -> object:
    row = await service.get_experiment(session, principal=principal, experiment_id=experiment_id)
    return await tagged(session, response, row)


@router.patch("/experiments/{experiment_id}", response_model=ExperimentRead, dependencies=[EXPERIMENT_UNCHANGED])
async def update_experiment(
    session: SessionDep, principal: MayWork, experiment_id: UUID, body: ExperimentUpdate, response: Response
) -> object:
    row = await service.update_experiment(
        session, principal=principal, experiment_id=experiment_id, **body.model_dump()
    )
    return await tagged(session, response, row)


@router.delete(
    "/experiments/{experiment_id}", status_code=status.HTTP_204_NO_CONTENT, dependencies=[EXPERIMENT_UNCHANGED]
)
async def remove_experiment(session: SessionDep, principal: MayWork, experiment_id: UUID) -> None:
    """With its runs and their artifacts, but for what versions of models are made of."""
    await deletion.remove_experiment(session, principal=principal, experiment_id=experiment_id)


@router.post("/experiments/{experiment_id}:undelete", response_model=ExperimentRead)
async def undelete_experiment(
    session: SessionDep, platform: PlatformDep, principal: MayWork, experiment_id: UUID, response: Response
) -> object:
    """With what was deleted together with it."""
    row = await deletion.restore_experiment(
        session, principal=principal, experiment_id=experiment_id, kept=platform.settings.retention
    )
    return await tagged(session, response, row)


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
    filters: NarrowedOrDeleted,
    experiment_id: UUID | None = None,
    kind: RunKind | None = None,
    status: Annotated[Sequence[RunStatus], Query()] = (),
) -> object:
    return await service.runs(
        session,
        principal=principal,
        project=project,
        request=paging,
        filters=filters,
        experiment_id=experiment_id,
        kind=kind,
        status=status,
    )


@router.delete(
    "/runs/{run_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    dependencies=[Depends(Unchanged(RunRepository, "run_id"))],
)
async def remove_run(session: SessionDep, principal: MayWork, run_id: UUID) -> None:
    """With its job and its artifacts, but for what versions of models are made of. Cancel first what has not ended."""
    await deletion.remove_run(session, principal=principal, run_id=run_id)


@router.post("/runs/{run_id}:undelete", response_model=RunRead)
async def undelete_run(
    session: SessionDep, platform: PlatformDep, principal: MayWork, run_id: UUID, response: Response
) -> object:
    run = await deletion.restore_run(session, principal=principal, run_id=run_id, kept=platform.settings.retention)
    return await tagged(session, response, run)


@router.post("/runs/{run_id}:resume", response_model=ResumedRun)
async def resume_run(session: SessionDep, principal: MayWork, run_id: UUID) -> object:
    """It runs again, under a new number of its attempt: where two tell of a step, the newer holds."""
    run, attempt, next_step = await resume.resume(session, principal=principal, run_id=run_id)
    return RunRead.model_validate(run).model_dump() | {"attempt": attempt, "next_step": next_step}


@router.patch("/runs/{run_id}", response_model=RunRead, dependencies=[Depends(JobUnchanged(RunRepository, "run_id"))])
async def update_run(
    session: ReportingSessionDep, principal: JobMayReport, run_id: UUID, body: RunUpdate, response: Response
) -> object:
    run = await service.update(session, principal=principal, run_id=run_id, body=body)
    return await tagged(session, response, run)


async def view(
    points: Annotated[int, Query(ge=4, le=100_000, description="Most of a curve; 4 a pixel draw it exactly.")] = 1200,
    axis: Axis = Axis.STEP,
    smoothing: Annotated[
        float, Query(ge=0, lt=1, description="Weight of what came before, as TensorBoard smooths; 0 is none.")
    ] = 0.0,
    first: Annotated[float | None, Query(description="Where the chart begins, in units of its axis.")] = None,
    last: Annotated[float | None, Query(description="Where it ends; both ends belong to it.")] = None,
) -> View:
    return View(points, axis, smoothing, first, last)


ViewDep = Annotated[View, Depends(view)]
MetricNames = Annotated[list[str], Query(min_length=1, max_length=100)]


@router.get("/runs/{run_id}/metrics", response_model=list[SeriesRead])
async def metrics(
    session: SessionDep,
    principal: MayRead,
    run_id: UUID,
    name: MetricNames,
    view: ViewDep,
    after: int | None = None,
) -> object:
    return await readings.series(session, principal=principal, run_id=run_id, names=name, after=after, view=view)


@router.get("/projects/{project}/runs:series", response_model=list[RunSeries])
async def series_of_runs(
    session: SessionDep,
    principal: MayRead,
    project: str,
    run: Annotated[list[UUID], Query(min_length=1, max_length=200)],
    name: MetricNames,
    view: ViewDep,
    accept_encoding: Annotated[str, Header(include_in_schema=False)] = "",
) -> Response:
    """Curves of many runs for one chart or a page of them: those that have points."""
    content, headers = await readings.series_of_runs(
        session,
        principal=principal,
        project=project,
        run_ids=run,
        names=name,
        view=view,
        encodings=accept_encoding,
    )
    return Response(content, media_type="application/json", headers=headers)


@router.get("/runs/{run_id}/logs", response_model=list[LogRead])
async def logs(
    session: SessionDep,
    principal: MayRead,
    run_id: UUID,
    after: Annotated[UUID | None, Query(description="Only what came after this entry.")] = None,
    first: Annotated[UUID | None, Query(description="Begins with this entry, such as one that was searched.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> Sequence[object]:
    return await readings.logs(session, principal=principal, run_id=run_id, after=after, limit=limit, first=first)
