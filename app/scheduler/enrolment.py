"""How a launched job proves that it is that job: a code that works once, exchanged for its task and a token."""

import base64
import hashlib
import hmac
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.activity.actor import Actor
from app.auth import repository as auth_repository
from app.auth.credentials import TOPIC, WORKER_PREFIX
from app.auth.principal import PrincipalKind
from app.config import Settings
from app.errors import Conflict, Unauthenticated
from app.experiments import artifacts
from app.kit.clock import now
from app.kit.crypto import keyed_hash, keyed_hashes, new_token
from app.kit.db import Scope, enter
from app.kit.notify import notify
from app.projects import service as projects
from app.scheduler import lifecycle
from app.scheduler.repository import WorkloadRepository
from app.scheduler.status import Status
from app.storage import links
from app.tables import ArtifactFile, Workload
from trine.specs.enrolment import Enrolment, InputFile, WorkloadKind

CODE_PREFIX = "tre_"
LINK_SECONDS = 24 * 3600
WAITING = frozenset({Status.ADMITTED, Status.STARTING})


def code_of(settings: Settings, workload_id: UUID, attempt: int, given: bytes | None) -> str:
    """Worked out, not drawn: a controller that died after launching gives the same code when it launches again.

    `given` is the hash of the one that the attempt may have been launched with, under keys of before.
    """
    codes = [_code(key, workload_id, attempt) for key in settings.signing_keys]
    return next((code for code in codes if given in keyed_hashes(settings.key_peppers, code)), codes[0])


def hash_of(settings: Settings, code: str) -> bytes:
    return keyed_hash(settings.key_pepper, code)


class Reused(Conflict):
    """The second exchange of a code: somebody else has the token, or has the code. The attempt is ended."""

    code = "enrolment_reused"


async def exchange(session: AsyncSession, *, settings: Settings, code: str) -> Enrolment | None:
    """The task, and a token that is shown this once; None where the code had been exchanged, and the attempt ends."""
    hashes = keyed_hashes(settings.key_peppers, code)
    found = await auth_repository.find_enrolment(session, hashes)
    if found is None:
        raise Unauthenticated("the enrolment code is unknown, or its attempt is over")
    await enter(session, Scope((found.org_id,)))
    workload = await WorkloadRepository(session).locked(found.workload_id)
    # Between finding and locking it another attempt may have begun.
    if workload is None or workload.enrolment_hash not in hashes:
        raise Unauthenticated("the enrolment code is unknown, or its attempt is over")
    worker = Actor(PrincipalKind.WORKER, workload.id)
    if workload.enrolled_at is not None:
        why = "its enrolment code was exchanged twice"
        await lifecycle.request_stop(session, workload, code="enrolment_reused", message=why, actor=worker)
        return None
    if workload.status not in WAITING:
        raise Conflict(f"the attempt is {workload.status}; it no longer takes workers", code="attempt_over")
    token = new_token(WORKER_PREFIX)
    workload.enrolled_at = now()
    workload.token_hash = keyed_hash(settings.key_pepper, token)
    await lifecycle.move(
        session,
        workload,
        Status.RUNNING,
        code="enrolled",
        message="its process has begun",
        actor=worker,
    )
    await notify(session, TOPIC, workload=workload.id)
    return await _enrolment(session, settings, workload, token)


def _code(key: bytes, workload_id: UUID, attempt: int) -> str:
    digest = hmac.digest(key, f"enrol\n{workload_id}\n{attempt}".encode(), hashlib.sha256)
    return CODE_PREFIX + base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


async def _enrolment(session: AsyncSession, settings: Settings, workload: Workload, token: str) -> Enrolment:
    project = await projects.by_id(session, project_id=workload.project_id)
    run = await WorkloadRepository(session).run(workload.run_id) if workload.run_id else None
    if run is None:
        raise Conflict(f"a {workload.kind} has no process that enrols", code="no_run")
    return Enrolment(
        kind=WorkloadKind(workload.kind),
        spec=workload.spec["spec"],
        subject_id=workload.spec["subject_id"],
        run_id=run.id,
        project=project.slug,
        attempt=workload.attempt,
        started_at=run.started_at,
        token=token,
        storage=f"{settings.checkpoints}/{workload.org_id}/{workload.id}",
        inputs={
            role: await _files(session, settings, project.id, UUID(artifact_id))
            for role, artifact_id in workload.spec.get("inputs", {}).items()
        },
        data_roots=tuple(str(root) for root in settings.readable_roots),
    )


async def _files(session: AsyncSession, settings: Settings, project_id: UUID, artifact_id: UUID) -> list[InputFile]:
    artifact = await artifacts.in_project(session, project_id=project_id, artifact_id=artifact_id)
    return [
        InputFile(path=file.path, url=_link(settings, file), sha256=file.sha256, size=file.size)
        for file in await artifacts.files(session, artifact_id=artifact.id)
    ]


def _link(settings: Settings, file: ArtifactFile) -> str:
    return links.signed_path(
        settings.signing_key, org_id=file.org_id, artifact_id=file.artifact_id, path=file.path, lifetime=LINK_SECONDS
    )
