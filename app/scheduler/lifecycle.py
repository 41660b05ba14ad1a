"""The status of a workload: every change is made here, with its reason, its event and its run's status."""

from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.activity import service as activity
from app.activity.actor import CONTROLLER, Actor, Subject
from app.auth.credentials import TOPIC as CREDENTIALS
from app.errors import Conflict
from app.experiments import service as experiments
from app.experiments.schemas import RunStatus
from app.kit.clock import now
from app.kit.db import after_commit
from app.kit.notify import notify
from app.metrics import WORKLOAD_CHANGES, WORKLOAD_WAIT_SECONDS
from app.quotas import ledger
from app.scheduler.repository import WorkloadRepository
from app.scheduler.status import ACTIVE, ENDED, NEXT, RUN_STATUS, Phase, Status
from app.tables import UsageEntry, Workload

TOPIC = "workloads"


async def enqueue(session: AsyncSession, workload: Workload, *, actor: Actor) -> None:
    """A new row, queued."""
    workload.status = Status.QUEUED
    workload.status_since = now()
    workload.reason = {"code": "submitted", "message": "submitted"}
    await WorkloadRepository(session).add(workload)
    kind = str(workload.kind)
    after_commit(session, lambda: WORKLOAD_CHANGES.add(kind, Status.QUEUED))
    await _tell(session, workload, "queued", actor, before=None)


async def move(
    session: AsyncSession,
    workload: Workload,
    to: Status,
    *,
    code: str,
    message: str,
    actor: Actor = CONTROLLER,
    details: dict[str, Any] | None = None,
) -> None:
    """The caller holds the row's lock. Raises `Conflict` where `to` may not follow."""
    before = Status(workload.status)
    if to not in NEXT[before]:
        raise Conflict(f"a workload that is {before} cannot become {to}")
    when, kind = now(), str(workload.kind)
    if before in ACTIVE and to not in ACTIVE:
        await _book_usage(session, workload)
    workload.status = to
    began, workload.status_since = workload.status_since, when
    workload.reason = {"code": code, "message": message, **(details or {})}
    workload.due_at = when
    if to is Status.ADMITTED:
        workload.admitted_at = when
        waited = (when - began).total_seconds()
        after_commit(session, lambda: WORKLOAD_WAIT_SECONDS.observe(waited, kind))
    if to is Status.RUNNING:
        workload.started_at = workload.started_at or when
    if to in ENDED:
        workload.ended_at = when
        workload.enrolment_hash = None
    if to not in ACTIVE and workload.token_hash is not None:
        workload.token_hash = None
        await notify(session, CREDENTIALS, workload=workload.id)
    if to not in ACTIVE:
        workload.phase = None
        workload.stop_requested = None
    await session.flush()
    if workload.run_id and (run := await WorkloadRepository(session).run(workload.run_id)):
        await experiments.set_status(session, run=run, status=RUN_STATUS[to], code=code, message=message)
    if to in ENDED:
        await _end_trials(session, workload, code=code, message=message)
    after_commit(session, lambda: WORKLOAD_CHANGES.add(kind, to))
    await _tell(session, workload, to, actor, before=before)


async def requeue(
    session: AsyncSession,
    workload: Workload,
    *,
    code: str,
    message: str,
    pause: timedelta | None = None,
    actor: Actor = CONTROLLER,
) -> None:
    """Another attempt, with fresh credentials; `pause` (timedelta) before it may be admitted."""
    await move(session, workload, Status.QUEUED, code=code, message=message, actor=actor)
    workload.attempt += 1
    workload.not_before = now() + pause if pause else None
    workload.admitted_at = workload.started_at = workload.ended_at = None
    workload.enrolment_hash = workload.enrolled_at = workload.token_hash = None
    await session.flush()


async def note_waiting(session: AsyncSession, workload: Workload, reason: dict[str, Any]) -> None:
    """Why a queued workload still waits; no event, because its status is the same."""
    if workload.reason != reason:
        workload.reason = reason
        await session.flush()


async def set_phase(session: AsyncSession, workload: Workload, phase: Phase, *, message: str) -> None:
    if workload.phase == phase:
        return
    before, workload.phase = workload.phase, phase
    workload.reason = {"code": f"deployment_{phase}", "message": message}
    await session.flush()
    await _tell(session, workload, phase, CONTROLLER, before=before)


async def request_stop(session: AsyncSession, workload: Workload, *, code: str, message: str, actor: Actor) -> None:
    """Ends what waits at once; what holds resources goes to `stopping`, and the controller stops it."""
    status = Status(workload.status)
    if status in ENDED or status is Status.STOPPING:
        return
    if status in ACTIVE:
        workload.stop_requested = code
    to = Status.STOPPING if status in ACTIVE else Status.CANCELLED
    await move(session, workload, to, code=code, message=message, actor=actor)


async def _end_trials(session: AsyncSession, workload: Workload, *, code: str, message: str) -> None:
    """Runs that the workload had under way end with it: nobody else would say so for a process that was killed."""
    ended = RunStatus.CANCELLED if workload.status == Status.CANCELLED else RunStatus.FAILED
    for run in await WorkloadRepository(session).open_runs(workload.id):
        await experiments.set_status(session, run=run, status=ended, code=code, message=message)


async def _book_usage(session: AsyncSession, workload: Workload) -> None:
    if workload.admitted_at is None:
        return
    seconds = (now() - workload.admitted_at).total_seconds()
    entry = UsageEntry(
        org_id=workload.org_id,
        project_id=workload.project_id,
        workload_id=workload.id,
        attempt=workload.attempt,
        actor_id=workload.created_by,
        cpu_seconds=seconds * sum(bundle["cpu"] for bundle in workload.bundles),
        gpu_seconds=seconds * sum(bundle["gpu"] for bundle in workload.bundles),
    )
    await ledger.book(session, entry)


async def _tell(session: AsyncSession, workload: Workload, what: str, actor: Actor, *, before: str | None) -> None:
    await activity.record(
        session,
        actor,
        f"workload.{what}",
        Subject("workload", workload.id, workload.org_id, workload.project_id),
        {
            "kind": workload.kind,
            "name": workload.name,
            "attempt": workload.attempt,
            "before": before,
            "after": what,
            "reason": workload.reason,
        },
    )
    await notify(session, TOPIC, workload=workload.id)
