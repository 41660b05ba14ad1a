"""Alive, and ready."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from app import readiness
from app.deps import PlatformDep

router = APIRouter(tags=["operations"])


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz")
async def readyz(request: Request, platform: PlatformDep) -> JSONResponse:
    """200 where requests can be served; 503 with the reason of each part that is missing."""
    parts = await readiness.parts(platform, request.app.state.gateway)
    ready = all(state == readiness.OK for state in parts.values())
    return JSONResponse({"status": "ok" if ready else "unavailable", "parts": parts}, 200 if ready else 503)
