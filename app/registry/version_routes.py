from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Response, status
from sqlalchemy.ext.asyncio import AsyncSession

from app.deps import MayRead, MayWork, Paging, PlatformDep, SessionDep
from app.kit.filters import Deleted
from app.kit.pagination import Page
from app.precondition import tagged
from app.registry import cards, lineage, versions
from app.registry.lineage_schemas import Lineage
from app.registry.precondition import DIGITS, VersionUnchanged
from app.registry.repository import VersionRepository
from app.registry.schemas import CardRead, CardWrite, VersionCreate, VersionDetail, VersionRead, VersionUpdate
from app.tables import ModelVersion

router = APIRouter(tags=["registry"])

UNCHANGED = Depends(VersionUnchanged(VersionRepository, "version"))
Number = Annotated[int, Path(ge=1, lt=10**DIGITS)]


@router.get("/models/{model_id}/versions", response_model=Page[VersionRead])
async def list_versions(
    session: SessionDep, principal: MayRead, model_id: UUID, paging: Paging, deleted: Deleted = False
) -> object:
    """The newest first."""
    return await versions.versions(session, principal=principal, model_id=model_id, request=paging, deleted=deleted)


@router.post("/models/{model_id}/versions", response_model=VersionRead, status_code=status.HTTP_201_CREATED)
async def create(
    session: SessionDep, principal: MayWork, model_id: UUID, body: VersionCreate, response: Response
) -> object:
    """The same content of the same run again is the same version, as it is."""
    told = body.model_dump(exclude_unset=True)
    artifact_id = told.pop("artifact_id")
    made = await versions.create(session, principal=principal, model_id=model_id, artifact_id=artifact_id, told=told)
    return await _told(session, response, made)


@router.get("/models/{model_id}/versions/{version}", response_model=VersionDetail)
async def get(session: SessionDep, principal: MayRead, model_id: UUID, version: Number, response: Response) -> object:
    """With the files that it is made of."""
    detail, row = await versions.detail(session, principal=principal, model_id=model_id, number=version)
    await tagged(session, response, row)
    return detail


@router.patch("/models/{model_id}/versions/{version}", response_model=VersionRead, dependencies=[UNCHANGED])
async def update(
    session: SessionDep, principal: MayWork, model_id: UUID, version: Number, body: VersionUpdate, response: Response
) -> object:
    row = await versions.update(
        session, principal=principal, model_id=model_id, number=version, changes=body.model_dump(exclude_unset=True)
    )
    return await _told(session, response, row)


@router.delete(
    "/models/{model_id}/versions/{version}", status_code=status.HTTP_204_NO_CONTENT, dependencies=[UNCHANGED]
)
async def remove(session: SessionDep, principal: MayWork, model_id: UUID, version: Number) -> None:
    """Refused while an alias points at it, or a deployment serves it. Its number is never given again."""
    await versions.remove(session, principal=principal, model_id=model_id, number=version)


@router.post("/models/{model_id}/versions/{version}:undelete", response_model=VersionRead)
async def undelete(
    session: SessionDep, platform: PlatformDep, principal: MayWork, model_id: UUID, version: Number, response: Response
) -> object:
    row = await versions.restore(
        session, principal=principal, model_id=model_id, number=version, kept=platform.settings.retention
    )
    return await _told(session, response, row)


@router.get("/models/{model_id}/versions/{version}/card", response_model=CardRead)
async def get_card(
    session: SessionDep, principal: MayRead, model_id: UUID, version: Number, response: Response
) -> object:
    """What somebody wrote, or one made from the run. `ETag` is the version's."""
    card, row = await cards.get(session, principal=principal, model_id=model_id, number=version)
    await tagged(session, response, row)
    return card


@router.put("/models/{model_id}/versions/{version}/card", response_model=CardRead, dependencies=[UNCHANGED])
async def put_card(
    session: SessionDep, principal: MayWork, model_id: UUID, version: Number, body: CardWrite, response: Response
) -> object:
    card, row = await cards.put(session, principal=principal, model_id=model_id, number=version, markdown=body.markdown)
    await tagged(session, response, row)
    return card


@router.delete("/models/{model_id}/versions/{version}/card", response_model=CardRead, dependencies=[UNCHANGED])
async def remove_card(
    session: SessionDep, principal: MayWork, model_id: UUID, version: Number, response: Response
) -> object:
    """What was written is gone; the answer is the card that is made from the run."""
    card, row = await cards.put(session, principal=principal, model_id=model_id, number=version, markdown=None)
    await tagged(session, response, row)
    return card


@router.get("/models/{model_id}/versions/{version}/lineage", response_model=Lineage)
async def get_lineage(session: SessionDep, principal: MayRead, model_id: UUID, version: Number) -> object:
    """From data to the version, and on to deployments and simulations, with what each step took."""
    return await lineage.lineage(session, principal=principal, model_id=model_id, number=version)


async def _told(session: AsyncSession, response: Response, row: ModelVersion) -> VersionRead:
    await tagged(session, response, row)
    return await versions.shown(session, version=row)
