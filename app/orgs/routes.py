from fastapi import APIRouter

from app.deps import PrincipalDep, SessionDep
from app.orgs import service
from app.orgs.schemas import MemberRead, OrganizationRead

router = APIRouter(prefix="/orgs", tags=["organizations"])


@router.get("", response_model=list[OrganizationRead])
async def mine(session: SessionDep) -> object:
    return await service.mine(session)


@router.get("/{org}", response_model=OrganizationRead)
async def get(session: SessionDep, principal: PrincipalDep, org: str) -> object:
    return await service.get(session, principal=principal, ref=org)


@router.get("/{org}/members", response_model=list[MemberRead])
async def members(session: SessionDep, principal: PrincipalDep, org: str) -> object:
    return await service.members(session, principal=principal, ref=org)
