"""From what was seen to rows, in one transaction in which the lease still stands."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from app.activity.actor import CONTROLLER
from app.errors import PlatformError
from app.registry import aliases, versions
from app.registry import service as registry
from app.scheduler import leases, lifecycle
from app.scheduler.leases import Leased
from app.scheduler.observation import Observation, Seen
from app.scheduler.repository import WorkloadRepository
from app.scheduler.status import Phase, Status
from app.tables import Workload
from trine.specs.enrolment import WorkloadKind
from trine.specs.telemetry import RETRIED, Failure, FailureClass

ENDS_AS_FAILURE = frozenset({"enrolment_reused"})
"""Reasons to stop that are nobody's wish."""
LONGEST_PAUSE = timedelta(seconds=60)


async def apply(session: AsyncSession, leased: Leased, observation: Observation) -> bool:
    """False where the lease was lost, or the row moved on meanwhile: what was seen is dropped."""
    workload = await leases.held(session, leased)
    if workload is None:
        return False
    leases.release(workload, look_again=observation.look_again)
    # A worker's enrolment or a person's cancellation may have come first; the next look sees what is true then.
    if workload.status != leased.status or workload.attempt != leased.attempt:
        workload.due_at = None
        await session.flush()
        return False
    await _apply(session, workload, observation)
    return True


async def _apply(session: AsyncSession, workload: Workload, observation: Observation) -> None:
    if workload.status == Status.STOPPING and observation.seen in {Seen.LOST, Seen.FAILED, Seen.BROKEN}:
        await _stopped(session, workload)
        return
    match observation.seen:
        case Seen.WAITING:
            await session.flush()
        case Seen.LAUNCHED:
            if observation.phase:
                workload.phase = observation.phase
            await lifecycle.move(
                session, workload, Status.STARTING, code="launched", message=observation.message or "its process starts"
            )
        case Seen.RUNNING:
            await _running(session, workload, observation)
        case Seen.SUCCEEDED:
            await _succeeded(session, workload)
        case Seen.STOPPED:
            await _stopped(session, workload)
        case Seen.LOST:
            failure = Failure(kind=FailureClass.NODE_LOST, message=observation.message[:4000])
            await _failed(session, workload, failure)
        case Seen.BROKEN:
            await _failed(session, workload, Failure(kind=FailureClass.PLATFORM, message=observation.message[:4000]))
        case Seen.FAILED:
            await _failed(session, workload, await _said(session, workload, observation))


async def _running(session: AsyncSession, workload: Workload, observation: Observation) -> None:
    if workload.status == Status.STARTING:
        workload.phase = observation.phase
        await lifecycle.move(session, workload, Status.RUNNING, code="deployment_ready", message=observation.message)
    elif observation.phase:
        await lifecycle.set_phase(session, workload, Phase(observation.phase), message=observation.message)


async def _succeeded(session: AsyncSession, workload: Workload) -> None:
    """A job that ended well after somebody wanted it stopped has ended well; not one whose code somebody else has."""
    if workload.stop_requested in ENDS_AS_FAILURE:
        await _stopped(session, workload)
        return
    try:
        async with session.begin_nested():
            await _on_success(session, workload)
    except PlatformError as error:
        message = f"it ran, but its result could not be registered: {error.detail}"
        await lifecycle.move(session, workload, Status.FAILED, code="register_failed", message=message)
        return
    await lifecycle.move(session, workload, Status.SUCCEEDED, code="succeeded", message="it ended on its own")


async def _on_success(session: AsyncSession, workload: Workload) -> None:
    wanted = workload.on_success.get("register")
    if not wanted or workload.run_id is None:
        return
    artifact = await WorkloadRepository(session).newest_model_artifact(workload.run_id)
    if artifact is None:
        raise PlatformError("the run wrote no artifact of type `model`")
    model, _ = await registry.ensure(
        session, org_id=workload.org_id, project_id=workload.project_id, name=wanted["model"]
    )
    version = await versions.register(
        session, model=model, artifact=artifact, actor=CONTROLLER, author=workload.created_by
    )
    if wanted.get("alias"):
        await aliases.offer(session, model=model, alias=wanted["alias"], version=version, actor=CONTROLLER)


async def _stopped(session: AsyncSession, workload: Workload) -> None:
    code = workload.stop_requested or "stopped"
    to = Status.FAILED if code in ENDS_AS_FAILURE else Status.CANCELLED
    await lifecycle.move(session, workload, to, code=code, message=workload.reason["message"])


async def _said(session: AsyncSession, workload: Workload, observation: Observation) -> Failure:
    """What the worker said of this attempt; else the end of its log, as the fault of its code."""
    run = await WorkloadRepository(session).run(workload.run_id) if workload.run_id else None
    if run is not None and run.failure and run.failure.get("attempt") == workload.attempt:
        return Failure.model_validate({name: run.failure[name] for name in Failure.model_fields})
    return Failure(kind=FailureClass.USER_CODE, message=observation.message[-4000:])


async def _failed(session: AsyncSession, workload: Workload, failure: Failure) -> None:
    if failure.kind in RETRIED and workload.attempt < workload.max_attempts:
        # The first loss of a deployment is repaired at once, because people wait for its answers.
        quick = workload.kind == WorkloadKind.DEPLOYMENT and workload.attempt < 3
        pause = timedelta(0) if quick else min(LONGEST_PAUSE, timedelta(seconds=2.0 ** min(workload.attempt, 6)))
        await lifecycle.requeue(
            session,
            workload,
            code=f"retry_{failure.kind}",
            message=f"{failure.message}: it is tried again",
            pause=pause,
        )
        return
    await lifecycle.move(session, workload, Status.FAILED, code=failure.kind, message=failure.message)
