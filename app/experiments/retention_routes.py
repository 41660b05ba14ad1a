from fastapi import APIRouter

from app.deps import MayManage, MayRead, SessionDep
from app.experiments import retention
from app.experiments.retention_schemas import RetentionPreview, RetentionRead, RetentionSet, StorageRead

router = APIRouter(tags=["artifacts"])


@router.get("/projects/{project}/storage", response_model=StorageRead)
async def storage(session: SessionDep, principal: MayRead, project: str) -> object:
    """What its artifacts take, by type, and the largest of them."""
    return await retention.storage(session, principal=principal, project=project)


@router.get("/projects/{project}/retention", response_model=RetentionRead)
async def get(session: SessionDep, principal: MayRead, project: str) -> object:
    return await retention.get(session, principal=principal, project=project)


@router.put("/projects/{project}/retention", response_model=RetentionRead)
async def replace(session: SessionDep, principal: MayManage, project: str, body: RetentionSet) -> object:
    """What the rules no longer keep is deleted within minutes, and can be undeleted as what a person deleted. What a
    version of a model or of a dataset is made of is always kept."""
    return await retention.replace(session, principal=principal, project=project, body=body)


@router.post("/projects/{project}/retention:preview", response_model=RetentionPreview)
async def preview(session: SessionDep, principal: MayManage, project: str, body: RetentionSet) -> object:
    """What these rules would delete now. Nothing is."""
    return await retention.preview(session, principal=principal, project=project, body=body)
