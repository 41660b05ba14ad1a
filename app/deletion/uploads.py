"""Uploads that nobody goes on with leave the store. No session is open while they do."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import structlog
from obstore.exceptions import BaseError
from sqlalchemy import Row, text

from app.kit.clock import now
from app.kit.db import CONTROLLER, Database
from app.storage import parts
from app.storage.store import ArtifactStore

log = structlog.get_logger(__name__)

KEPT = timedelta(days=1)
"""From the last part that arrived."""
AT_ONCE = 200

_OLD = text("SELECT id, org_id FROM uploads WHERE updated_at < :before ORDER BY updated_at LIMIT :at_once")
# Who went on with it meanwhile is told which parts are missing.
_DONE = text("DELETE FROM uploads WHERE id = :id AND updated_at < :before")


async def sweep(database: Database, store: ArtifactStore) -> int:
    """Uploads removed, with their parts. A crash in between leaves the row, from which the next sweep goes on."""
    before, total = now() - KEPT, 0
    while found := await _old(database, before):
        for upload in found:
            try:
                await parts.discard(store, org_id=upload.org_id, upload_id=upload.id)
            except (BaseError, OSError) as error:
                log.warning("deletion.store_away", error=type(error).__name__)
                return total
            async with database.session(CONTROLLER) as session:
                await session.execute(_DONE, {"id": upload.id, "before": before})
            total += 1
    return total


async def _old(database: Database, before: object) -> Sequence[Row[*tuple[Any, ...]]]:
    async with database.session(CONTROLLER) as session:
        return (await session.execute(_OLD, {"before": before, "at_once": AT_ONCE})).all()
