from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from app.deps import MayRead, SessionDep
from app.experiments import log_search
from app.experiments.log_search_schemas import LogHit
from app.kit.pagination import Page

router = APIRouter(tags=["experiments"])

Wanted = Annotated[
    str,
    Query(
        min_length=1,
        max_length=500,
        description='Words of a line: `oom*` begins so, `"out of memory"` is a phrase, `-word` is not in it, `or`.',
    ),
]
Limit = Annotated[int, Query(ge=1, le=200, description="Lines of one page, which may have fewer.")]
Cursor = Annotated[str | None, Query(description="`next_cursor` of the page before.")]


@router.get("/runs/{run_id}/logs:search", response_model=Page[LogHit])
async def search_run(
    session: SessionDep, principal: MayRead, run_id: UUID, query: Wanted, limit: Limit = 50, cursor: Cursor = None
) -> object:
    """Lines of its log, the newest first."""
    return await log_search.of_run(session, principal=principal, run_id=run_id, query=query, limit=limit, cursor=cursor)


@router.get("/projects/{project}/logs:search", response_model=Page[LogHit])
async def search_project(
    session: SessionDep, principal: MayRead, project: str, query: Wanted, limit: Limit = 50, cursor: Cursor = None
) -> object:
    """Lines of the logs of all runs, the newest first. A page may have fewer lines than asked for, even none, and still
    be followed by another."""
    return await log_search.of_project(
        session, principal=principal, project=project, query=query, limit=limit, cursor=cursor
    )
