"""Alive, and ready."""

import structlog
from fastapi import APIRouter
from fastapi.responses import JSONResponse
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.deps import PlatformDep

log = structlog.get_logger(__name__)

router = APIRouter(tags=["operations"])


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz")
async def readyz(platform: PlatformDep) -> JSONResponse:
    """200 where requests can be served; 503 with the part that is missing."""
    parts = {"database": await _database(platform)}
    ready = all(state == "ok" for state in parts.values())
    return JSONResponse({"status": "ok" if ready else "unavailable", "parts": parts}, 200 if ready else 503)


async def _database(platform: PlatformDep) -> str:
    try:
        async with platform.database.session() as session:
            await session.execute(text("SELECT 1"))
    except (SQLAlchemyError, OSError) as error:
        log.warning("not_ready", part="database", error=type(error).__name__)
        return "unreachable"
    return "ok"
