from typing import Annotated

from fastapi import APIRouter, Query

from app.deps import MayRead, MayWork, SessionDep
from app.mlflow import registry, schemas
from app.mlflow.records import Record
from app.mlflow.route import MlflowRoute

router = APIRouter(prefix="/mlflow", route_class=MlflowRoute, include_in_schema=False)

ModelName = Annotated[str, Query(max_length=250)]
Version = Annotated[int, Query(ge=1, lt=2**31)]
Search = Annotated[schemas.Search, Query()]


@router.post("/registered-models/create")
async def create(session: SessionDep, principal: MayWork, body: schemas.ModelCreate) -> Record:
    return await registry.create(session, principal=principal, body=body)


@router.get("/registered-models/get")
async def get(session: SessionDep, principal: MayRead, name: ModelName) -> Record:
    return await registry.get(session, principal=principal, name=name)


@router.get("/registered-models/search")
async def search(session: SessionDep, principal: MayRead, query: Search) -> Record:
    return await registry.search(session, principal=principal, body=query)


@router.post("/registered-models/rename")
async def rename(session: SessionDep, principal: MayWork, body: schemas.ModelRename) -> Record:
    return await registry.rename(session, principal=principal, name=body.name, new_name=body.new_name)


@router.patch("/registered-models/update")
async def update(session: SessionDep, principal: MayWork, body: schemas.ModelUpdate) -> Record:
    return await registry.update(session, principal=principal, name=body.name, description=body.description)


@router.delete("/registered-models/delete")
async def delete(session: SessionDep, principal: MayWork, body: schemas.ModelKey) -> Record:
    return await registry.remove(session, principal=principal, name=body.name)


@router.post("/registered-models/get-latest-versions")
async def latest_versions(session: SessionDep, principal: MayRead, body: schemas.LatestVersions) -> Record:
    return await registry.latest_versions(session, principal=principal, name=body.name, stages=body.stages)


@router.get("/registered-models/get-latest-versions")
async def list_latest_versions(
    session: SessionDep, principal: MayRead, query: Annotated[schemas.LatestVersions, Query()]
) -> Record:
    return await registry.latest_versions(session, principal=principal, name=query.name, stages=query.stages)


@router.post("/registered-models/set-tag")
async def set_tag(session: SessionDep, principal: MayWork, body: schemas.ModelTag) -> Record:
    return await registry.set_tag(session, principal=principal, body=body)


@router.delete("/registered-models/delete-tag")
async def delete_tag(session: SessionDep, principal: MayWork, body: schemas.ModelTagKey) -> Record:
    return await registry.remove_tag(session, principal=principal, name=body.name, tag=body.key)


@router.post("/registered-models/alias")
async def set_alias(session: SessionDep, principal: MayWork, body: schemas.AliasSet) -> Record:
    return await registry.set_alias(session, principal=principal, body=body)


@router.get("/registered-models/alias")
async def get_by_alias(session: SessionDep, principal: MayRead, name: ModelName, alias: str) -> Record:
    return await registry.by_alias(session, principal=principal, name=name, alias=alias)


@router.delete("/registered-models/alias")
async def delete_alias(session: SessionDep, principal: MayWork, body: schemas.AliasKey) -> Record:
    return await registry.remove_alias(session, principal=principal, name=body.name, alias=body.alias)


@router.post("/model-versions/create")
async def create_version(session: SessionDep, principal: MayWork, body: schemas.VersionCreate) -> Record:
    return await registry.create_version(session, principal=principal, body=body)


@router.get("/model-versions/get")
async def get_version(session: SessionDep, principal: MayRead, name: ModelName, version: Version) -> Record:
    return await registry.get_version(session, principal=principal, name=name, version=version)


@router.get("/model-versions/get-download-uri")
async def download_location(session: SessionDep, principal: MayRead, name: ModelName, version: Version) -> Record:
    return await registry.download_location(session, principal=principal, name=name, version=version)


@router.get("/model-versions/search")
async def search_versions(session: SessionDep, principal: MayRead, query: Search) -> Record:
    return await registry.search_versions(session, principal=principal, body=query)


@router.patch("/model-versions/update")
async def update_version(session: SessionDep, principal: MayWork, body: schemas.VersionUpdate) -> Record:
    return await registry.update_version(session, principal=principal, body=body)


@router.delete("/model-versions/delete")
async def delete_version(session: SessionDep, principal: MayWork, body: schemas.VersionKey) -> Record:
    return await registry.remove_version(session, principal=principal, name=body.name, version=body.version)


@router.post("/model-versions/transition-stage")
async def transition_stage(session: SessionDep, principal: MayWork, body: schemas.VersionStage) -> Record:
    return await registry.transition(session, principal=principal, body=body)


@router.post("/model-versions/set-tag")
async def set_version_tag(session: SessionDep, principal: MayWork, body: schemas.VersionTag) -> Record:
    return await registry.set_version_tag(session, principal=principal, body=body)


@router.delete("/model-versions/delete-tag")
async def delete_version_tag(session: SessionDep, principal: MayWork, body: schemas.VersionTagKey) -> Record:
    return await registry.remove_version_tag(session, principal=principal, body=body)
