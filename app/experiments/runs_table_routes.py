from typing import Annotated

from fastapi import APIRouter, Query

from app.deps import MayRead, SessionDep
from app.experiments import groups, runs_table
from app.experiments.groups_schemas import RunsGroups, RunsGroupsRequest
from app.experiments.runs_table_schemas import RunsCount, RunsCountRequest, RunsTable, RunsTableRequest

router = APIRouter(tags=["experiments"])


@router.get("/projects/{project}/runs:search", response_model=RunsTable)
async def search(
    session: SessionDep, principal: MayRead, project: str, request: Annotated[RunsTableRequest, Query()]
) -> object:
    return await runs_table.page(session, principal=principal, project=project, request=request)


@router.post("/projects/{project}/runs:search", response_model=RunsTable)
async def search_long(session: SessionDep, principal: MayRead, project: str, body: RunsTableRequest) -> object:
    """As with GET, for what is too long for an address."""
    return await runs_table.page(session, principal=principal, project=project, request=body)


@router.get("/projects/{project}/runs:count", response_model=RunsCount)
async def count(
    session: SessionDep, principal: MayRead, project: str, request: Annotated[RunsCountRequest, Query()]
) -> object:
    """How many match, exactly; a page of the table does not wait for it."""
    runs = await runs_table.count(session, principal=principal, project=project, filter_text=request.filter)
    return RunsCount(runs=runs)


@router.get("/projects/{project}/runs:group", response_model=RunsGroups)
async def group(
    session: SessionDep, principal: MayRead, project: str, request: Annotated[RunsGroupsRequest, Query()]
) -> object:
    """Runs in groups of the same parameters or tags, and how the metrics of each group spread."""
    return await groups.page(session, principal=principal, project=project, request=request)


@router.post("/projects/{project}/runs:group", response_model=RunsGroups)
async def group_long(session: SessionDep, principal: MayRead, project: str, body: RunsGroupsRequest) -> object:
    """As with GET, for what is too long for an address."""
    return await groups.page(session, principal=principal, project=project, request=body)
