"""Going on with a run that a person's program reports to and that broke off."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.activity import service as activity
from app.activity.actor import Subject
from app.auth.permissions import Action
from app.auth.principal import Principal
from app.errors import Conflict, NotFound
from app.experiments import service as experiments
from app.experiments.repository import RunRepository
from app.experiments.resume_repository import ReachedRepository
from app.experiments.schemas import RunStatus
from app.tables import Run


async def resume(session: AsyncSession, *, principal: Principal, run_id: UUID) -> tuple[Run, int, int]:
    """The run, running again; the number of the attempt that begins, and the step after the last.

    Raises `Conflict` for the run of a workload, whose attempts are the scheduler's.
    """
    await experiments.get(session, principal=principal, run_id=run_id, action=Action.WORK)
    run = await RunRepository(session).locked(run_id)
    if run is None:
        raise NotFound("run", run_id)
    if run.workload_id is not None:
        raise Conflict("this run belongs to a workload, which resumes by itself: retry the job instead")
    attempt, step = await ReachedRepository(session).reached(run.id)
    before = {"status": run.status}
    await experiments.set_status(session, run=run, status=RunStatus.RUNNING, code="resumed", message="goes on")
    subject = Subject("run", run.id, run.org_id, run.project_id)
    after = {"status": run.status, "attempt": attempt + 1}
    await activity.record(session, principal.actor, "run.resumed", subject, {"before": before, "after": after})
    return run, attempt + 1, step + 1
