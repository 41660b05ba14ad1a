from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request, Response, status
from fastapi.responses import StreamingResponse

from app.deps import (
    JobMayReport,
    MayRead,
    MayWork,
    NarrowedOrDeleted,
    Paging,
    PlatformDep,
    ReportingSessionDep,
    SessionDep,
)
from app.errors import PROBLEMS, NotFound
from app.experiments import artifacts, deletion
from app.experiments.schemas import ArtifactCreate, ArtifactDetail, ArtifactRead, Sha256
from app.kit.db import Scope
from app.kit.pagination import Page
from app.platform import Platform
from app.storage import archive, delivery, links
from app.storage.delivery import Wanted

router = APIRouter(tags=["artifacts"])

BYTES: dict[str, Any] = {"content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}
CONTENT: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file", **BYTES},
    206: {"description": "The range of it that was asked for", **BYTES},
    304: {"description": "It is what `If-None-Match` names"},
    416: PROBLEMS[416],
}
ARCHIVE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A ZIP of all files",
        "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
    }
}
HEADERS: dict[int | str, dict[str, Any]] = {code: {"description": CONTENT[code]["description"]} for code in (200, 304)}


async def wanted(
    request: Request,
    range: Annotated[str | None, Header(max_length=200, description="One range of bytes.")] = None,  # noqa: A002
    if_range: Annotated[str | None, Header(max_length=200, description="The `ETag` that the range is of.")] = None,
    if_none_match: Annotated[str | None, Header(max_length=1000)] = None,
) -> Wanted:
    return Wanted(range, if_range, if_none_match, head=request.method == "HEAD")


WantedDep = Annotated[Wanted, Depends(wanted)]


@router.head("/runs/{run_id}/blobs/{sha256}")
async def has_blob(platform: PlatformDep, principal: JobMayReport, run_id: UUID, sha256: Sha256) -> Response:
    there = await artifacts.has_blob(
        platform.database, platform.store, principal=principal, run_id=run_id, sha256=sha256
    )
    return Response(status_code=status.HTTP_200_OK if there else status.HTTP_404_NOT_FOUND)


@router.put("/runs/{run_id}/blobs/{sha256}", status_code=status.HTTP_201_CREATED)
async def write_blob(
    request: Request, platform: PlatformDep, principal: JobMayReport, run_id: UUID, sha256: Sha256
) -> dict[str, int]:
    """The raw content as the body; nothing remains of it where its digest is another."""
    size = await artifacts.write_blob(
        platform.database,
        platform.store,
        principal=principal,
        run_id=run_id,
        sha256=sha256,
        content=request.stream(),
        declared=int(request.headers.get("content-length", 0)),
        limit=platform.settings.max_artifact_bytes,
    )
    return {"size": size}


async def stored(platform: PlatformDep, principal: JobMayReport, run_id: UUID, body: ArtifactCreate) -> None:
    """Before the transaction: the store is asked while no session is open."""
    await artifacts.missing_blobs(
        platform.database, platform.store, principal=principal, run_id=run_id, files=body.files
    )


@router.post(
    "/runs/{run_id}/artifacts",
    response_model=ArtifactRead,
    status_code=status.HTTP_201_CREATED,
    dependencies=[Depends(stored)],
)
async def create(session: ReportingSessionDep, principal: JobMayReport, run_id: UUID, body: ArtifactCreate) -> object:
    return await artifacts.create(session, principal=principal, run_id=run_id, body=body)


@router.get("/runs/{run_id}/artifacts", response_model=Page[ArtifactRead])
async def of_run(
    session: SessionDep, principal: MayRead, run_id: UUID, paging: Paging, filters: NarrowedOrDeleted
) -> object:
    return await artifacts.of_run(session, principal=principal, run_id=run_id, request=paging, filters=filters)


@router.get("/artifacts/{artifact_id}", response_model=ArtifactDetail)
async def get(session: SessionDep, principal: MayRead, artifact_id: UUID) -> object:
    artifact, files = await artifacts.get(session, principal=principal, artifact_id=artifact_id)
    return ArtifactRead.model_validate(artifact).model_dump() | {"files": files}


@router.delete("/artifacts/{artifact_id}", status_code=status.HTTP_204_NO_CONTENT)
async def remove(session: SessionDep, principal: MayWork, artifact_id: UUID) -> None:
    """Refused while a version of a model is made of it."""
    await deletion.remove_artifact(session, principal=principal, artifact_id=artifact_id)


@router.post("/artifacts/{artifact_id}:undelete", response_model=ArtifactRead)
async def undelete(session: SessionDep, platform: PlatformDep, principal: MayWork, artifact_id: UUID) -> object:
    return await deletion.restore_artifact(
        session, principal=principal, artifact_id=artifact_id, kept=platform.settings.retention
    )


@router.head("/artifacts/{artifact_id}/files/{path:path}", response_class=Response, responses=HEADERS)
@router.get("/artifacts/{artifact_id}/files/{path:path}", response_class=StreamingResponse, responses=CONTENT)
async def download(
    platform: PlatformDep, principal: MayRead, artifact_id: UUID, path: str, wanted: WantedDep
) -> Response:
    async with platform.database.session(principal.scope) as session:
        artifact, _ = await artifacts.get(session, principal=principal, artifact_id=artifact_id)
    return await _file(platform, principal.scope, artifact.org_id, artifact_id, path, wanted)


@router.get("/artifacts/{artifact_id}/archive", response_class=StreamingResponse, responses=ARCHIVE)
async def download_all(platform: PlatformDep, principal: MayRead, artifact_id: UUID) -> Response:
    """All files as one ZIP, made while it is sent and not compressed."""
    async with platform.database.session(principal.scope) as session:
        artifact, files = await artifacts.get(session, principal=principal, artifact_id=artifact_id)
    return archive.respond(platform.store, artifact=artifact, files=files)


@router.head("/links/{org_id}/{artifact_id}/{path:path}", response_class=Response, responses=HEADERS)
@router.get("/links/{org_id}/{artifact_id}/{path:path}", response_class=StreamingResponse, responses=CONTENT)
async def by_link(
    platform: PlatformDep, org_id: UUID, artifact_id: UUID, path: str, signature: str, wanted: WantedDep
) -> Response:
    """A signed link needs no credential; an expired or altered one finds nothing."""
    if not links.is_valid(
        platform.settings.signing_keys, org_id=org_id, artifact_id=artifact_id, path=path, signature=signature
    ):
        raise NotFound("file", path)
    return await _file(platform, Scope((org_id,)), org_id, artifact_id, path, wanted)


async def _file(
    platform: Platform, scope: Scope, org_id: UUID, artifact_id: UUID, path: str, wanted: Wanted
) -> Response:
    async with platform.database.session(scope) as session:
        found = await artifacts.file(session, artifact_id=artifact_id, path=path)
    return await delivery.respond(
        platform.store, org_id=org_id, sha256=found.sha256, size=found.size, path=path, wanted=wanted
    )
