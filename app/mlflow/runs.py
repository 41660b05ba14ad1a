"""Runs as MLflow clients know them. What they report goes the way of every report (`app/experiments/hot.py`)."""

import json
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.permissions import Action
from app.auth.principal import Principal, PrincipalKind
from app.errors import Conflict, Invalid, NotFound
from app.experiments import deletion
from app.experiments import service as experiments
from app.experiments.hot import HotRuns
from app.experiments.ingest_fold import RUNS_AT_ONCE, fold_runs
from app.experiments.schemas import RunUpdate
from app.kit.db import Database
from app.mlflow import records, schemas
from app.mlflow.experiments import find, for_run, view
from app.mlflow.filter import Entity, clauses, orders
from app.mlflow.identifiers import key
from app.mlflow.numbering import Numbering
from app.mlflow.pages import Slice
from app.mlflow.records import Record
from app.mlflow.repository import RunSearch
from app.tables import Run
from trine.specs.telemetry import Batch, Series

HISTORY_TAG = "mlflow.log-model.history"
_NUMBERS = Numbering()


async def create(session: AsyncSession, *, principal: Principal, body: schemas.RunCreate) -> Record:
    experiment_id = await for_run(session, principal=principal, experiment_id=body.experiment_id)
    tags = _tags(body.tags)
    named = body.run_name or tags.pop(records.RUN_NAME_TAG, "") or f"run-{secrets.token_hex(4)}"
    tags.pop(records.RUN_NAME_TAG, None)
    if body.user_id:
        tags.setdefault(records.USER_TAG, body.user_id)
    began = records.moment(body.start_time, "start_time") if body.start_time is not None else None
    run = await experiments.start_run(
        session, principal=principal, experiment_id=experiment_id, name=named, tags=tags, params={}, started_at=began
    )
    return {"run": await shown(session, run)}


async def get(session: AsyncSession, *, principal: Principal, run_id: str) -> Record:
    run = await find_run(session, principal=principal, run_id=run_id, deleted=None)
    return {"run": await shown(session, run)}


async def update(session: AsyncSession, *, principal: Principal, body: schemas.RunUpdate) -> Record:
    """A run of a person may go on after its end; that of a workload has its status from the workload."""
    run = await experiments.locked(session, principal=principal, run_id=key("run", body.run_id))
    before = experiments.changeable(run) | {"name": run.name}
    if body.status is not None and (status := records.run_status(body.status)) != run.status:
        if run.workload_id is not None and principal.kind is not PrincipalKind.WORKER:
            raise Conflict("the status of this run follows its workload: cancel or retry the job instead")
        ended = records.moment(body.end_time, "end_time") if body.end_time is not None else None
        if run.workload_id is None:
            await experiments.set_status(
                session, run=run, status=status, code="reported", message="set by its owner", ended_at=ended
            )
    if body.run_name:
        run.name = body.run_name
    await session.flush()
    await experiments.record_change(session, principal, run, before)
    await session.refresh(run)
    return {"run_info": records.run(run, records.Facts())["info"]}


async def remove(session: AsyncSession, *, principal: Principal, run_id: str) -> Record:
    await deletion.remove_run(session, principal=principal, run_id=key("run", run_id))
    return {}


async def restore(session: AsyncSession, *, principal: Principal, run_id: str, kept: timedelta) -> Record:
    await deletion.restore_run(session, principal=principal, run_id=key("run", run_id), kept=kept)
    return {}


async def set_tags(session: AsyncSession, *, principal: Principal, run_id: str, tags: Sequence[schemas.Tag]) -> Record:
    told = _tags(tags)
    name = told.pop(records.RUN_NAME_TAG, None)
    if told:
        await experiments.update(session, principal=principal, run_id=key("run", run_id), body=RunUpdate(tags=told))
    if name:
        await update(session, principal=principal, body=schemas.RunUpdate(run_id=run_id, run_name=name))
    return {}


async def remove_tag(session: AsyncSession, *, principal: Principal, run_id: str, name: str) -> Record:
    run = await experiments.locked(session, principal=principal, run_id=key("run", run_id))
    if name not in run.tags:
        raise NotFound("tag", name)
    before = experiments.changeable(run)
    run.tags = {each: value for each, value in run.tags.items() if each != name}
    await session.flush()
    await experiments.record_change(session, principal, run, before)
    return {}


async def set_params(
    session: AsyncSession, *, principal: Principal, run_id: str, params: Sequence[schemas.Param]
) -> Record:
    """A parameter is written once: raises `Invalid` where it has another value."""
    told: dict[str, str] = {}
    for param in params:
        if told.setdefault(param.key, param.value) != param.value:
            raise Invalid(_unchangeable(param.key, told[param.key], param.value), field="params")
    run = await experiments.get(session, principal=principal, run_id=key("run", run_id), action=Action.REPORT)
    there = await RunSearch(session).set_params(run, told)
    for name, value in told.items():
        if there[name] != value:
            raise Invalid(_unchangeable(name, there[name], value), field="params")
    return {}


async def report(
    database: Database, runs: HotRuns, *, principal: Principal, run_id: str, body: schemas.Batch
) -> Record:
    """Parameters and tags in one transaction, then the metrics: a parameter that is refused refuses all."""
    if body.params or body.tags:
        async with database.session(principal.scope) as session:
            if body.params:
                await set_params(session, principal=principal, run_id=run_id, params=body.params)
            if body.tags:
                await set_tags(session, principal=principal, run_id=run_id, tags=body.tags)
    if body.metrics:
        await report_metrics(runs, principal=principal, run_id=run_id, metrics=body.metrics)
    return {}


async def report_metrics(
    runs: HotRuns, *, principal: Principal, run_id: str, metrics: Sequence[schemas.Metric]
) -> Record:
    row_id = key("run", run_id)
    source, sequence = _NUMBERS.next(row_id)
    batch = Batch(source=source, sequence=sequence, attempt=principal.attempt or 1, metrics=_series(metrics))
    await runs.report(principal=principal, run_id=row_id, batch=batch)
    return {}


async def link_inputs(session: AsyncSession, *, principal: Principal, body: schemas.Inputs) -> Record:
    run = await experiments.get(session, principal=principal, run_id=key("run", body.run_id), action=Action.REPORT)
    repository = RunSearch(session)
    if body.datasets:
        contents = {f"{each.dataset.name}/{each.dataset.digest}": _dataset(each) for each in body.datasets}
        await repository.link(run, "dataset", contents)
    if body.models:
        await repository.link(run, "model_input", {each.model_id: {"model_id": each.model_id} for each in body.models})
    return {}


async def link_outputs(session: AsyncSession, *, principal: Principal, body: schemas.Outputs) -> Record:
    run = await experiments.get(session, principal=principal, run_id=key("run", body.run_id), action=Action.REPORT)
    if body.models:
        await RunSearch(session).link(run, "model_output", {each.model_id: each.model_dump() for each in body.models})
    return {}


async def log_model(session: AsyncSession, *, principal: Principal, run_id: str, told: str) -> Record:
    """What clients before version 3 say of a model: a list of such texts in one tag of the run."""
    try:
        said = json.loads(told)
    except ValueError as error:
        raise Invalid(f"this is not JSON: {error}", field="model_json") from error
    if not isinstance(said, dict) or not said.get("run_id"):
        raise Invalid("the model is an object of JSON with a run_id", field="model_json")
    run = await experiments.locked(session, principal=principal, run_id=key("run", run_id))
    history = [*json.loads(run.tags.get(HISTORY_TAG, "[]")), said]
    tags = [schemas.Tag.model_construct(key=HISTORY_TAG, value=json.dumps(history))]
    return await set_tags(session, principal=principal, run_id=run_id, tags=tags)


async def search(session: AsyncSession, *, principal: Principal, body: schemas.RunSearch) -> Record:
    """Of those of the experiments that there are for the principal. Who sees what is deleted may undelete it."""
    deleted = view(body.run_view_type)
    action = Action.READ if deleted is False else Action.WORK
    asked = Slice.of(body.max_results, body.page_token)
    wanted: list[UUID] = []
    for each in body.experiment_ids:
        try:
            found = await find(session, principal=principal, experiment_id=each, action=action, deleted=None)
            wanted.append(found.id)
        except NotFound:
            # MLflow finds nothing in an experiment that is not there.
            continue
    found_clauses, order = clauses(body.filter), orders(body.order_by)
    named = [clause.name for clause in found_clauses] + [each.name for each in order]
    if any(name.entity is Entity.METRIC for name in named):
        await _fold(session, wanted)
    repository = RunSearch(session, deleted=deleted)
    rows = await repository.search(
        found_clauses, order, Run.experiment_id.in_(wanted), limit=asked.limit, offset=asked.offset
    )
    shown_runs, more = asked.cut(rows)
    facts = await repository.facts([run.id for run in shown_runs])
    return {"runs": [records.run(run, facts[run.id]) for run in shown_runs], **more}


async def _fold(session: AsyncSession, experiment_ids: Sequence[UUID]) -> None:
    """A search by metrics finds what has been acknowledged, also where the controller has not come to fold it yet."""
    while waiting := await RunSearch(session).waiting(experiment_ids, RUNS_AT_ONCE):
        if not await fold_runs(session, waiting):
            # The controller is at it this very moment.
            return


async def find_run(
    session: AsyncSession,
    *,
    principal: Principal,
    run_id: str,
    action: Action = Action.READ,
    deleted: bool | None = False,
) -> Run:
    """With `deleted` None also one that is deleted, for those who may undelete it."""
    row_id = key("run", run_id)
    if deleted is None and principal.kind is not PrincipalKind.WORKER:
        row = await deletion.deleted_run(session, principal=principal, run_id=row_id)
        if row is not None:
            return row
    return await experiments.get(session, principal=principal, run_id=row_id, action=action)


async def shown(session: AsyncSession, run: Run) -> Record:
    await session.refresh(run)
    return records.run(run, (await RunSearch(session).facts([run.id]))[run.id])


def _series(metrics: Sequence[schemas.Metric]) -> dict[str, Series]:
    columns: dict[str, tuple[list[int], list[float], list[float]]] = {}
    for each in metrics:
        steps, values, times = columns.setdefault(each.key, ([], [], []))
        steps.append(each.step)
        values.append(each.value)
        times.append(each.timestamp / 1000)
    return {name: Series(steps=steps, values=values, times=times) for name, (steps, values, times) in columns.items()}


def _tags(tags: Sequence[schemas.Tag]) -> dict[str, str]:
    return {tag.key: tag.value for tag in tags}


def _dataset(told: schemas.DatasetInput) -> dict[str, Any]:
    return {
        "tags": [tag.model_dump() for tag in told.tags],
        "dataset": told.dataset.model_dump(by_alias=True),
    }


def _unchangeable(name: str, there: str, told: str) -> str:
    return (
        f"Changing param values is not allowed. Param with key={name!r} was already logged with value={there!r}; "
        f"attempted logging new value {told!r}"
    )
