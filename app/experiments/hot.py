"""The two requests that come most: reading one run, and reporting to one. One round trip each, no ORM."""

from datetime import datetime
from uuid import UUID

from app.auth import service as auth
from app.auth.permissions import Action, allows
from app.auth.principal import Principal, PrincipalKind
from app.errors import Conflict, NotFound
from app.experiments import ingest
from app.experiments.repository import DETAIL
from app.experiments.service import TOPIC
from app.kit.notify import Announcer
from app.kit.pipeline import Pipeline, Statement
from trine.specs.telemetry import Ack, Batch


async def detail(pipeline: Pipeline, *, principal: Principal, run_id: UUID) -> tuple[str, datetime]:
    """`RunDetail` as JSON, and when the run was changed last."""
    org_id, project_id, body, updated_at = await _found(pipeline, principal, run_id)
    _require(principal, Action.READ, org_id, project_id)
    return body, updated_at


async def report(pipeline: Pipeline, announcer: Announcer, *, principal: Principal, run_id: UUID, batch: Batch) -> Ack:
    """Applies a batch once. A worker of an attempt that has been superseded is told so (`Conflict`)."""
    if principal.attempt is not None and batch.attempt != principal.attempt:
        raise Conflict(
            f"this is attempt {principal.attempt}, the batch says {batch.attempt}", code="attempt_superseded"
        )
    ack = await ingest.apply(pipeline, principal.scope, reach=_reach(principal), run_id=run_id, batch=batch)
    if ack is None:
        # There is no such run, or its organization does not let this role write: reading tells which.
        org_id, project_id, *_ = await _found(pipeline, principal, run_id)
        _require(principal, Action.REPORT, org_id, project_id)
        raise NotFound("run", run_id)
    if ack.applied:
        announcer.tell(TOPIC, "run", run_id)
    return ack


async def _found(pipeline: Pipeline, principal: Principal, run_id: UUID) -> tuple[UUID, UUID, str, datetime]:
    """Organization, project, `RunDetail` and time of the last change of a run that the principal knows of."""
    parameters = {
        "run": run_id,
        "orgs": list(principal.roles),
        "hidden": list(principal.scope.hidden_project_ids),
        "worker": _worker(principal),
    }
    (found,) = await pipeline.run(principal.scope, [Statement(DETAIL, parameters)])
    if not found.rows:
        raise NotFound("run", run_id)
    org_id, project_id, body, updated_at = found.rows[0]
    return org_id, project_id, body, updated_at


def _reach(principal: Principal) -> ingest.Reach:
    there = {project_id: role and allows(role, Action.REPORT) for project_id, role in principal.project_roles.items()}
    return ingest.Reach(
        orgs=tuple(org_id for org_id, role in principal.roles.items() if allows(role, Action.REPORT)),
        without=tuple(project_id for project_id, may in there.items() if not may),
        projects=tuple(project_id for project_id, may in there.items() if may),
        worker=_worker(principal),
    )


def _worker(principal: Principal) -> UUID | None:
    """A worker reaches the runs of its own workload and no other."""
    return principal.id if principal.kind is PrincipalKind.WORKER else None


def _require(principal: Principal, action: Action, org_id: UUID, project_id: UUID) -> None:
    if principal.kind is not PrincipalKind.WORKER:
        auth.require(principal, action, org_id, project_id)
