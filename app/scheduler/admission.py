"""Admission: one transaction under an advisory lock, so that two controllers cannot give the same resources twice."""

from dataclasses import asdict

from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.clock import now
from app.scheduler import lifecycle
from app.scheduler.plan import Waiting, plan
from app.scheduler.repository import NodeRepository, WorkloadRepository
from app.scheduler.service import gang, plan_nodes
from app.scheduler.status import Status
from app.tables import Workload


async def admit(session: AsyncSession) -> int:
    """How many were admitted. Those that wait are told why, in their rows."""
    workloads = WorkloadRepository(session)
    await workloads.lock_admission()
    queue = await workloads.queued(now())
    if not queue:
        return 0
    nodes = plan_nodes(await NodeRepository(session).alive())
    active = [gang(row) for row in await workloads.active()]
    planned = plan([gang(row) for row in queue], active, nodes)
    rows = {row.id: row for row in queue}
    for workload_id in planned.admitted:
        await lifecycle.move(
            session, rows[workload_id], Status.ADMITTED, code="admitted", message="its resources are reserved"
        )
    for position, waiting in enumerate(planned.waiting, start=1):
        await _tell_why(session, rows[waiting.id], waiting, position)
    return len(planned.admitted)


async def _tell_why(session: AsyncSession, workload: Workload, waiting: Waiting, position: int) -> None:
    reason = {name: value for name, value in asdict(waiting).items() if name != "id" and value is not None}
    if waiting.blocked_by:
        reason["blocked_by"] = str(waiting.blocked_by)
    await lifecycle.note_waiting(session, workload, {**reason, "position": position})
