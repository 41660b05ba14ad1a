"""Large files, in parts: what was sent before a connection broke or a process died is not sent again."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.permissions import Action
from app.auth.principal import Principal
from app.bounds import Listed, check_room
from app.deletion import blobs
from app.errors import Invalid, NotFound
from app.experiments import service as experiments
from app.experiments.artifact_repository import UploadRepository
from app.experiments.artifact_schemas import PartRead, UploadCreate, UploadRead
from app.kit.background import Background
from app.kit.clock import now
from app.kit.db import Database, Scope
from app.quotas import checks
from app.storage import parts
from app.storage.store import ArtifactStore
from app.tables import Upload

log = structlog.get_logger(__name__)

CLAIM = timedelta(seconds=30)
"""Without a sign of life for so long, who puts the parts together has died."""
RENEW_SECONDS = 10.0
WAIT_SECONDS = 20.0
"""Less than clients wait for an answer."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where uploads are kept, and the work on them goes on."""

    database: Database
    store: ArtifactStore
    background: Background


async def begin(place: Place, *, principal: Principal, run_id: UUID, body: UploadCreate, limit: int) -> UploadRead:
    """The upload of this content to the run: a new one, or the one that was broken off."""
    if body.size > limit:
        raise Invalid(f"the file is larger than {limit} bytes, the largest that is taken", field="size")
    async with place.database.session(principal.scope) as session:
        run = await experiments.get(session, principal=principal, run_id=run_id, action=Action.REPORT)
        repository = UploadRepository(session)
        if await repository.one(Upload.run_id == run.id, Upload.sha256 == body.sha256) is None:
            await check_room(repository, Listed.UPLOADS, Upload.run_id == run.id)
            await checks.check_storage(
                session, org_id=run.org_id, project_id=run.project_id, user_id=run.created_by, more=body.size
            )
        upload = await repository.begin(run, body.sha256, body.size)
    return await _read(place, principal, upload)


async def write_part(
    place: Place,
    *,
    principal: Principal,
    run_id: UUID,
    upload_id: UUID,
    number: int,
    sha256: str,
    content: AsyncIterator[bytes],
) -> PartRead:
    """No session is open while the content comes in."""
    async with place.database.session(principal.scope) as session:
        upload = await _touched(session, principal, run_id, upload_id)
    count = parts.count(upload.size)
    if number >= count:
        raise Invalid(f"the file has {count} parts, and their numbers are from 0 to {count - 1}", field="number")
    part = PartRead(number=number, sha256=sha256, size=parts.length(upload.size, number))
    await parts.write(place.store, org_id=upload.org_id, upload_id=upload.id, content=content, **part.model_dump())
    return part


async def complete(
    place: Place, *, principal: Principal, run_id: UUID, upload_id: UUID, digests: Sequence[str]
) -> bool:
    """Puts the parts with these digests together; False while that is under way: ask again.

    Raises `Invalid` where a part is missing, or the whole has another digest: all parts are dropped then.
    """
    async with place.database.session(principal.scope) as session:
        upload = await _touched(session, principal, run_id, upload_id)
        await blobs.expect(session, org_id=upload.org_id, sha256=upload.sha256, size=upload.size)
        if not await UploadRepository(session).claim(upload.id, now() + CLAIM):
            return False
    working = place.background.start(_assembled(place, principal.scope, upload, digests))
    await asyncio.wait({working}, timeout=WAIT_SECONDS)
    return working.result() if working.done() else False


async def abort(place: Place, *, principal: Principal, run_id: UUID, upload_id: UUID) -> None:
    async with place.database.session(principal.scope) as session:
        upload = await _touched(session, principal, run_id, upload_id)
    await parts.discard(place.store, org_id=upload.org_id, upload_id=upload.id)
    async with place.database.session(principal.scope) as session:
        await UploadRepository(session).remove(upload.id)


async def _assembled(place: Place, scope: Scope, upload: Upload, digests: Sequence[str]) -> bool:
    """True; or raises. The claim is renewed while it goes on and given up at its end."""
    where = {"org_id": upload.org_id, "upload_id": upload.id}
    renewing = asyncio.create_task(_renew(place.database, scope, upload.id))
    try:
        if await place.store.size(upload.org_id, upload.sha256) != upload.size:
            _check_there(await parts.arrived(place.store, **where), upload, digests)
            await parts.assemble(place.store, **where, digests=digests, sha256=upload.sha256, size=upload.size)
        await parts.discard(place.store, **where)
    except Invalid as error:
        if error.code == "digest_mismatch":
            await parts.discard(place.store, **where)
        raise
    except OSError as error:
        log.warning("upload.not_assembled", upload=str(upload.id), error=type(error).__name__)
        raise
    finally:
        renewing.cancel()
        async with place.database.session(scope) as session:
            await UploadRepository(session).renew(upload.id, None)
    return True


async def _renew(database: Database, scope: Scope, upload_id: UUID) -> None:
    while True:
        await asyncio.sleep(RENEW_SECONDS)
        async with database.session(scope) as session:
            await UploadRepository(session).renew(upload_id, now() + CLAIM)


def _check_there(arrived: Sequence[parts.Part], upload: Upload, digests: Sequence[str]) -> None:
    count = parts.count(upload.size)
    if len(digests) != count:
        raise Invalid(f"the file has {count} parts, not {len(digests)}", field="parts")
    there = {(part.number, part.sha256) for part in arrived}
    missing = [number for number, sha256 in enumerate(digests) if (number, sha256) not in there]
    if missing:
        raise Invalid(
            f"{len(missing)} of {count} parts have not arrived, the first of them is {missing[0]}: PUT them first",
            code="parts_missing",
            field="parts",
        )


async def _touched(session: AsyncSession, principal: Principal, run_id: UUID, upload_id: UUID) -> Upload:
    await experiments.get(session, principal=principal, run_id=run_id, action=Action.REPORT)
    upload = await UploadRepository(session).touched(run_id, upload_id)
    if upload is None:
        raise NotFound("upload", upload_id)
    return upload


async def _read(place: Place, principal: Principal, upload: Upload) -> UploadRead:
    async with place.database.session(principal.scope) as session:
        staying = await blobs.held(session, org_id=upload.org_id, digests=[upload.sha256])
    complete = staying and await place.store.size(upload.org_id, upload.sha256) == upload.size
    arrived = [] if complete else await parts.arrived(place.store, org_id=upload.org_id, upload_id=upload.id)
    return UploadRead(
        id=upload.id,
        sha256=upload.sha256,
        size=upload.size,
        part_size=parts.PART_BYTES,
        parts=[PartRead.model_validate(part) for part in arrived],
        complete=complete,
    )
