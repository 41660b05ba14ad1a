"""Training jobs: bookkeeping about training. What a recipe does is `train/`; both know only its spec."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from app.auth import service as auth
from app.auth.permissions import Action
from app.auth.principal import Principal
from app.errors import Invalid, NotFound
from app.experiments import service as experiments
from app.experiments.repository import ArtifactRepository
from app.experiments.schemas import RunStatus
from app.kit.pagination import PageRequest, Rows, page
from app.projects import service as projects
from app.scheduler import service as scheduler
from app.scheduler.schemas import WorkloadRead
from app.tables import Project, TrainingJob, Workload
from app.training.repository import TrainingJobRepository
from app.training.schemas import TrainingJobRead
from trine.specs.data import ArtifactData
from trine.specs.enrolment import WorkloadKind
from trine.specs.training import ClassifierSpec, LanguageModelSpec, PolicySpec, bundles

AnySpec = LanguageModelSpec | ClassifierSpec | PolicySpec


async def create(session: AsyncSession, *, principal: Principal, project: str, spec: AnySpec) -> TrainingJobRead:
    parent = await projects.get(session, principal=principal, ref=project, action=Action.WORK)
    inputs = await data_inputs(session, project=parent, spec=spec)
    experiment, _ = await experiments.ensure_experiment(
        session, org_id=parent.org_id, project_id=parent.id, name=spec.experiment
    )
    run = await experiments.create_run(
        session,
        experiment=experiment,
        name=spec.name,
        kind="training",
        status=RunStatus.QUEUED,
        params=spec.model_dump(mode="json"),
        created_by=principal.user_id,
    )
    job_id = uuid7()
    written = spec.model_dump(mode="json")
    workload = await scheduler.submit(
        session,
        principal=principal,
        project=parent,
        kind=WorkloadKind.TRAINING,
        name=spec.name,
        spec={"spec": written, "subject_id": str(job_id), "inputs": inputs},
        bundles=bundles(spec),
        run=run,
        max_attempts=spec.max_attempts,
        on_success={"register": spec.register_as.model_dump()} if spec.register_as else {},
    )
    job = TrainingJob(
        id=job_id,
        org_id=parent.org_id,
        project_id=parent.id,
        workload_id=workload.id,
        run_id=run.id,
        name=spec.name,
        recipe=spec.recipe,
        spec=written,
    )
    await TrainingJobRepository(session).add(job)
    return read(job, workload)


async def data_inputs(session: AsyncSession, *, project: Project, spec: AnySpec) -> dict[str, str]:
    """`{"data": artifact id}` where the spec's data is an artifact of the project."""
    data = getattr(spec, "data", None)
    if not isinstance(data, ArtifactData):
        return {}
    try:
        artifact = await ArtifactRepository(session).get(UUID(data.artifact))
    except ValueError:
        artifact = None
    if artifact is None or artifact.project_id != project.id:
        raise Invalid(f"there is no artifact {data.artifact!r} in this project", field="data.artifact")
    return {"data": str(artifact.id)}


async def get(
    session: AsyncSession, *, principal: Principal, job_id: UUID, action: Action = Action.READ
) -> TrainingJobRead:
    job = await _row(session, principal, job_id, action)
    return read(job, await scheduler.get(session, principal=principal, workload_id=job.workload_id))


async def jobs(
    session: AsyncSession, *, principal: Principal, project: str, request: PageRequest
) -> Rows[TrainingJobRead]:
    parent = await projects.get(session, principal=principal, ref=project)
    rows = await TrainingJobRepository(session).page(request, TrainingJob.project_id == parent.id)
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


async def _row(session: AsyncSession, principal: Principal, job_id: UUID, action: Action) -> TrainingJob:
    job = await TrainingJobRepository(session).get(job_id)
    if job is None:
        raise NotFound("training job", job_id)
    auth.require(principal, action, job.org_id)
    return job
