from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, status

from app.deps import (
    JobMayRead,
    JobMayReport,
    MayRead,
    MayWork,
    Narrowed,
    Paging,
    PlatformDep,
    ReportingSessionDep,
    SessionDep,
)
from app.experiments.comparison_schemas import ImportanceRead
from app.kit.pagination import Page
from app.scheduler.order_repository import WorkOrder
from app.scheduler.status import Status
from app.tuning import importance, service
from app.tuning.schemas import StudyExtend, StudyRead, TrialCreate, TrialRead, TrialUpdate
from trine.specs.tuning import StudySpec

router = APIRouter(tags=["tuning"])


@router.post("/projects/{project}/studies", response_model=StudyRead, status_code=status.HTTP_201_CREATED)
async def create(session: SessionDep, principal: MayWork, project: str, body: StudySpec) -> object:
    return await service.create(session, principal=principal, project=project, spec=body)


@router.get("/projects/{project}/studies", response_model=Page[StudyRead])
async def studies(
    session: SessionDep,
    principal: MayRead,
    project: str,
    paging: Paging,
    filters: Narrowed,
    status: Annotated[Sequence[Status], Query()] = (),
    sort: WorkOrder = WorkOrder.NEWEST,
) -> object:
    return await service.studies(
        session, principal=principal, project=project, request=paging, filters=filters, status=status, order=sort
    )


@router.get("/studies/{study_id}", response_model=StudyRead)
async def get(session: ReportingSessionDep, principal: JobMayRead, study_id: UUID) -> object:
    return await service.get(session, principal=principal, study_id=study_id)


@router.get("/studies/{study_id}/importance", response_model=ImportanceRead)
async def read_importance(platform: PlatformDep, principal: MayRead, study_id: UUID) -> object:
    """Which of its parameters decide how well the trials do, by those that have a value."""
    return await importance.importance(platform.database, principal=principal, study_id=study_id)


@router.post("/studies/{study_id}:cancel", response_model=StudyRead)
async def cancel(session: SessionDep, principal: MayWork, study_id: UUID) -> object:
    return await service.cancel(session, principal=principal, study_id=study_id)


@router.post("/studies/{study_id}:extend", response_model=StudyRead)
async def extend(session: SessionDep, principal: MayWork, study_id: UUID, body: StudyExtend) -> object:
    """More trials, drawn as the first were. A study that runs goes on with them, one that has ended is queued again."""
    return await service.extend(session, principal=principal, study_id=study_id, trials=body.trials)


@router.get("/studies/{study_id}/trials", response_model=Page[TrialRead])
async def trials(session: SessionDep, principal: MayRead, study_id: UUID, paging: Paging) -> object:
    return await service.page_of_trials(session, principal=principal, study_id=study_id, request=paging)


@router.post("/studies/{study_id}/trials", response_model=TrialRead, status_code=status.HTTP_201_CREATED)
async def start_trial(
    session: ReportingSessionDep, principal: JobMayReport, study_id: UUID, body: TrialCreate
) -> object:
    return await service.start_trial(session, principal=principal, study_id=study_id, **body.model_dump())


@router.patch("/trials/{trial_id}", response_model=TrialRead)
async def update_trial(
    session: ReportingSessionDep, principal: JobMayReport, trial_id: UUID, body: TrialUpdate
) -> object:
    return await service.update_trial(session, principal=principal, trial_id=trial_id, **body.model_dump())
