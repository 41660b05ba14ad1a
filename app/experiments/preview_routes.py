from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Response, status
from fastapi.responses import JSONResponse

from app.deps import MayRead, PlatformDep
from app.experiments import artifacts, previews
from app.experiments.preview_schemas import PreviewRead
from app.storage.delivery import matches

router = APIRouter(tags=["artifacts"])

KNOWN: dict[int | str, dict[str, Any]] = {304: {"description": "It is what `If-None-Match` names"}}
EDITION = "1"
"""Of what previews tell; a new one makes browsers ask again."""


@router.get("/artifacts/{artifact_id}/previews/{path:path}", response_model=PreviewRead, responses=KNOWN)
async def preview(
    platform: PlatformDep,
    principal: MayRead,
    artifact_id: UUID,
    path: str,
    if_none_match: Annotated[str | None, Header(max_length=1000)] = None,
) -> Response:
    """The beginning of a file: text, rows of a table, a small picture; where there is none, why."""
    async with platform.database.session(principal.scope) as session:
        await artifacts.get(session, principal=principal, artifact_id=artifact_id)
        file = await artifacts.file(session, artifact_id=artifact_id, path=path)
    headers = {"ETag": f'"{EDITION}-{file.sha256}"', "Cache-Control": "private, no-cache"}
    if matches(if_none_match, headers["ETag"]):
        return Response(status_code=status.HTTP_304_NOT_MODIFIED, headers=headers)
    found = await previews.preview(platform.store, org_id=file.org_id, file=file)
    return JSONResponse(found.model_dump(mode="json"), headers=headers)
