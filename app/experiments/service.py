"""Experiments and runs. The status of a run is written here and nowhere else."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app import belongings
from app.activity import service as activity
from app.activity.actor import Subject
from app.auth import service as auth
from app.auth.permissions import Action
from app.auth.principal import Principal, PrincipalKind
from app.errors import Conflict, NotFound
from app.experiments.params import flat
from app.experiments.repository import ExperimentRepository, RunRepository
from app.experiments.schemas import ENDED, RunKind, RunStatus, RunUpdate
from app.kit.clock import now
from app.kit.filters import Filters
from app.kit.notify import notify
from app.kit.pagination import PageRequest, Rows
from app.projects import service as projects
from app.tables import Experiment, Run

TOPIC = "runs"


async def experiment(
    session: AsyncSession, *, principal: Principal, project: str, name: str, description: str = ""
) -> tuple[Experiment, bool]:
    """The experiment of that name, made where it is missing; and whether it was made."""
    parent = await projects.get(session, principal=principal, ref=project, action=Action.WORK)
    row, made = await ExperimentRepository(session).ensure(
        Experiment(org_id=parent.org_id, project_id=parent.id, name=name, description=description),
        Experiment.project_id == parent.id,
        Experiment.name == name,
    )
    if made:
        subject = Subject("experiment", row.id, row.org_id, row.project_id)
        await activity.record(session, principal.actor, "experiment.created", subject, {"name": name})
    return row, made


async def experiments(
    session: AsyncSession, *, principal: Principal, project: str, request: PageRequest, filters: Filters
) -> Rows[Experiment]:
    return await belongings.listed(
        session, ExperimentRepository, principal=principal, project=project, request=request, filters=filters
    )


async def get_experiment(
    session: AsyncSession, *, principal: Principal, experiment_id: UUID, action: Action = Action.READ
) -> Experiment:
    return await belongings.get(
        session, ExperimentRepository, principal=principal, kind="experiment", thing_id=experiment_id, action=action
    )


async def named_experiment(session: AsyncSession, *, project_id: UUID, name: str) -> Experiment | None:
    """For a reader whose right to the project has been checked."""
    wanted = (Experiment.project_id == project_id, Experiment.name == name)
    return await ExperimentRepository(session).one(*wanted)


async def locked_experiment(session: AsyncSession, *, principal: Principal, experiment_id: UUID) -> Experiment:
    """The experiment as it is now, for a change of it."""
    await get_experiment(session, principal=principal, experiment_id=experiment_id, action=Action.WORK)
    found = await ExperimentRepository(session).locked(experiment_id)
    if found is None:
        raise NotFound("experiment", experiment_id)
    return found


async def update_experiment(
    session: AsyncSession,
    *,
    principal: Principal,
    experiment_id: UUID,
    name: str | None = None,
    description: str | None = None,
    tags: dict[str, str] | None = None,
) -> Experiment:
    """None leaves it as it is. Raises `Conflict` where the project has another of that name."""
    row = await get_experiment(session, principal=principal, experiment_id=experiment_id, action=Action.WORK)
    before = {"name": row.name, "description": row.description, "tags": row.tags}
    try:
        async with session.begin_nested():
            row.name = name if name is not None else row.name
            row.description = description if description is not None else row.description
            row.tags = tags if tags is not None else row.tags
            await session.flush()
    except IntegrityError as error:
        raise Conflict(f"the project has another experiment {name!r}: choose another name", code="exists") from error
    after = {"name": row.name, "description": row.description, "tags": row.tags}
    if after != before:
        subject = Subject("experiment", row.id, row.org_id, row.project_id)
        await activity.record(
            session, principal.actor, "experiment.changed", subject, {"before": before, "after": after}
        )
    return row


async def create_run(
    session: AsyncSession,
    *,
    experiment: Experiment,
    name: str,
    kind: str = "custom",
    status: RunStatus = RunStatus.RUNNING,
    workload_id: UUID | None = None,
    tags: dict[str, str] | None = None,
    params: dict[str, Any] | None = None,
    created_by: UUID | None = None,
    started_at: datetime | None = None,
) -> Run:
    run = Run(
        org_id=experiment.org_id,
        project_id=experiment.project_id,
        experiment_id=experiment.id,
        workload_id=workload_id,
        name=name,
        kind=kind,
        status=status,
        reason={"code": "created", "message": "created"},
        tags=tags or {},
        summary={},
        created_by=created_by,
        started_at=(started_at or now()) if status is RunStatus.RUNNING else None,
    )
    await RunRepository(session).add(run)
    if params:
        await RunRepository(session).add_params(run, flat(params))
    await notify(session, TOPIC, run=run.id)
    return run


async def start_run(
    session: AsyncSession,
    *,
    principal: Principal,
    experiment_id: UUID,
    name: str,
    tags: dict[str, str],
    params: dict[str, Any],
    started_at: datetime | None = None,
) -> Run:
    """A run that a person or program reports on its own, without a workload."""
    parent = await get_experiment(session, principal=principal, experiment_id=experiment_id, action=Action.WORK)
    run = await create_run(
        session,
        experiment=parent,
        name=name,
        tags=tags,
        params=params,
        created_by=principal.user_id,
        started_at=started_at and min(started_at, now()),
    )
    await activity.record(
        session, principal.actor, "run.created", Subject("run", run.id, run.org_id, run.project_id), {"name": name}
    )
    return run


async def of_run(session: AsyncSession, *, run: Run) -> Experiment:
    """For a reader whose right to the run has been checked."""
    found = await ExperimentRepository(session).get(run.experiment_id)
    if found is None:
        raise NotFound("experiment", run.experiment_id)
    return found


async def set_status(
    session: AsyncSession, *, run: Run, status: RunStatus, code: str, message: str, ended_at: datetime | None = None
) -> None:
    """The one writer of a run's status; `ended_at` is now where an end is not told."""
    if run.status == status:
        return
    run.status = status
    run.reason = {"code": code, "message": message}
    if status is RunStatus.RUNNING:
        run.started_at = run.started_at or now()
    run.ended_at = (ended_at or now()) if status in ENDED else None
    await session.flush()
    await notify(session, TOPIC, run=run.id)


async def get(session: AsyncSession, *, principal: Principal, run_id: UUID, action: Action = Action.READ) -> Run:
    run = await RunRepository(session).get(run_id)
    if run is None or not may_touch(principal, run):
        raise NotFound("run", run_id)
    if principal.kind is not PrincipalKind.WORKER:
        auth.require(principal, action, run.org_id, run.project_id)
    return run


async def locked(session: AsyncSession, *, principal: Principal, run_id: UUID) -> Run:
    """The run as it is now, for a change of it by who may report to it."""
    await get(session, principal=principal, run_id=run_id, action=Action.REPORT)
    run = await RunRepository(session).locked(run_id)
    if run is None:
        raise NotFound("run", run_id)
    return run


async def update(session: AsyncSession, *, principal: Principal, run_id: UUID, body: RunUpdate) -> Run:
    run = await locked(session, principal=principal, run_id=run_id)
    before = changeable(run)
    if body.summary:
        run.summary = run.summary | body.summary
    if body.tags:
        run.tags = run.tags | body.tags
    if body.status and body.status != run.status:
        if run.workload_id is not None:
            raise Conflict("the status of this run follows its workload: cancel or retry the job instead")
        if run.status in ENDED:
            raise Conflict(f"the run has ended ({run.status}); its status no longer changes")
        await set_status(session, run=run, status=body.status, code="reported", message="set by its owner")
        if run.ended_at and run.started_at and body.ended_at:
            run.ended_at = max(run.started_at, min(body.ended_at, run.ended_at))
    await session.flush()
    await record_change(session, principal, run, before)
    return run


async def chosen(
    session: AsyncSession, *, principal: Principal, project: str, run_ids: Sequence[UUID]
) -> dict[UUID, Run]:
    """These runs of a project, each once and in this order. Raises `NotFound`."""
    parent = await projects.get(session, principal=principal, ref=project)
    found = {run.id: run for run in await RunRepository(session).of_project(parent.id, run_ids)}
    for run_id in run_ids:
        if run_id not in found:
            raise NotFound("run", run_id)
    return {run_id: found[run_id] for run_id in dict.fromkeys(run_ids)}


async def runs(
    session: AsyncSession,
    *,
    principal: Principal,
    project: str,
    request: PageRequest,
    filters: Filters,
    experiment_id: UUID | None,
    kind: RunKind | None,
    status: Sequence[RunStatus],
) -> Rows[Run]:
    criteria: list[ColumnElement[bool]] = []
    if experiment_id:
        criteria.append(Run.experiment_id == experiment_id)
    if kind:
        criteria.append(Run.kind == kind)
    if status:
        criteria.append(Run.status.in_(status))
    return await belongings.listed(
        session, RunRepository, *criteria, principal=principal, project=project, request=request, filters=filters
    )


def may_touch(principal: Principal, run: Run) -> bool:
    """A worker knows the runs of its own workload and no other."""
    return principal.kind is not PrincipalKind.WORKER or run.workload_id == principal.id


def changeable(run: Run) -> dict[str, Any]:
    return {"status": run.status, "tags": dict(run.tags), "summary": dict(run.summary)}


async def record_change(session: AsyncSession, principal: Principal, run: Run, before: dict[str, Any]) -> None:
    """What a job reports of its own run is telemetry, and no event."""
    after = changeable(run)
    changed = [part for part in after if after[part] != before[part]]
    if changed and principal.kind is not PrincipalKind.WORKER:
        data = {"before": {part: before[part] for part in changed}, "after": {part: after[part] for part in changed}}
        subject = Subject("run", run.id, run.org_id, run.project_id)
        await activity.record(session, principal.actor, "run.changed", subject, data)
