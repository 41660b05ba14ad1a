from uuid import UUID

from fastapi import APIRouter, status

from app.deps import JobMayReport, MayRead, ReportingSessionDep, SessionDep
from app.experiments import lineage
from app.experiments.artifact_schemas import LineageRead, RunInputCreate, RunInputRead

router = APIRouter(tags=["artifacts"])


@router.post("/runs/{run_id}/inputs", response_model=RunInputRead, status_code=status.HTTP_201_CREATED)
async def use(session: ReportingSessionDep, principal: JobMayReport, run_id: UUID, body: RunInputCreate) -> object:
    """The run has read an artifact. What the platform gives to a job is recorded without being told."""
    return await lineage.use(session, principal=principal, run_id=run_id, body=body)


@router.get("/runs/{run_id}/inputs", response_model=list[RunInputRead])
async def of_run(session: SessionDep, principal: MayRead, run_id: UUID) -> object:
    """What the run has read."""
    return await lineage.inputs(session, principal=principal, run_id=run_id)


@router.get("/artifacts/{artifact_id}/lineage", response_model=LineageRead)
async def of_artifact(session: SessionDep, principal: MayRead, artifact_id: UUID) -> object:
    """Which run made it, from what; which runs read it; which versions of models are made of it."""
    return await lineage.lineage(session, principal=principal, artifact_id=artifact_id)
