from uuid import UUID

from fastapi import APIRouter, status

from app.deps import MayManage, MayManageMembers, MayRead, SessionDep
from app.projects import members, service
from app.projects.schemas import ProjectAccess, ProjectCreate, ProjectMemberRead, ProjectMemberUpdate, ProjectRead

router = APIRouter(tags=["projects"])


@router.get("/projects", response_model=list[ProjectRead])
async def mine(session: SessionDep, principal: MayRead) -> object:
    return await service.mine(session)


@router.post("/orgs/{org}/projects", response_model=ProjectRead, status_code=status.HTTP_201_CREATED)
async def create(session: SessionDep, principal: MayManage, org: str, body: ProjectCreate) -> object:
    return await service.create_in(session, principal=principal, org=org, **body.model_dump())


@router.get("/projects/{project}", response_model=ProjectRead)
async def get(session: SessionDep, principal: MayRead, project: str) -> object:
    return await service.get(session, principal=principal, ref=project)


@router.put("/projects/{project}/access", response_model=ProjectRead)
async def set_access(session: SessionDep, principal: MayManageMembers, project: str, body: ProjectAccess) -> object:
    """A private project is there for its own members alone, and for the owners and admins of the organization."""
    return await members.set_private(session, principal=principal, ref=project, private=body.private)


@router.get("/projects/{project}/members", response_model=list[ProjectMemberRead])
async def list_members(session: SessionDep, principal: MayRead, project: str) -> object:
    """Everybody who sees the project, with the role that they have in it."""
    return await members.members(session, principal=principal, ref=project)


@router.put("/projects/{project}/members/{member_id}", response_model=ProjectMemberRead)
async def give_role(
    session: SessionDep, principal: MayManageMembers, project: str, member_id: UUID, body: ProjectMemberUpdate
) -> object:
    """Another role in this project than in the organization, for a person or a service account of it."""
    return await members.give(session, principal=principal, ref=project, member_id=member_id, role=body.role)


@router.delete("/projects/{project}/members/{member_id}", status_code=status.HTTP_204_NO_CONTENT)
async def take_role_back(session: SessionDep, principal: MayManageMembers, project: str, member_id: UUID) -> None:
    """The role of the organization holds again; where the project is private, none."""
    await members.take_back(session, principal=principal, ref=project, member_id=member_id)
