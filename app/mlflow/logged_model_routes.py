from fastapi import APIRouter

from app.deps import MayRead, MayWork, SessionDep
from app.mlflow import logged_models, schemas
from app.mlflow.records import Record
from app.mlflow.route import MlflowRoute

router = APIRouter(prefix="/mlflow/logged-models", route_class=MlflowRoute, include_in_schema=False)


@router.post("")
async def create(session: SessionDep, principal: MayWork, body: schemas.LoggedModelCreate) -> Record:
    return await logged_models.create(session, principal=principal, body=body)


@router.post("/search")
async def search(session: SessionDep, principal: MayRead, body: schemas.LoggedModelSearch) -> Record:
    return await logged_models.search(session, principal=principal, body=body)


@router.get("/{model_id}")
async def get(session: SessionDep, principal: MayRead, model_id: str, allow_deleted: bool = False) -> Record:
    return await logged_models.get(session, principal=principal, model_id=model_id, allow_deleted=allow_deleted)


@router.patch("/{model_id}")
async def finalize(session: SessionDep, principal: MayWork, model_id: str, body: schemas.LoggedModelStatus) -> Record:
    return await logged_models.finalize(session, principal=principal, model_id=model_id, status=body.status)


@router.delete("/{model_id}")
async def delete(session: SessionDep, principal: MayWork, model_id: str) -> Record:
    return await logged_models.remove(session, principal=principal, model_id=model_id)


@router.patch("/{model_id}/tags")
async def set_tags(session: SessionDep, principal: MayWork, model_id: str, body: schemas.LoggedModelTags) -> Record:
    return await logged_models.set_tags(session, principal=principal, model_id=model_id, tags=body.tags)


@router.delete("/{model_id}/tags/{tag_key:path}")
async def delete_tag(session: SessionDep, principal: MayWork, model_id: str, tag_key: str) -> Record:
    return await logged_models.remove_tag(session, principal=principal, model_id=model_id, name=tag_key)


@router.post("/{model_id}/params")
async def set_params(session: SessionDep, principal: MayWork, model_id: str, body: schemas.LoggedModelParams) -> Record:
    return await logged_models.set_params(session, principal=principal, model_id=model_id, params=body.params)
