from fastapi import APIRouter, status

from app.deps import MayManage, MayRead, SessionDep
from app.projects import service
from app.projects.schemas import ProjectCreate, ProjectRead

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
