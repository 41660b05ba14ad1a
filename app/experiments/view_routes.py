from uuid import UUID

from fastapi import APIRouter, Depends, Response, status

from app.deps import MayRead, MayWork, SessionDep
from app.experiments import views
from app.experiments.view_repository import RunViewRepository
from app.experiments.view_schemas import RunViewCreate, RunViewRead, RunViewUpdate
from app.precondition import Unchanged, tagged

router = APIRouter(tags=["experiments"])

UNCHANGED = Depends(Unchanged(RunViewRepository, "view_id"))


@router.post("/projects/{project}/run-views", response_model=RunViewRead, status_code=status.HTTP_201_CREATED)
async def create(
    session: SessionDep, principal: MayWork, project: str, body: RunViewCreate, response: Response
) -> object:
    """A filter, an order, columns and groups of the table of runs under a name, for oneself or for the project."""
    view = await views.create(session, principal=principal, project=project, told=body.model_dump())
    return await tagged(session, response, view)


@router.get("/projects/{project}/run-views", response_model=list[RunViewRead])
async def list_views(session: SessionDep, principal: MayRead, project: str) -> object:
    """Those that are shared, and one's own."""
    return await views.views(session, principal=principal, project=project)


@router.get("/run-views/{view_id}", response_model=RunViewRead)
async def get(session: SessionDep, principal: MayRead, view_id: UUID, response: Response) -> object:
    return await tagged(session, response, await views.get(session, principal=principal, view_id=view_id))


@router.patch("/run-views/{view_id}", response_model=RunViewRead, dependencies=[UNCHANGED])
async def update(
    session: SessionDep, principal: MayWork, view_id: UUID, body: RunViewUpdate, response: Response
) -> object:
    changes = body.model_dump(exclude_unset=True)
    view = await views.update(session, principal=principal, view_id=view_id, changes=changes)
    return await tagged(session, response, view)


@router.delete("/run-views/{view_id}", status_code=status.HTTP_204_NO_CONTENT, dependencies=[UNCHANGED])
async def remove(session: SessionDep, principal: MayWork, view_id: UUID) -> None:
    await views.remove(session, principal=principal, view_id=view_id)
