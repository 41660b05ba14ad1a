from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from app.deps import MayRead, PlatformDep
from app.experiments import comparison
from app.experiments import importance as importances
from app.experiments.comparison_schemas import (
    CodeComparison,
    ComparisonRequest,
    ImportanceRead,
    ImportanceRequest,
    RunsComparison,
)

router = APIRouter(tags=["experiments"])


@router.get("/projects/{project}/runs:compare", response_model=RunsComparison)
async def compare(
    platform: PlatformDep, principal: MayRead, project: str, request: Annotated[ComparisonRequest, Query()]
) -> object:
    """Configuration, metrics, summary, tags, environment and packages of some runs, side by side."""
    return await comparison.compare(
        platform.database, platform.store, principal=principal, project=project, request=request
    )


@router.post("/projects/{project}/runs:compare", response_model=RunsComparison)
async def compare_many(platform: PlatformDep, principal: MayRead, project: str, body: ComparisonRequest) -> object:
    """As with GET, for what is too long for an address."""
    return await comparison.compare(
        platform.database, platform.store, principal=principal, project=project, request=body
    )


@router.get("/projects/{project}/runs:compare-code", response_model=CodeComparison)
async def compare_code(platform: PlatformDep, principal: MayRead, project: str, base: UUID, other: UUID) -> object:
    """What two runs had changed in their code, each against its commit, file by file."""
    return await comparison.compare_code(
        platform.database, platform.store, principal=principal, project=project, base=base, other=other
    )


@router.get("/projects/{project}/runs:importance", response_model=ImportanceRead)
async def importance(
    platform: PlatformDep, principal: MayRead, project: str, request: Annotated[ImportanceRequest, Query()]
) -> object:
    """Which parameters a metric depends on, over the runs that match a filter."""
    return await importances.importance(platform.database, principal=principal, project=project, request=request)
