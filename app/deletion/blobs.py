"""Content that nothing refers to any more leaves the store. No session is open while it does.

What is about to be removed is marked as taken first, so whoever uploads the same content meanwhile is told to come back
(`held`), and a crash at any moment leaves rows from which the next sweep goes on.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog
from obstore.exceptions import BaseError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.activity import service as activity
from app.activity.actor import CONTROLLER as PLATFORM
from app.activity.actor import Subject
from app.errors import Unavailable
from app.kit.clock import now
from app.kit.db import CONTROLLER, Database
from app.storage.store import ArtifactStore

log = structlog.get_logger(__name__)

GRACE = timedelta(days=1)
"""From the last sign of interest to the removal: longer than all uploads of one artifact take."""
ABANDONED = timedelta(minutes=5)
"""Taken by a sweep that did not come back."""
AT_ONCE = 200

_REFERRED_TO = """(
  EXISTS (SELECT FROM artifact_files AS f WHERE f.org_id = blob.org_id AND f.sha256 = blob.sha256)
  OR EXISTS (SELECT FROM media AS m WHERE m.org_id = blob.org_id AND m.sha256 = blob.sha256)
)"""
_WANTED_AGAIN = text(
    f"DELETE FROM unreferenced_blobs AS blob WHERE taken_at IS NULL AND {_REFERRED_TO}"  # noqa: S608 -- our words
)
_TAKE = text(
    f"""
UPDATE unreferenced_blobs SET taken_at = :now WHERE id IN (
  SELECT id FROM unreferenced_blobs AS blob
  WHERE created_at < :before AND (taken_at IS NULL OR taken_at < :abandoned)
    AND NOT {_REFERRED_TO}
  ORDER BY id LIMIT :at_once FOR UPDATE SKIP LOCKED
) RETURNING id, org_id, sha256, size
"""  # noqa: S608 -- our words
)
_DONE = text("DELETE FROM unreferenced_blobs WHERE id = ANY (:ids)")
_EXPECT = text(
    "INSERT INTO unreferenced_blobs AS blob (id, org_id, sha256, size) "
    "VALUES (gen_random_uuid(), :org_id, :sha256, :size) ON CONFLICT (org_id, sha256) DO UPDATE "
    "SET created_at = CASE WHEN blob.taken_at IS NULL THEN now() ELSE blob.created_at END RETURNING taken_at"
)
_HOLD = text(
    # What has been taken is not put off by who waits for it.
    "UPDATE unreferenced_blobs SET created_at = CASE WHEN taken_at IS NULL THEN now() ELSE created_at END "
    "WHERE org_id = :org_id AND sha256 = ANY (:digests) RETURNING taken_at"
)


@dataclass(frozen=True, slots=True)
class Blob:
    id: UUID
    org_id: UUID
    sha256: str
    size: int


async def held(session: AsyncSession, *, org_id: UUID, digests: Sequence[str]) -> bool:
    """Content that somebody needs stays for a while; False where some of it is being removed this very moment."""
    rows = await session.scalars(_HOLD, {"org_id": org_id, "digests": list(digests)})
    return all(taken_at is None for taken_at in rows)


async def hold(session: AsyncSession, *, org_id: UUID, digests: Sequence[str]) -> None:
    """As `held`; raises `Unavailable`."""
    if not await held(session, org_id=org_id, digests=digests):
        raise _leaving()


async def expect(session: AsyncSession, *, org_id: UUID, sha256: str, size: int) -> None:
    """Content is about to be stored. Where nothing comes to refer to it, it goes again. Raises as `hold`."""
    if await session.scalar(_EXPECT, {"org_id": org_id, "sha256": sha256, "size": size}) is not None:
        raise _leaving()


async def sweep(database: Database, store: ArtifactStore) -> int:
    """Blobs removed."""
    total = 0
    while taken := await _take(database):
        gone = [blob for blob in taken if await _delete(store, blob)]
        async with database.session(CONTROLLER) as session:
            await _done(session, gone)
        total += len(gone)
        if len(gone) < len(taken):
            # The store does not answer: the rest is for the next time.
            break
    return total


def _leaving() -> Unavailable:
    return Unavailable(
        "content of this digest is being removed, because nothing used it: send it again in a moment",
        code="content_leaving",
        headers={"Retry-After": "2"},
    )


async def _take(database: Database) -> list[Blob]:
    when = now()
    which = {"now": when, "before": when - GRACE, "abandoned": when - ABANDONED, "at_once": AT_ONCE}
    async with database.session(CONTROLLER) as session:
        await session.execute(_WANTED_AGAIN)
        rows = await session.execute(_TAKE, which)
        return [Blob(row.id, row.org_id, row.sha256, row.size) for row in rows]


async def _delete(store: ArtifactStore, blob: Blob) -> bool:
    try:
        await store.delete(blob.org_id, blob.sha256)
    except (BaseError, OSError) as error:
        log.warning("deletion.store_away", error=type(error).__name__)
        return False
    return True


async def _done(session: AsyncSession, gone: Sequence[Blob]) -> None:
    await session.execute(_DONE, {"ids": [blob.id for blob in gone]})
    by_organization: dict[UUID, list[Blob]] = defaultdict(list)
    for blob in gone:
        by_organization[blob.org_id].append(blob)
    for org_id, blobs in by_organization.items():
        data = {"blobs": len(blobs), "bytes": sum(blob.size for blob in blobs)}
        await activity.record(session, PLATFORM, "content.removed", Subject("organization", org_id, org_id), data)
