from fastapi import APIRouter

from app.deps import MayRead, SessionDep
from app.scheduler import utilization
from app.scheduler.utilization_schemas import PoolUtilization
from app.span import AskedSpan

router = APIRouter(tags=["scheduling"])


@router.get("/orgs/{org}/utilization", response_model=list[PoolUtilization])
async def read(
    session: SessionDep, principal: MayRead, org: str, asked: AskedSpan, project: str | None = None
) -> object:
    """What of each pool the organization's workloads held, in at most 400 steps. Sampled once a minute; what is older
    than two days is told by the hour, for 400 days."""
    return await utilization.utilization(session, principal=principal, org=org, project=project, asked=asked)
