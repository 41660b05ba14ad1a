"""What `killed_server` kills. The fork server imports this, so that what it forks has nothing left to import."""

import asyncio
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from app import api
from app.config import Settings
from app.experiments import folder
from app.kit import logging
from app.kit.db import Database
from app.kit.notify import Listener
from app.main import build_app
from deployments.local.ports import LOOPBACK

# Routes are made once in a process, in a second or two.
api.install(FastAPI())


def serve(home: Path, port: int) -> None:
    """Without a word of what it misses while its database is away."""
    uvicorn.run(build_app(Settings(home=home, log_level="CRITICAL")), host=LOOPBACK, port=port, log_level="critical")


def fold(url: str) -> None:
    """Without a pause between two turns, so that it is often in the middle of one."""
    logging.configure("CRITICAL")
    folder.PAUSE_SECONDS = 0.0
    asyncio.run(_fold(url))


async def _fold(url: str) -> None:
    listener = Listener(url)
    listener.start()
    await folder.Folder(Database(url, pool_size=1)).run(listener)
