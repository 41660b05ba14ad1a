"""Files of runs and logged models: listed, and proxied below `/api/2.0/mlflow-artifacts`."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from app.deps import JobMayReport, MayRead, MayWork, PlatformDep, SessionDep
from app.experiments.artifact_routes import WantedDep
from app.mlflow import artifacts
from app.mlflow.records import Record
from app.mlflow.route import MlflowRoute, Unsupported
from app.storage import delivery

router = APIRouter(route_class=MlflowRoute, include_in_schema=False)

NO_PARTS = "Multipart upload is not supported for the current artifact repository"
"""In the words that make a client send the file as a whole."""


@router.get("/mlflow/artifacts/list")
async def list_of_run(session: SessionDep, principal: MayRead, run_id: str, path: str = "") -> Record:
    return await artifacts.of_run(session, principal=principal, run_id=run_id, path=path)


@router.get("/mlflow/logged-models/{model_id}/artifacts/directories")
async def list_of_logged_model(
    session: SessionDep, principal: MayRead, model_id: str, artifact_directory_path: str = ""
) -> Record:
    return await artifacts.of_logged_model(
        session, principal=principal, model_id=model_id, path=artifact_directory_path
    )


@router.get("/mlflow-artifacts/artifacts")
async def list_at(session: SessionDep, principal: MayRead, path: str = "") -> Record:
    return await artifacts.listing(session, principal=principal, location=path)


@router.get("/mlflow-artifacts/artifacts/{location:path}", response_class=StreamingResponse)
async def download(platform: PlatformDep, principal: MayRead, location: str, wanted: WantedDep) -> Response:
    async with platform.database.session(principal.scope) as session:
        file = await artifacts.find_file(session, principal=principal, location=location)
    return await delivery.respond(
        platform.store,
        org_id=file.entry.org_id,
        sha256=file.entry.sha256,
        size=file.entry.size,
        path=file.entry.path,
        wanted=wanted,
    )


@router.put("/mlflow-artifacts/artifacts/{location:path}")
async def upload(request: Request, platform: PlatformDep, principal: JobMayReport, location: str) -> Record:
    await artifacts.upload(platform, principal=principal, location=location, content=request.stream())
    return {}


@router.delete("/mlflow-artifacts/artifacts/{location:path}")
async def delete(session: SessionDep, principal: MayWork, location: str) -> Record:
    await artifacts.remove(session, principal=principal, location=location)
    return {}


@router.post("/mlflow-artifacts/mpu/{step}/{location:path}")
async def upload_in_parts(principal: JobMayReport, step: str, location: str) -> Record:
    raise Unsupported(NO_PARTS)


@router.get("/mlflow-artifacts/presigned/{location:path}")
async def presigned(principal: MayRead, location: str) -> Record:
    raise Unsupported("there are no presigned addresses here: download from /api/2.0/mlflow-artifacts/artifacts")
