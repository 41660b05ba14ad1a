"""One queue for all work: submit, cancel, retry, explain."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from app.activity.actor import Actor
from app.auth import service as auth
from app.auth.permissions import Action
from app.auth.principal import Principal
from app.errors import Conflict, Invalid, NotFound, Unavailable
from app.experiments import lineage
from app.experiments import service as experiments
from app.experiments.schemas import RunStatus
from app.kit.clock import now
from app.kit.filters import Filters
from app.kit.pagination import PageRequest, Rows, page
from app.quotas import checks
from app.quotas import service as quotas
from app.quotas.resources import Resource
from app.scheduler import lifecycle
from app.scheduler.criteria_repository import of_what_is_there
from app.scheduler.plan import Gang, Need, Node, describe, never_fits, total
from app.scheduler.repository import NodeRepository, QueueRepository, WorkloadRepository
from app.scheduler.schemas import Explanation, WorkloadCount
from app.scheduler.status import ENDED, Status
from app.tables import Experiment, GpuNode, Run, SchedulingQueue, Workload
from trine.specs.enrolment import WorkloadKind
from trine.specs.resources import Bundle
from trine.specs.simulation import SimulationSpec
from trine.specs.training import ClassifierSpec, LanguageModelSpec, PolicySpec
from trine.specs.tuning import StudySpec

RunSpec = LanguageModelSpec | ClassifierSpec | PolicySpec | StudySpec | SimulationSpec


async def submit(
    session: AsyncSession,
    *,
    principal: Principal,
    org_id: UUID,
    project_id: UUID,
    kind: WorkloadKind,
    name: str,
    spec: dict[str, Any],
    bundles: Sequence[Bundle],
    run: Run | None = None,
    max_attempts: int = 3,
    on_success: dict[str, Any] | None = None,
) -> Workload:
    """A queued workload. Raises `Invalid` where it could not run even on the empty cluster, or asks for more at once
    than a quota allows."""
    await check_ask(session, principal=principal, org_id=org_id, project_id=project_id, bundles=bundles)
    queue = await QueueRepository(session).default()
    if queue is None:
        raise Unavailable("the controller has not started yet, so there is no queue: try again in a moment")
    workload = Workload(
        id=uuid7(),
        org_id=org_id,
        project_id=project_id,
        queue_id=queue.id,
        kind=kind,
        name=name,
        spec=spec,
        bundles=[bundle.model_dump() for bundle in bundles],
        on_success=on_success or {},
        run_id=run.id if run else None,
        created_by=principal.user_id,
        attempt=1,
        max_attempts=max_attempts,
    )
    await lifecycle.enqueue(session, workload, actor=principal.actor)
    if run is not None:
        run.workload_id = workload.id
        await session.flush()
    return workload


async def submit_run(
    session: AsyncSession,
    *,
    principal: Principal,
    experiment: Experiment,
    kind: WorkloadKind,
    spec: RunSpec,
    bundles: Sequence[Bundle],
    inputs: dict[str, str],
    max_attempts: int = 3,
    on_success: dict[str, Any] | None = None,
) -> tuple[Workload, dict[str, Any]]:
    """A queued workload with a run that it reports to, and the columns that each table of such work begins with.

    `inputs` are artifact ids by role. Raises as `submit`.
    """
    written = spec.model_dump(mode="json")
    run = await experiments.create_run(
        session,
        experiment=experiment,
        name=spec.name,
        kind=kind,
        status=RunStatus.QUEUED,
        params=written,
        created_by=principal.user_id,
    )
    await lineage.record(session, run=run, inputs=inputs)
    subject_id = uuid7()
    place = {"org_id": run.org_id, "project_id": run.project_id}
    workload = await submit(
        session,
        principal=principal,
        **place,
        kind=kind,
        name=spec.name,
        spec={"spec": written, "subject_id": str(subject_id), "inputs": inputs},
        bundles=bundles,
        run=run,
        max_attempts=max_attempts,
        on_success=on_success,
    )
    columns = {"id": subject_id, "workload_id": workload.id, "run_id": run.id, "name": spec.name, "spec": written}
    return workload, place | columns


async def check_ask(
    session: AsyncSession, *, principal: Principal, org_id: UUID, project_id: UUID, bundles: Sequence[Bundle]
) -> None:
    """Raises `Invalid` for what no wait could help: more than the nodes have, or than a quota allows."""
    await check_fits(session, bundles)
    asks = {
        Resource.GPU: sum(bundle.gpu for bundle in bundles),
        Resource.CPU: sum(bundle.cpu for bundle in bundles),
        Resource.MEMORY: sum(bundle.memory for bundle in bundles),
        Resource.WORKLOADS: 1,
    }
    await checks.check_ask(session, org_id=org_id, project_id=project_id, user_id=principal.user_id, asks=asks)


async def check_fits(session: AsyncSession, bundles: Sequence[Bundle]) -> None:
    nodes = await NodeRepository(session).alive()
    if nodes and (reason := never_fits(needs(bundles), plan_nodes(nodes))):
        raise Invalid(f"this can never run here: {reason}", field="resources", code="never_fits")


async def get(
    session: AsyncSession, *, principal: Principal, workload_id: UUID, action: Action = Action.READ
) -> Workload:
    workload = await WorkloadRepository(session).one(Workload.id == workload_id, of_what_is_there())
    if workload is None:
        raise NotFound("workload", workload_id)
    auth.require(principal, action, workload.org_id, workload.project_id)
    return workload


async def workloads(
    session: AsyncSession,
    *,
    principal: Principal,
    request: PageRequest,
    filters: Filters,
    project_id: UUID | None,
    status: Sequence[Status],
    kind: WorkloadKind | None,
) -> Rows[Workload]:
    criteria = [of_what_is_there(), *filters.of(Workload)]
    if project_id:
        criteria.append(Workload.project_id == project_id)
    if status:
        criteria.append(Workload.status.in_(status))
    if kind:
        criteria.append(Workload.kind == kind)
    return page(await WorkloadRepository(session).page(request, *criteria), request)


async def counts(session: AsyncSession, *, project_id: UUID | None) -> list[WorkloadCount]:
    """How many workloads there are of each kind and status."""
    rows = await WorkloadRepository(session).counts(project_id)
    return [WorkloadCount(kind=kind, status=status, count=count) for kind, status, count in rows]


async def by_id(session: AsyncSession, workload_ids: Sequence[UUID]) -> dict[UUID, Workload]:
    rows = await WorkloadRepository(session).every(Workload.id.in_(workload_ids))
    return {row.id: row for row in rows}


async def cancel(session: AsyncSession, *, principal: Principal, workload_id: UUID) -> Workload:
    await get(session, principal=principal, workload_id=workload_id, action=Action.WORK)
    workload = await _locked(session, workload_id)
    if workload.status in ENDED:
        raise Conflict(f"it has ended already: {workload.status}", code="already_ended")
    await lifecycle.request_stop(
        session,
        workload,
        code="cancelled",
        message="cancelled by a person",
        actor=principal.actor,
    )
    return workload


async def stop_all(session: AsyncSession, *, actor: Actor, code: str, message: str) -> None:
    """Everything of the organizations that the transaction sees, for a caller whose right to it has been checked."""
    for found in await WorkloadRepository(session).every(Workload.status.not_in(ENDED)):
        await lifecycle.request_stop(session, await _locked(session, found.id), code=code, message=message, actor=actor)


async def retry(session: AsyncSession, *, principal: Principal, workload_id: UUID) -> Workload:
    """Another attempt of what failed or was cancelled; it resumes from the last checkpoint."""
    await get(session, principal=principal, workload_id=workload_id, action=Action.WORK)
    workload = await _locked(session, workload_id)
    if workload.status not in {Status.FAILED, Status.CANCELLED}:
        raise Conflict(f"only what failed or was cancelled can be retried; this is {workload.status}")
    if workload.run_id:
        # It may have been deleted while we waited for the lock.
        await experiments.get(session, principal=principal, run_id=workload.run_id, action=Action.WORK)
    workload.max_attempts = max(workload.max_attempts, workload.attempt + 1)
    await lifecycle.requeue(
        session,
        workload,
        code="retried",
        message="retried by a person",
        actor=principal.actor,
    )
    return workload


async def extend(session: AsyncSession, *, principal: Principal, workload_id: UUID, spec: dict[str, Any]) -> Workload:
    """More work of the same: what has ended is queued again. A process that runs asks for its spec when it is done."""
    await get(session, principal=principal, workload_id=workload_id, action=Action.WORK)
    workload = await _locked(session, workload_id)
    if workload.status == Status.STOPPING:
        raise Conflict("it is being stopped: extend it when it has ended", code="stopping")
    workload.spec = workload.spec | {"spec": spec}
    if workload.status in ENDED:
        workload.max_attempts = max(workload.max_attempts, workload.attempt + 1)
        await lifecycle.requeue(
            session, workload, code="extended", message="extended by a person", actor=principal.actor
        )
    return workload


async def explain(session: AsyncSession, *, principal: Principal, workload_id: UUID) -> Explanation:
    """From rows alone."""
    workload = await get(session, principal=principal, workload_id=workload_id)
    explanation = Explanation(
        workload_id=workload.id,
        status=workload.status,
        since=workload.status_since,
        code=workload.reason["code"],
        message=workload.reason["message"],
        asks=describe(total(gang(workload).bundles)),
        would_change=_WOULD_CHANGE[Status(workload.status)],
        limits=await quotas.of_workload(
            session, org_id=workload.org_id, project_id=workload.project_id, user_id=workload.created_by
        ),
    )
    if workload.status != Status.QUEUED:
        return explanation
    if workload.not_before and workload.not_before > now():
        return explanation.model_copy(
            update={"would_change": f"it may start again at {workload.not_before.isoformat()}"}
        )
    # What waits was told why by the last admission; whom it waits for is told only where the principal may see it.
    blocker = workload.reason.get("blocked_by")
    visible = await WorkloadRepository(session).get(UUID(blocker)) if blocker else None
    return explanation.model_copy(
        update={"position": workload.reason.get("position"), "blocked_by": visible.id if visible else None}
    )


async def queues(session: AsyncSession) -> Sequence[SchedulingQueue]:
    return await QueueRepository(session).every()


async def nodes(session: AsyncSession) -> Sequence[GpuNode]:
    return await NodeRepository(session).every()


def gang(workload: Workload) -> Gang:
    return Gang(workload.id, needs([Bundle.model_validate(bundle) for bundle in workload.bundles]))


def needs(bundles: Sequence[Bundle]) -> tuple[Need, ...]:
    return tuple(Need(bundle.cpu, bundle.gpu, bundle.memory) for bundle in bundles)


def plan_nodes(rows: Sequence[GpuNode]) -> tuple[Node, ...]:
    return tuple(Node(row.node_id, Need(row.cpu, row.gpu, row.memory)) for row in rows)


async def _locked(session: AsyncSession, workload_id: UUID) -> Workload:
    workload = await WorkloadRepository(session).locked(workload_id)
    if workload is None:
        raise NotFound("workload", workload_id)
    return workload


_WOULD_CHANGE = {
    Status.QUEUED: "enough free resources, and nothing before it in the queue",
    Status.ADMITTED: "the controller launches it next",
    Status.STARTING: "its process reports that it has begun",
    Status.RUNNING: "it ends on its own, or somebody cancels it",
    Status.STOPPING: "its processes end",
    Status.SUCCEEDED: "nothing: it is done",
    Status.FAILED: "a retry",
    Status.CANCELLED: "a retry",
    Status.PREEMPTED: "it is queued again by itself",
    Status.PAUSED: "somebody resumes it",
}
