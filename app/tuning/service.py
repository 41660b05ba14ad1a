"""Studies and their trials. A study is one workload; each trial is a run."""

import math
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.activity import service as activity
from app.activity.actor import Subject
from app.auth import service as auth
from app.auth.permissions import Action
from app.auth.principal import Principal, PrincipalKind
from app.datasets import service as datasets
from app.errors import Invalid, NotFound
from app.experiments import service as experiments
from app.experiments.schemas import RunStatus
from app.kit.clock import now
from app.kit.filters import Filters
from app.kit.pagination import PageRequest, Rows, page
from app.projects import service as projects
from app.scheduler import service as scheduler
from app.scheduler.criteria_repository import having
from app.scheduler.order_repository import WorkOrder, page_of_work
from app.scheduler.schemas import WorkloadRead
from app.scheduler.status import ENDED, Status
from app.simulation import service as simulation
from app.tables import Experiment, Study, Trial, Workload
from app.tuning.repository import StudyRepository, TrialRepository
from app.tuning.schemas import StudyRead, TrialRead, TrialStatus
from trine.specs.enrolment import WorkloadKind
from trine.specs.training import PolicySpec
from trine.specs.tuning import Choice, StudySpec, bundles

RUN_STATUS = {
    TrialStatus.RUNNING: RunStatus.RUNNING,
    TrialStatus.SUCCEEDED: RunStatus.SUCCEEDED,
    TrialStatus.STOPPED: RunStatus.SUCCEEDED,
    TrialStatus.FAILED: RunStatus.FAILED,
}


async def create(session: AsyncSession, *, principal: Principal, project: str, spec: StudySpec) -> StudyRead:
    experiment, _ = await experiments.experiment(session, principal=principal, project=project, name=spec.experiment)
    await _check_environments(session, spec)
    workload, columns = await scheduler.submit_run(
        session,
        principal=principal,
        experiment=experiment,
        kind=WorkloadKind.STUDY,
        spec=spec,
        bundles=bundles(spec),
        inputs=await _inputs(session, experiment.project_id, spec),
    )
    study = Study(**columns, metric=spec.metric, mode=spec.mode)
    await StudyRepository(session).add(study)
    return _read(study, workload)


async def get(session: AsyncSession, *, principal: Principal, study_id: UUID) -> StudyRead:
    """Its own worker asks too, whether there are to be more trials."""
    action = Action.REPORT if principal.kind is PrincipalKind.WORKER else Action.READ
    study = await _row(session, principal, study_id, action)
    workload = await scheduler.get(session, principal=principal, workload_id=study.workload_id, action=action)
    return _read(study, workload, best(study.mode, await TrialRepository(session).of_study(study.id)))


async def studies(
    session: AsyncSession,
    *,
    principal: Principal,
    project: str,
    request: PageRequest,
    filters: Filters,
    status: Sequence[Status],
    order: WorkOrder,
) -> Rows[StudyRead]:
    parent = await projects.get(session, principal=principal, ref=project)
    wanted = [Study.project_id == parent.id, *filters.of(Study), *having(Study, status)]
    rows = await page_of_work(StudyRepository(session), request, order, *wanted)
    workloads = await scheduler.by_id(session, [row.workload_id for row in rows])
    return page([_read(row, workloads[row.workload_id]) for row in rows], request)


async def cancel(session: AsyncSession, *, principal: Principal, study_id: UUID) -> StudyRead:
    study = await _row(session, principal, study_id, Action.WORK)
    return _read(study, await scheduler.cancel(session, principal=principal, workload_id=study.workload_id))


async def extend(session: AsyncSession, *, principal: Principal, study_id: UUID, trials: int) -> StudyRead:
    """Trials are drawn by the seed and their number, so those of an extended study are those of a larger one."""
    await _row(session, principal, study_id, Action.WORK)
    study = await StudyRepository(session).locked(study_id)
    if study is None:
        raise NotFound("study", study_id)
    before = study.spec["trials"]
    found = await scheduler.get(session, principal=principal, workload_id=study.workload_id)
    begun = len(await TrialRepository(session).of_study(study.id))
    # What has ended early may be asked for what it was to have.
    least = max(begun + 1, before if found.status in ENDED else before + 1)
    if trials < least:
        raise Invalid(f"the study has {before} trials: name {least} or more", field="trials")
    study.spec = study.spec | {"trials": trials}
    workload = await scheduler.extend(session, principal=principal, workload_id=study.workload_id, spec=study.spec)
    await activity.record(
        session,
        principal.actor,
        "study.extended",
        Subject("study", study.id, study.org_id, study.project_id),
        {"name": study.name, "before": before, "after": trials},
    )
    return _read(study, workload)


async def trials(session: AsyncSession, *, principal: Principal, study_id: UUID) -> Sequence[Trial]:
    study = await _row(session, principal, study_id, Action.READ)
    return await TrialRepository(session).of_study(study.id)


async def page_of_trials(
    session: AsyncSession, *, principal: Principal, study_id: UUID, request: PageRequest
) -> Rows[Trial]:
    study = await _row(session, principal, study_id, Action.READ)
    return page(await TrialRepository(session).page(request, Trial.study_id == study.id), request)


async def start_trial(
    session: AsyncSession, *, principal: Principal, study_id: UUID, number: int, params: dict[str, object]
) -> Trial:
    """By the study's own worker. The same number again is the same trial, so that a resumed study goes on with it; one
    that the infrastructure failed runs again."""
    study = await _row(session, principal, study_id, Action.REPORT)
    repository = TrialRepository(session)
    if found := await repository.one(Trial.study_id == study.id, Trial.number == number):
        if found.status != TrialStatus.FAILED:
            return found
        again = TrialStatus.RUNNING
        return await update_trial(session, principal=principal, trial_id=found.id, status=again, value=None)
    if number >= study.spec["trials"]:
        raise Invalid(
            f"the study has {study.spec['trials']} trials, counted from 0", field="number", code="limit_reached"
        )
    parent = await experiments.get(session, principal=principal, run_id=study.run_id, action=Action.REPORT)
    experiment = await experiments.of_run(session, run=parent)
    try:
        async with session.begin_nested():
            return await _add_trial(session, study, experiment, number, params)
    except IntegrityError:
        # Somebody else was quicker with the number.
        found = await repository.one(Trial.study_id == study.id, Trial.number == number)
        if found is None:
            raise
        return found


async def update_trial(
    session: AsyncSession, *, principal: Principal, trial_id: UUID, status: TrialStatus, value: float | None
) -> Trial:
    repository = TrialRepository(session)
    trial = await repository.locked(trial_id)
    if trial is None:
        raise NotFound("trial", trial_id)
    await _row(session, principal, trial.study_id, Action.REPORT)
    trial.status = status
    trial.value = value if value is not None and math.isfinite(value) else trial.value
    trial.ended_at = None if status is TrialStatus.RUNNING else now()
    run = await experiments.locked(session, principal=principal, run_id=trial.run_id)
    await experiments.set_status(
        session, run=run, status=RUN_STATUS[status], code=f"trial_{status}", message=f"the trial is {status}"
    )
    return trial


def best(mode: str, trials: Sequence[Trial]) -> Trial | None:
    """The trial with the best value, early-stopped ones included; the earlier of two that are equal."""
    valued = [trial for trial in trials if trial.value is not None]
    sign = 1 if mode == "min" else -1
    return min(valued, key=lambda trial: (sign * (trial.value or 0.0), trial.number), default=None)


async def _check_environments(session: AsyncSession, spec: StudySpec) -> None:
    if not isinstance(spec.base, PolicySpec):
        return
    match spec.space.get("environment"):
        case None:
            await simulation.check_environment(session, spec.base.environment, field="base.environment")
        case Choice(values=names):
            for name in names:
                await simulation.check_environment(session, str(name), field="space.environment")
        case other:
            raise Invalid(f"environments are drawn by `choice`, not {other.kind!r}", field="space.environment")


async def _inputs(session: AsyncSession, project_id: UUID, spec: StudySpec) -> dict[str, str]:
    if isinstance(spec.base, PolicySpec):
        return {}
    for name in ("data.artifact", "data.dataset"):
        if name in spec.space:
            raise Invalid("the trials of a study share their data: name it in base", field=f"space.{name}")
    return await datasets.inputs(session, project_id=project_id, data=spec.base.data, field="base.data")


async def _add_trial(
    session: AsyncSession, study: Study, experiment: Experiment, number: int, params: dict[str, object]
) -> Trial:
    run = await experiments.create_run(
        session,
        experiment=experiment,
        name=f"{study.name}-{number:03d}",
        kind="trial",
        workload_id=study.workload_id,
        tags={"study": str(study.id), "trial": str(number)},
        params=params,
    )
    trial = Trial(
        org_id=study.org_id, study_id=study.id, run_id=run.id, number=number, status=TrialStatus.RUNNING, params=params
    )
    return await TrialRepository(session).add(trial)


def _read(study: Study, workload: Workload, best_trial: Trial | None = None) -> StudyRead:
    names = ("id", "project_id", "run_id", "name", "metric", "mode", "spec", "created_at")
    return StudyRead(
        **{name: getattr(study, name) for name in names},
        workload=WorkloadRead.model_validate(workload),
        best=TrialRead.model_validate(best_trial) if best_trial else None,
    )


async def _row(session: AsyncSession, principal: Principal, study_id: UUID, action: Action) -> Study:
    study = await StudyRepository(session).get(study_id)
    if study is None or (principal.kind is PrincipalKind.WORKER and study.workload_id != principal.id):
        raise NotFound("study", study_id)
    auth.require(principal, action, study.org_id, study.project_id)
    return study
