from uuid import UUID

from fastapi import APIRouter, Depends, Response, status

from app.deps import MayManageMembers, MayRead, Paging, PlatformDep, PrincipalDep, SessionDep
from app.kit.pagination import Page
from app.orgs import invitations, members, service
from app.orgs.precondition import MEMBER_UNCHANGED
from app.orgs.schemas import (
    InvitationAccept,
    InvitationCreate,
    InvitationCreated,
    InvitationRead,
    MemberRead,
    MemberUpdate,
    OrganizationRead,
)
from app.precondition import tagged

router = APIRouter(tags=["organizations"])


@router.get("/orgs", response_model=Page[OrganizationRead])
async def mine(session: SessionDep, principal: MayRead, paging: Paging) -> object:
    return await service.page_of_mine(session, request=paging)


@router.get("/orgs/{org}", response_model=OrganizationRead)
async def get(session: SessionDep, principal: MayRead, org: str) -> object:
    return await service.get(session, principal=principal, ref=org)


@router.get("/orgs/{org}/members", response_model=Page[MemberRead])
async def list_members(session: SessionDep, principal: MayRead, org: str, paging: Paging) -> object:
    return await service.members(session, principal=principal, ref=org, request=paging)


@router.get("/orgs/{org}/members/{user_id}", response_model=MemberRead)
async def get_member(session: SessionDep, principal: MayRead, org: str, user_id: UUID, response: Response) -> object:
    membership = await service.membership(session, principal=principal, ref=org, user_id=user_id)
    await tagged(session, response, membership)
    return await service.member(session, membership=membership)


@router.patch("/orgs/{org}/members/{user_id}", response_model=MemberRead, dependencies=[Depends(MEMBER_UNCHANGED)])
async def change_role(
    session: SessionDep, principal: MayManageMembers, org: str, user_id: UUID, body: MemberUpdate, response: Response
) -> object:
    membership = await members.change_role(session, principal=principal, org=org, user_id=user_id, role=body.role)
    await tagged(session, response, membership)
    return await service.member(session, membership=membership)


@router.post("/orgs/{org}/invitations", response_model=InvitationCreated, status_code=status.HTTP_201_CREATED)
async def invite(
    session: SessionDep, platform: PlatformDep, principal: MayManageMembers, org: str, body: InvitationCreate
) -> object:
    row, token = await invitations.invite(
        session, pepper=platform.settings.key_pepper, principal=principal, org=org, body=body
    )
    return InvitationRead.model_validate(row).model_dump() | {"token": token}


@router.get("/orgs/{org}/invitations", response_model=Page[InvitationRead])
async def list_invitations(session: SessionDep, principal: MayManageMembers, org: str, paging: Paging) -> object:
    return await invitations.invitations(session, principal=principal, org=org, request=paging)


@router.delete("/orgs/{org}/invitations/{invitation_id}", status_code=status.HTTP_204_NO_CONTENT)
async def revoke_invitation(session: SessionDep, principal: MayManageMembers, org: str, invitation_id: UUID) -> None:
    await invitations.revoke(session, principal=principal, org=org, invitation_id=invitation_id)


@router.post("/invitations:accept", response_model=OrganizationRead)
async def accept_invitation(
    session: SessionDep, platform: PlatformDep, principal: PrincipalDep, body: InvitationAccept
) -> object:
    """Whoever is signed in with the invited address joins the organization."""
    return await invitations.accept(
        session, peppers=platform.settings.key_peppers, principal=principal, token=body.token
    )
