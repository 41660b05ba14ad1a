"""MLflow's tracking API below `/api/2.0/mlflow`: experiments, runs and what they report. Requests and answers are those
of MLflow's `service.proto`, so they are in no OpenAPI document of ours."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse

from app.deps import JobMayRead, JobMayReport, MayRead, MayWork, PlatformDep, ReportingSessionDep, SessionDep
from app.direct import direct
from app.experiments.hot import HotRunsDep
from app.mlflow import experiments, history, runs, schemas
from app.mlflow.records import Record
from app.mlflow.route import MlflowRoute

router = APIRouter(prefix="/mlflow", route_class=MlflowRoute, include_in_schema=False)

RunId = Annotated[str, Query(max_length=100)]


@router.post("/experiments/create")
async def create_experiment(session: SessionDep, principal: MayWork, body: schemas.ExperimentCreate) -> Record:
    tags = {tag.key: tag.value for tag in body.tags}
    return await experiments.create(session, principal=principal, name=body.name, tags=tags)


@router.get("/experiments/get")
async def get_experiment(session: SessionDep, principal: MayRead, experiment_id: str) -> Record:
    return await experiments.get(session, principal=principal, experiment_id=experiment_id)


@router.get("/experiments/get-by-name")
async def get_experiment_by_name(session: SessionDep, principal: MayRead, experiment_name: str) -> Record:
    return await experiments.by_name(session, principal=principal, name=experiment_name)


@router.post("/experiments/search")
async def search_experiments(session: SessionDep, principal: MayRead, body: schemas.ExperimentSearch) -> Record:
    return await experiments.search(session, principal=principal, body=body)


@router.get("/experiments/search")
async def list_experiments(
    session: SessionDep, principal: MayRead, query: Annotated[schemas.ExperimentSearch, Query()]
) -> Record:
    return await experiments.search(session, principal=principal, body=query)


@router.post("/experiments/update")
async def update_experiment(session: SessionDep, principal: MayWork, body: schemas.ExperimentUpdate) -> Record:
    return await experiments.update(session, principal=principal, experiment_id=body.experiment_id, name=body.new_name)


@router.post("/experiments/delete")
async def delete_experiment(session: SessionDep, principal: MayWork, body: schemas.ExperimentKey) -> Record:
    return await experiments.remove(session, principal=principal, experiment_id=body.experiment_id)


@router.post("/experiments/restore")
async def restore_experiment(
    session: SessionDep, platform: PlatformDep, principal: MayWork, body: schemas.ExperimentKey
) -> Record:
    return await experiments.restore(
        session, principal=principal, experiment_id=body.experiment_id, kept=platform.settings.retention
    )


@router.post("/experiments/set-experiment-tag")
async def set_experiment_tag(session: SessionDep, principal: MayWork, body: schemas.ExperimentTag) -> Record:
    return await experiments.set_tag(
        session, principal=principal, experiment_id=body.experiment_id, name=body.key, value=body.value
    )


@router.post("/experiments/delete-experiment-tag")
async def delete_experiment_tag(session: SessionDep, principal: MayWork, body: schemas.ExperimentTagKey) -> Record:
    return await experiments.remove_tag(session, principal=principal, experiment_id=body.experiment_id, name=body.key)


@router.post("/runs/create")
async def create_run(session: SessionDep, principal: MayWork, body: schemas.RunCreate) -> Record:
    return await runs.create(session, principal=principal, body=body)


@router.get("/runs/get")
async def get_run(session: ReportingSessionDep, principal: JobMayRead, run_id: RunId) -> Record:
    return await runs.get(session, principal=principal, run_id=run_id)


@router.post("/runs/update")
async def update_run(session: ReportingSessionDep, principal: JobMayReport, body: schemas.RunUpdate) -> Record:
    return await runs.update(session, principal=principal, body=body)


@router.post("/runs/delete")
async def delete_run(session: SessionDep, principal: MayWork, body: schemas.RunKey) -> Record:
    return await runs.remove(session, principal=principal, run_id=body.run_id)


@router.post("/runs/restore")
async def restore_run(session: SessionDep, platform: PlatformDep, principal: MayWork, body: schemas.RunKey) -> Record:
    return await runs.restore(session, principal=principal, run_id=body.run_id, kept=platform.settings.retention)


@router.post("/runs/search")
async def search_runs(session: SessionDep, principal: MayRead, body: schemas.RunSearch) -> Record:
    return await runs.search(session, principal=principal, body=body)


@router.post("/runs/set-tag")
async def set_tag(session: ReportingSessionDep, principal: JobMayReport, body: schemas.RunTag) -> Record:
    return await runs.set_tags(session, principal=principal, run_id=body.run_id, tags=[body])


@router.post("/runs/delete-tag")
async def delete_tag(session: ReportingSessionDep, principal: JobMayReport, body: schemas.RunTagKey) -> Record:
    return await runs.remove_tag(session, principal=principal, run_id=body.run_id, name=body.key)


@router.post("/runs/log-parameter")
async def log_parameter(session: ReportingSessionDep, principal: JobMayReport, body: schemas.RunParam) -> Record:
    return await runs.set_params(session, principal=principal, run_id=body.run_id, params=[body])


@router.post("/runs/log-metric")
@direct
async def log_metric(reported: HotRunsDep, principal: JobMayReport, body: schemas.RunMetric) -> Response:
    told = await runs.report_metrics(reported, principal=principal, run_id=body.run_id, metrics=[body])
    return JSONResponse(told)


@router.post("/runs/log-batch")
@direct
async def log_batch(
    platform: PlatformDep, reported: HotRunsDep, principal: JobMayReport, body: schemas.Batch
) -> Response:
    told = await runs.report(platform.database, reported, principal=principal, run_id=body.run_id, body=body)
    return JSONResponse(told)


@router.post("/runs/log-inputs")
async def log_inputs(session: ReportingSessionDep, principal: JobMayReport, body: schemas.Inputs) -> Record:
    return await runs.link_inputs(session, principal=principal, body=body)


@router.post("/runs/outputs")
async def log_outputs(session: ReportingSessionDep, principal: JobMayReport, body: schemas.Outputs) -> Record:
    return await runs.link_outputs(session, principal=principal, body=body)


@router.post("/runs/log-model")
async def log_model(session: ReportingSessionDep, principal: JobMayReport, body: schemas.RunModel) -> Record:
    return await runs.log_model(session, principal=principal, run_id=body.run_id, told=body.model_json)


@router.get("/metrics/get-history")
async def metric_history(
    session: SessionDep,
    principal: MayRead,
    run_id: RunId,
    metric_key: str,
    max_results: Annotated[int | None, Query(ge=1)] = None,
    page_token: str | None = None,
) -> Record:
    return await history.of_metric(
        session, principal=principal, run_id=run_id, name=metric_key, limit=max_results, token=page_token
    )


@router.get("/metrics/get-history-bulk-interval")
async def metric_history_of_runs(
    session: SessionDep,
    principal: MayRead,
    run_ids: Annotated[list[str], Query(min_length=1, max_length=100)],
    metric_key: str,
    start_step: int | None = None,
    end_step: int | None = None,
    max_results: Annotated[int, Query(ge=1, le=history.MOST_INTERVAL)] = history.MOST_INTERVAL,
) -> Record:
    return await history.of_metric_in_runs(
        session,
        principal=principal,
        run_ids=run_ids,
        name=metric_key,
        steps=(start_step, end_step),
        limit=max_results,
    )
