"""The retention sweep; the controller runs it, because it sees every organization."""

import asyncio
import itertools
from datetime import timedelta

import structlog

from app.deletion import blobs, keep_rules, service_samples, telemetry, uploads
from app.deletion.expired import remove_expired
from app.kit.clock import now
from app.kit.db import FAILED, Database
from app.storage.store import ArtifactStore

log = structlog.get_logger(__name__)

EVERY_SECONDS = 600.0
TURNS_A_DAY = 144
UNFINISHED = timedelta(days=1)
"""Since its last byte; no upload pauses for so long."""


async def run(database: Database, store: ArtifactStore, kept: timedelta, reported: telemetry.Kept) -> None:
    """Until cancelled. What was deleted longer than `kept` ago is removed for good; no project keeps what runs reported
    longer than `reported` says."""
    for turn in itertools.count():
        try:
            await sweep(database, store, kept, reported)
            if turn % TURNS_A_DAY == 0:
                # It walks through all of a folder.
                await store.drop_unfinished(now() - UNFINISHED)
        except FAILED as error:
            log.warning("deletion.not_swept", error=type(error).__name__)
        await asyncio.sleep(EVERY_SECONDS)


async def sweep(
    database: Database, store: ArtifactStore, kept: timedelta, reported: telemetry.Kept = telemetry.FOR_EVER
) -> tuple[int, int]:
    """Things and blobs removed."""
    await keep_rules.sweep(database)
    things = await remove_expired(database, now() - kept)
    await uploads.sweep(database, store)
    await service_samples.sweep(database)
    await telemetry.sweep(database, reported)
    return things, await blobs.sweep(database, store)
