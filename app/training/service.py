"""Training jobs: bookkeeping about training. What a recipe does is `train/`; both know only its spec."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.auth import service as auth
from app.auth.permissions import Action
from app.auth.principal import Principal
from app.datasets import service as datasets
from app.errors import NotFound
from app.experiments import service as experiments
from app.kit.filters import Filters
from app.kit.pagination import PageRequest, Rows, page
from app.projects import service as projects
from app.scheduler import forecast
from app.scheduler import service as scheduler
from app.scheduler.criteria_repository import having
from app.scheduler.order_repository import WorkOrder, page_of_work
from app.scheduler.schemas import Forecast, WorkloadRead
from app.scheduler.status import Status
from app.simulation import service as simulation
from app.tables import TrainingJob, Workload
from app.training.repository import TrainingJobRepository
from app.training.schemas import TrainingJobRead
from trine.specs.enrolment import WorkloadKind
from trine.specs.training import ClassifierSpec, LanguageModelSpec, PolicySpec, bundles


async def create(
    session: AsyncSession,
    *,
    principal: Principal,
    project: str,
    spec: LanguageModelSpec | ClassifierSpec | PolicySpec,
) -> TrainingJobRead:
    experiment, _ = await experiments.experiment(session, principal=principal, project=project, name=spec.experiment)
    inputs = await _inputs(session, experiment.project_id, spec)
    workload, columns = await scheduler.submit_run(
        session,
        principal=principal,
        experiment=experiment,
        kind=WorkloadKind.TRAINING,
        spec=spec,
        bundles=bundles(spec),
        inputs=inputs,
        max_attempts=spec.max_attempts,
        on_success={"register": spec.register_as.model_dump()} if spec.register_as else {},
    )
    job = TrainingJob(**columns, recipe=spec.recipe)
    await TrainingJobRepository(session).add(job)
    return read(job, workload)


async def plan(
    session: AsyncSession,
    *,
    principal: Principal,
    project: str,
    spec: LanguageModelSpec | ClassifierSpec | PolicySpec,
) -> Forecast:
    """What `create` would ask of the cluster; raises what it would raise, and writes nothing."""
    parent = await projects.get(session, principal=principal, ref=project, action=Action.WORK)
    await _inputs(session, parent.id, spec)
    return await forecast.forecast(
        session, principal=principal, org_id=parent.org_id, project_id=parent.id, bundles=bundles(spec)
    )


async def get(
    session: AsyncSession, *, principal: Principal, job_id: UUID, action: Action = Action.READ
) -> TrainingJobRead:
    job = await _row(session, principal, job_id, action)
    return read(job, await scheduler.get(session, principal=principal, workload_id=job.workload_id))


async def jobs(
    session: AsyncSession,
    *,
    principal: Principal,
    project: str,
    request: PageRequest,
    filters: Filters,
    status: Sequence[Status],
    order: WorkOrder,
) -> Rows[TrainingJobRead]:
    parent = await projects.get(session, principal=principal, ref=project)
    wanted = [TrainingJob.project_id == parent.id, *filters.of(TrainingJob), *having(TrainingJob, status)]
    rows = await page_of_work(TrainingJobRepository(session), request, order, *wanted)
    workloads = await scheduler.by_id(session, [row.workload_id for row in rows])
    return page([read(row, workloads[row.workload_id]) for row in rows], request)


async def cancel(session: AsyncSession, *, principal: Principal, job_id: UUID) -> TrainingJobRead:
    job = await _row(session, principal, job_id, Action.WORK)
    return read(job, await scheduler.cancel(session, principal=principal, workload_id=job.workload_id))


async def retry(session: AsyncSession, *, principal: Principal, job_id: UUID) -> TrainingJobRead:
    job = await _row(session, principal, job_id, Action.WORK)
    return read(job, await scheduler.retry(session, principal=principal, workload_id=job.workload_id))


def read(job: TrainingJob, workload: Workload) -> TrainingJobRead:
    columns = {
        name: getattr(job, name) for name in ("id", "project_id", "run_id", "name", "recipe", "spec", "created_at")
    }
    return TrainingJobRead(**columns, workload=WorkloadRead.model_validate(workload))


async def _inputs(
    session: AsyncSession, project_id: UUID, spec: LanguageModelSpec | ClassifierSpec | PolicySpec
) -> dict[str, str]:
    """Artifact ids by role; raises `Invalid` where what the spec names is not there."""
    if isinstance(spec, PolicySpec):
        await simulation.check_environment(session, spec.environment)
        return {}
    return await datasets.inputs(session, project_id=project_id, data=spec.data, field="data")


async def _row(session: AsyncSession, principal: Principal, job_id: UUID, action: Action) -> TrainingJob:
    job = await TrainingJobRepository(session).get(job_id)
    if job is None:
        raise NotFound("training job", job_id)
    auth.require(principal, action, job.org_id, job.project_id)
    return job
