"""Studies and their trials. A study is one workload; each trial is a run."""

import math
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from app.auth import service as auth
from app.auth.permissions import Action
from app.auth.principal import Principal, PrincipalKind
from app.errors import NotFound
from app.experiments import service as experiments
from app.experiments.repository import ExperimentRepository
from app.experiments.schemas import RunStatus
from app.kit.clock import now
from app.kit.pagination import PageRequest, Rows, page
from app.projects import service as projects
from app.scheduler import service as scheduler
from app.scheduler.schemas import WorkloadRead
from app.tables import Study, Trial, Workload
from app.tuning.repository import StudyRepository, TrialRepository
from app.tuning.schemas import StudyRead, TrialRead, TrialStatus
from trine.specs.enrolment import WorkloadKind
from trine.specs.tuning import StudySpec, bundles

RUN_STATUS = {
    TrialStatus.RUNNING: RunStatus.RUNNING,
    TrialStatus.SUCCEEDED: RunStatus.SUCCEEDED,
    TrialStatus.STOPPED: RunStatus.SUCCEEDED,
    TrialStatus.FAILED: RunStatus.FAILED,
}


async def create(session: AsyncSession, *, principal: Principal, project: str, spec: StudySpec) -> StudyRead:
    parent = await projects.get(session, principal=principal, ref=project, action=Action.WORK)
    experiment, _ = await experiments.ensure_experiment(
        session, org_id=parent.org_id, project_id=parent.id, name=spec.experiment
    )
    run = await experiments.create_run(
        session,
        experiment=experiment,
        name=spec.name,
        kind="study",
        status=RunStatus.QUEUED,
        created_by=principal.user_id,
    )
    study_id = uuid7()
    written = spec.model_dump(mode="json")
    workload = await scheduler.submit(
        session,
        principal=principal,
        project=parent,
        kind=WorkloadKind.STUDY,
        name=spec.name,
        spec={"spec": written, "subject_id": str(study_id), "inputs": {}},
        bundles=bundles(spec),
        run=run,
    )
    study = Study(
        id=study_id,
        org_id=parent.org_id,
        project_id=parent.id,
        workload_id=workload.id,
        run_id=run.id,
        name=spec.name,
        metric=spec.metric,
        mode=spec.mode,
        spec=written,
    )
    await StudyRepository(session).add(study)
    return _read(study, workload)


async def get(session: AsyncSession, *, principal: Principal, study_id: UUID) -> StudyRead:
    study = await _row(session, principal, study_id, Action.READ)
    workload = await scheduler.get(session, principal=principal, workload_id=study.workload_id)
    return _read(study, workload, best(study.mode, await TrialRepository(session).of_study(study.id)))


async def studies(
    session: AsyncSession, *, principal: Principal, project: str, request: PageRequest
) -> Rows[StudyRead]:
    parent = await projects.get(session, principal=principal, ref=project)
    rows = await StudyRepository(session).page(request, Study.project_id == parent.id)
    workloads = await scheduler.by_id(session, [row.workload_id for row in rows])
    return page([_read(row, workloads[row.workload_id]) for row in rows], request)


async def cancel(session: AsyncSession, *, principal: Principal, study_id: UUID) -> StudyRead:
    study = await _row(session, principal, study_id, Action.WORK)
    return _read(study, await scheduler.cancel(session, principal=principal, workload_id=study.workload_id))


async def trials(session: AsyncSession, *, principal: Principal, study_id: UUID) -> Sequence[Trial]:
    study = await _row(session, principal, study_id, Action.READ)
    return await TrialRepository(session).of_study(study.id)


async def start_trial(
    session: AsyncSession, *, principal: Principal, study_id: UUID, number: int, params: dict[str, object]
) -> Trial:
    """By the study's own worker. The same number again is the same trial, so that a resumed study goes on with it."""
    study = await _row(session, principal, study_id, Action.REPORT)
    repository = TrialRepository(session)
    if found := await repository.one(Trial.study_id == study.id, Trial.number == number):
        return found
    parent = await experiments.get(session, principal=principal, run_id=study.run_id, action=Action.REPORT)
    experiment = await ExperimentRepository(session).get(parent.experiment_id)
    if experiment is None:
        raise NotFound("experiment", parent.experiment_id)
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
    return await repository.add(trial)


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
    run = await experiments.get(session, principal=principal, run_id=trial.run_id, action=Action.REPORT)
    await experiments.set_status(
        session, run=run, status=RUN_STATUS[status], code=f"trial_{status}", message=f"the trial is {status}"
    )
    return trial


def best(mode: str, trials: Sequence[Trial]) -> Trial | None:
    """The trial with the best value, early-stopped ones included; the earlier of two that are equal."""
    valued = [trial for trial in trials if trial.value is not None]
    sign = 1 if mode == "min" else -1
    return min(valued, key=lambda trial: (sign * (trial.value or 0.0), trial.number), default=None)


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
    auth.require(principal, action, study.org_id)
    return study
