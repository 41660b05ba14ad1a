from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from app.auth.credential_limit import Trial
from app.deps import MayRead, Narrowed, Paging, PlatformDep, SessionDep
from app.errors import Problem, Unauthenticated
from app.kit.pagination import Page
from app.scheduler import enrolment, service
from app.scheduler.schemas import EnrolmentRequest, Explanation, NodeRead, QueueRead, WorkloadCount, WorkloadRead
from app.scheduler.status import Status
from trine.specs.enrolment import Enrolment, WorkloadKind

router = APIRouter(tags=["scheduling"])


@router.get("/workloads", response_model=Page[WorkloadRead])
async def workloads(
    session: SessionDep,
    principal: MayRead,
    paging: Paging,
    filters: Narrowed,
    project_id: UUID | None = None,
    status: Annotated[Sequence[Status], Query()] = (),
    kind: WorkloadKind | None = None,
) -> object:
    return await service.workloads(
        session,
        principal=principal,
        request=paging,
        filters=filters,
        project_id=project_id,
        status=status,
        kind=kind,
    )


@router.get("/workloads:count", response_model=list[WorkloadCount])
async def counts(session: SessionDep, principal: MayRead, project_id: UUID | None = None) -> object:
    return await service.counts(session, project_id=project_id)


@router.get("/workloads/{workload_id}", response_model=WorkloadRead)
async def workload(session: SessionDep, principal: MayRead, workload_id: UUID) -> object:
    return await service.get(session, principal=principal, workload_id=workload_id)


@router.get("/workloads/{workload_id}/explain", response_model=Explanation)
async def explain(session: SessionDep, principal: MayRead, workload_id: UUID) -> object:
    return await service.explain(session, principal=principal, workload_id=workload_id)


@router.get("/queues", response_model=list[QueueRead])
async def queues(session: SessionDep, principal: MayRead) -> object:
    return await service.queues(session)


@router.get("/nodes", response_model=list[NodeRead])
async def nodes(session: SessionDep, principal: MayRead) -> object:
    return await service.nodes(session)


@router.post("/enrolments", response_model=Enrolment, responses={409: {"model": Problem}})
async def enrol(request: Request, platform: PlatformDep, body: EnrolmentRequest) -> object:
    """For the processes that the controller launches: a code that works once, for a task and a token."""
    trial = Trial(platform.credential_limit, request)
    await trial.admit()
    try:
        async with platform.database.session() as session:
            task = await enrolment.exchange(session, settings=platform.settings, code=body.code)
    except Unauthenticated:
        await trial.failed()
        raise
    # Raised after the commit, so that ending the attempt is not rolled back with the refusal.
    if task is None:
        raise enrolment.Reused("this enrolment code was exchanged before: the attempt has been ended")
    return task
