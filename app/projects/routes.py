from uuid import UUID

from fastapi import APIRouter, Depends, Response, status

from app.deps import MayManage, MayManageMembers, MayRead, NarrowedOrDeleted, Paging, PlatformDep, SessionDep
from app.kit.pagination import Page
from app.precondition import Unchanged, tagged
from app.projects import members, service
from app.projects.repository import ProjectRepository
from app.projects.schemas import (
    ProjectAccess,
    ProjectCreate,
    ProjectMemberRead,
    ProjectMemberUpdate,
    ProjectRead,
    ProjectUpdate,
)

router = APIRouter(tags=["projects"])

UNCHANGED = Depends(Unchanged(ProjectRepository, "project"))


@router.get("/projects", response_model=Page[ProjectRead])
async def mine(session: SessionDep, principal: MayRead, paging: Paging, filters: NarrowedOrDeleted) -> object:
    return await service.projects(session, principal=principal, request=paging, filters=filters)


@router.post("/orgs/{org}/projects", response_model=ProjectRead, status_code=status.HTTP_201_CREATED)
async def create(
    session: SessionDep, principal: MayManage, org: str, body: ProjectCreate, response: Response
) -> object:
    row = await service.create_in(session, principal=principal, org=org, **body.model_dump())
    return await tagged(session, response, row)


@router.get("/projects/{project}", response_model=ProjectRead)
async def get(session: SessionDep, principal: MayRead, project: str, response: Response) -> object:
    row = await service.get(session, principal=principal, ref=project)
    return await tagged(session, response, row)


@router.patch("/projects/{project}", response_model=ProjectRead, dependencies=[UNCHANGED])
async def update(
    session: SessionDep, principal: MayManage, project: str, body: ProjectUpdate, response: Response
) -> object:
    row = await service.update(session, principal=principal, ref=project, **body.model_dump())
    return await tagged(session, response, row)


@router.delete("/projects/{project}", status_code=status.HTTP_204_NO_CONTENT, dependencies=[UNCHANGED])
async def remove(session: SessionDep, principal: MayManage, project: str) -> None:
    """With all that is in it. Keys whose default project it is are revoked, and stay so. Cancel first what has not
    ended."""
    await service.remove(session, principal=principal, ref=project)


@router.post("/projects/{project}:undelete", response_model=ProjectRead)
async def undelete(
    session: SessionDep, platform: PlatformDep, principal: MayManage, project: str, response: Response
) -> object:
    """With what was deleted together with it."""
    row = await service.restore(session, principal=principal, ref=project, kept=platform.settings.retention)
    return await tagged(session, response, row)


@router.put("/projects/{project}/access", response_model=ProjectRead)
async def set_access(session: SessionDep, principal: MayManageMembers, project: str, body: ProjectAccess) -> object:
    """A private project is there for its own members alone, and for the owners and admins of the organization."""
    return await members.set_private(session, principal=principal, ref=project, private=body.private)


@router.get("/projects/{project}/members", response_model=Page[ProjectMemberRead])
async def list_members(session: SessionDep, principal: MayRead, project: str, paging: Paging) -> object:
    """Everybody who sees the project, with the role that they have in it."""
    return await members.members(session, principal=principal, ref=project, request=paging)


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
