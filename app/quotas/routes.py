from datetime import date

from fastapi import APIRouter

from app.deps import MayManage, MayRead, SessionDep
from app.quotas import service
from app.quotas.schemas import QuotaRead, QuotaSet, UsageBy, UsageRead

router = APIRouter(tags=["quotas"])


@router.get("/orgs/{org}/quota", response_model=list[QuotaRead])
async def quotas(session: SessionDep, principal: MayRead, org: str) -> object:
    """Limits of the organization, its projects and its users, and how much of each is used."""
    return await service.quotas(session, principal=principal, org=org)


@router.put("/orgs/{org}/quota", response_model=QuotaRead)
async def put(session: SessionDep, principal: MayManage, org: str, body: QuotaSet) -> object:
    """Of a project or a user; of the organization itself by the platform's administrator alone."""
    return await service.put(session, principal=principal, org=org, body=body)


@router.get("/orgs/{org}/usage", response_model=list[UsageRead])
async def usage(
    session: SessionDep,
    principal: MayRead,
    org: str,
    by: UsageBy = UsageBy.DAY,
    first_day: date | None = None,
    last_day: date | None = None,
    project: str | None = None,
) -> object:
    """What was used from `first_day` to `last_day` (UTC, both included; by default the last thirty days)."""
    return await service.usage(
        session, principal=principal, org=org, by=by, first=first_day, last=last_day, project=project
    )
