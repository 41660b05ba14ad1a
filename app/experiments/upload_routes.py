from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response, status

from app.deps import JobMayReport, PlatformDep
from app.experiments import uploads
from app.experiments.artifact_schemas import PartRead, UploadComplete, UploadCreate, UploadRead
from app.experiments.schemas import Sha256
from app.experiments.uploads import Place

router = APIRouter(tags=["artifacts"])

UNDER_WAY: dict[int | str, dict[str, Any]] = {
    202: {"description": "It is being put together: ask again after `Retry-After`", "content": {}}
}
AGAIN = "1"
"""Seconds."""


async def place(platform: PlatformDep) -> Place:
    return Place(platform.database, platform.store, platform.background)


PlaceDep = Annotated[Place, Depends(place)]


@router.post("/runs/{run_id}/uploads", response_model=UploadRead)
async def begin(
    place: PlaceDep, platform: PlatformDep, principal: JobMayReport, run_id: UUID, body: UploadCreate
) -> object:
    """Of a large file, in parts. Of the same content it is the same upload, with the parts that have arrived."""
    limit = platform.settings.max_artifact_bytes
    return await uploads.begin(place, principal=principal, run_id=run_id, body=body, limit=limit)


@router.put("/runs/{run_id}/uploads/{upload_id}/parts/{number}", response_model=PartRead)
async def write_part(
    request: Request,
    place: PlaceDep,
    principal: JobMayReport,
    run_id: UUID,
    upload_id: UUID,
    number: Annotated[int, Path(ge=0, le=99_999)],
    sha256: Annotated[Sha256, Query(description="Of this part.")],
) -> object:
    """The raw content of the part as the body; nothing remains of it where its digest is another."""
    return await uploads.write_part(
        place,
        principal=principal,
        run_id=run_id,
        upload_id=upload_id,
        number=number,
        sha256=sha256,
        content=request.stream(),
    )


@router.post("/runs/{run_id}/uploads/{upload_id}:complete", status_code=status.HTTP_204_NO_CONTENT, responses=UNDER_WAY)
async def complete(
    place: PlaceDep, principal: JobMayReport, run_id: UUID, upload_id: UUID, body: UploadComplete
) -> Response:
    """204 once the platform has the file, which can be named in an artifact then. To ask again is harmless."""
    done = await uploads.complete(place, principal=principal, run_id=run_id, upload_id=upload_id, digests=body.parts)
    if done:
        return Response(status_code=status.HTTP_204_NO_CONTENT)
    return Response(status_code=status.HTTP_202_ACCEPTED, headers={"Retry-After": AGAIN})


@router.delete("/runs/{run_id}/uploads/{upload_id}", status_code=status.HTTP_204_NO_CONTENT)
async def abort(place: PlaceDep, principal: JobMayReport, run_id: UUID, upload_id: UUID) -> None:
    await uploads.abort(place, principal=principal, run_id=run_id, upload_id=upload_id)
