"""Inference services and the deployments behind them. Moving traffic changes a row and restarts nothing."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from app import belongings, removal
from app.activity import service as activity
from app.activity.actor import Subject
from app.auth import service as auth
from app.auth.permissions import Action
from app.auth.principal import Principal
from app.bounds import Listed, check_room
from app.errors import Conflict, Invalid, NotFound
from app.inference.repository import LIVE, DeploymentRepository, RegistryRepository, ServiceRepository
from app.inference.schemas import DeploymentCreate, DeploymentRead
from app.kit.clock import now
from app.kit.filters import Filters
from app.kit.notify import notify
from app.kit.pagination import PageRequest, Rows, page
from app.projects import service as projects
from app.registry import versions
from app.scheduler import service as scheduler
from app.scheduler.criteria_repository import having
from app.scheduler.schemas import WorkloadRead
from app.scheduler.status import ENDED, Status
from app.tables import Deployment, InferenceService
from trine.specs.enrolment import WorkloadKind
from trine.specs.inference import Engine, bundles

TOPIC = "services"
ENGINES = {"transformers": Engine.VLLM, "torch": Engine.TORCH, "onnx": Engine.TORCH}
"""Engine that serves a framework."""
ATTEMPTS = 1000
"""A deployment is made again whenever its cluster was lost."""


async def create(
    session: AsyncSession, *, principal: Principal, project: str, name: str, description: str
) -> InferenceService:
    parent = await projects.get(session, principal=principal, ref=project, action=Action.WORK)
    service = InferenceService(org_id=parent.org_id, project_id=parent.id, name=name, description=description)
    try:
        async with session.begin_nested():
            await ServiceRepository(session).add(service)
    except IntegrityError as error:
        raise Conflict(f"a service {name!r} exists already in this organization", code="service_exists") from error
    await _record(session, principal, service, "service.created", {})
    return service


async def services(
    session: AsyncSession, *, principal: Principal, project: str, request: PageRequest, filters: Filters
) -> Rows[InferenceService]:
    return await belongings.listed(
        session, ServiceRepository, principal=principal, project=project, request=request, filters=filters
    )


async def get(
    session: AsyncSession, *, principal: Principal, service_id: UUID, action: Action = Action.READ
) -> InferenceService:
    return await belongings.get(
        session, ServiceRepository, principal=principal, kind="service", thing_id=service_id, action=action
    )


async def remove(session: AsyncSession, *, principal: Principal, service_id: UUID) -> None:
    """Stops its deployments; the name is free again at once."""
    service = await get(session, principal=principal, service_id=service_id, action=Action.WORK)
    for deployment in await DeploymentRepository(session).of_service(service.id):
        workload = await scheduler.get(session, principal=principal, workload_id=deployment.workload_id)
        if workload.status not in ENDED:
            await scheduler.cancel(session, principal=principal, workload_id=workload.id)
    await removal.remove(session, ServiceRepository, principal=principal, kind="service", thing_id=service.id)
    await notify(session, TOPIC, service=service.id)


async def restore(
    session: AsyncSession, *, principal: Principal, service_id: UUID, kept: timedelta
) -> InferenceService:
    """Its name, and the record of its deployments: they were stopped, and stay so."""
    service = await removal.restore(
        session, ServiceRepository, principal=principal, kind="service", thing_id=service_id, kept=kept
    )
    await notify(session, TOPIC, service=service.id)
    return service


async def deploy(
    session: AsyncSession, *, principal: Principal, service_id: UUID, body: DeploymentCreate
) -> DeploymentRead:
    service = await get(session, principal=principal, service_id=service_id, action=Action.WORK)
    await check_room(DeploymentRepository(session), Listed.DEPLOYMENTS, Deployment.service_id == service.id, LIVE)
    try:
        version = await versions.resolve(session, project_id=service.project_id, name=body.model, ref=body.version)
    except NotFound as error:
        raise Invalid(error.detail, field="model") from error
    if version.framework == "torchscript":
        raise Invalid(
            f"{body.model!r} is a TorchScript model, which is kept and never served: its file is a program that "
            "may write files where it runs. Export the model to ONNX (torch.onnx.export) and import that",
            field="model",
        )
    if version.framework not in ENGINES:
        known = " or ".join(ENGINES)
        raise Invalid(
            f"{body.model!r} is a {version.framework} model, and there are engines for {known}", field="model"
        )
    engine = body.spec.engine or ENGINES[version.framework]
    if ENGINES[version.framework] is not engine:
        raise Invalid(
            f"{body.model!r} is a {version.framework} model: the engine {engine.value!r} cannot serve it",
            field="spec.engine",
        )
    deployment_id = uuid7()
    spec = body.spec.model_copy(update={"engine": engine})
    workload = await scheduler.submit(
        session,
        principal=principal,
        org_id=service.org_id,
        project_id=service.project_id,
        kind=WorkloadKind.DEPLOYMENT,
        name=service.name,
        spec={
            "spec": spec.model_dump(mode="json"),
            "subject_id": str(deployment_id),
            "model": service.name,
            "artifact": str(version.artifact_id),
            "digest": version.digest,
            "framework": version.framework,
            "signature": version.signature,
        },
        bundles=bundles(spec),
        max_attempts=ATTEMPTS,
    )
    deployment = Deployment(
        id=deployment_id,
        org_id=service.org_id,
        project_id=service.project_id,
        service_id=service.id,
        workload_id=workload.id,
        model_version_id=version.id,
        engine=engine,
        spec=spec.model_dump(mode="json"),
        weight=body.weight,
    )
    await DeploymentRepository(session).add(deployment)
    await _record(session, principal, service, "deployment.created", {"deployment": str(deployment.id)})
    return (await read(session, [deployment]))[0]


async def deployments(
    session: AsyncSession, *, principal: Principal, service_id: UUID, request: PageRequest, status: Sequence[Status]
) -> Rows[DeploymentRead]:
    service = await get(session, principal=principal, service_id=service_id)
    wanted = [Deployment.service_id == service.id, *having(Deployment, status)]
    return page(await read(session, await DeploymentRepository(session).page(request, *wanted)), request)


async def deployment(session: AsyncSession, *, principal: Principal, deployment_id: UUID) -> DeploymentRead:
    return (await read(session, [await _row(session, principal, deployment_id, Action.READ)]))[0]


async def stop(session: AsyncSession, *, principal: Principal, deployment_id: UUID) -> DeploymentRead:
    row = await _row(session, principal, deployment_id, Action.WORK)
    await scheduler.cancel(session, principal=principal, workload_id=row.workload_id)
    return (await read(session, [row]))[0]


async def set_traffic(
    session: AsyncSession, *, principal: Principal, service_id: UUID, weights: dict[UUID, int]
) -> list[DeploymentRead]:
    service = await get(session, principal=principal, service_id=service_id, action=Action.WORK)
    rows = {row.id: row for row in await DeploymentRepository(session).of_service(service.id)}
    for deployment_id in weights:
        if deployment_id not in rows:
            raise Invalid(f"the service has no deployment {deployment_id}", field="weights")
    before = {str(row.id): row.weight for row in rows.values()}
    for deployment_id, weight in weights.items():
        rows[deployment_id].weight = weight
    # Traffic is a part of the service: who read it before has read another version.
    service.updated_at = now()
    await session.flush()
    after = {str(row.id): row.weight for row in rows.values()}
    await _record(session, principal, service, "traffic.changed", {"before": before, "after": after})
    return await read(session, list(rows.values()))


async def read(session: AsyncSession, rows: Sequence[Deployment]) -> list[DeploymentRead]:
    workloads = await scheduler.by_id(session, [row.workload_id for row in rows])
    names = await RegistryRepository(session).names([row.model_version_id for row in rows])
    return [
        DeploymentRead(
            id=row.id,
            service_id=row.service_id,
            project_id=row.project_id,
            model=names[row.model_version_id][0],
            version=names[row.model_version_id][1],
            model_version_id=row.model_version_id,
            engine=row.engine,
            spec=row.spec,
            weight=row.weight,
            created_at=row.created_at,
            workload=WorkloadRead.model_validate(workloads[row.workload_id]),
        )
        for row in rows
    ]


async def _row(session: AsyncSession, principal: Principal, deployment_id: UUID, action: Action) -> Deployment:
    row = await DeploymentRepository(session).get(deployment_id)
    if row is None or await ServiceRepository(session).get(row.service_id) is None:
        raise NotFound("deployment", deployment_id)
    auth.require(principal, action, row.org_id, row.project_id)
    return row


async def _record(
    session: AsyncSession, principal: Principal, service: InferenceService, action: str, data: dict[str, object]
) -> None:
    await activity.record(
        session,
        principal.actor,
        action,
        Subject("service", service.id, service.org_id, service.project_id),
        {"name": service.name, **data},
    )
    await notify(session, TOPIC, service=service.id)
