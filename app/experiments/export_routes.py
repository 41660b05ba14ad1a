from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from app.deps import MayRead, PlatformDep, StillDep
from app.experiments import export
from app.experiments.export_schemas import RunsExportRequest, SeriesExportRequest

router = APIRouter(tags=["experiments"])

BYTES: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file; a connection that breaks off has not sent the whole",
        "content": {"text/csv": BYTES, "application/vnd.apache.parquet": BYTES},
    }
}


@router.get("/projects/{project}/runs:export", response_class=StreamingResponse, responses=FILE)
async def export_runs(
    platform: PlatformDep,
    principal: MayRead,
    project: str,
    still: StillDep,
    request: Annotated[RunsExportRequest, Query()],
) -> StreamingResponse:
    """The whole table of runs that match, as CSV or Parquet. In CSV a text that a spreadsheet would compute has an
    apostrophe before it."""
    return _file(
        await export.runs(platform.database, principal=principal, project=project, request=request, still=still)
    )


@router.post("/projects/{project}/runs:export", response_class=StreamingResponse, responses=FILE)
async def export_runs_long(
    platform: PlatformDep, principal: MayRead, project: str, still: StillDep, body: RunsExportRequest
) -> StreamingResponse:
    """As with GET, for what is too long for an address."""
    return _file(await export.runs(platform.database, principal=principal, project=project, request=body, still=still))


@router.get("/projects/{project}/runs:export-series", response_class=StreamingResponse, responses=FILE)
async def export_series(
    platform: PlatformDep,
    principal: MayRead,
    project: str,
    still: StillDep,
    request: Annotated[SeriesExportRequest, Query()],
) -> StreamingResponse:
    """Every point of metrics of some runs, one a row, as CSV or Parquet."""
    found = await export.series(platform.database, principal=principal, project=project, request=request, still=still)
    return _file(found)


@router.post("/projects/{project}/runs:export-series", response_class=StreamingResponse, responses=FILE)
async def export_series_long(
    platform: PlatformDep, principal: MayRead, project: str, still: StillDep, body: SeriesExportRequest
) -> StreamingResponse:
    """As with GET, for what is too long for an address."""
    found = await export.series(platform.database, principal=principal, project=project, request=body, still=still)
    return _file(found)


def _file(found: export.Export) -> StreamingResponse:
    headers = {"Content-Disposition": f'attachment; filename="{found.name}"', "X-Content-Type-Options": "nosniff"}
    return StreamingResponse(found.content, media_type=found.media_type, headers=headers)
