"""The two requests that come most: reading one run, and reporting to one. No ORM, and those that wait at the same time
go to the database together."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, NamedTuple
from uuid import UUID

from fastapi import Depends, Request
from pydantic_core import from_json, to_json

from app.auth import service as auth
from app.auth.permissions import Action, allows
from app.auth.principal import Principal, PrincipalKind
from app.errors import Conflict, NotFound
from app.experiments import ingest
from app.experiments.folding import Latest, Waiting, latest_of
from app.experiments.ingest_statements import Reach, Report
from app.experiments.repository import DETAIL
from app.experiments.service import TOPIC
from app.kit.db import Scope
from app.kit.gather import Gather
from app.kit.notify import Announcer
from app.kit.pipeline import Pipeline, Statement
from trine.specs.telemetry import Ack, Batch


class Reader(NamedTuple):
    scope: Scope
    worker: UUID | None
    """A worker reaches the runs of its own workload and no other."""


class Detail(NamedTuple):
    org_id: UUID
    project_id: UUID
    json: str
    """`RunDetail`."""
    updated_at: datetime
    waiting: Sequence[bytes] | None
    """Points that are not folded yet, and that the latest values in `json` leave out."""
    attempts: Mapping[str, int] | None
    """Of the latest values in `json`, where points wait."""


class HotRuns:
    def __init__(self, pipeline: Pipeline, announcer: Announcer) -> None:
        self._pipeline = pipeline
        self._announcer = announcer
        self._details: Gather[Reader, UUID, Detail | None] = Gather(self._read)
        self._reports: Gather[tuple[Scope, Reach], Report, Ack | None] = Gather(
            self._apply, apart=lambda report: report.run_id
        )

    async def stop(self) -> None:
        await self._details.stop()
        await self._reports.stop()

    async def detail(self, *, principal: Principal, run_id: UUID) -> Detail:
        found = await self._found(principal, run_id)
        _require(principal, Action.READ, found)
        return _with_waiting(run_id, found) if found.waiting else found

    async def report(self, *, principal: Principal, run_id: UUID, batch: Batch) -> Ack:
        """Applies a batch once. A worker of an attempt that has been superseded is told so (`Conflict`)."""
        if principal.attempt is not None and batch.attempt != principal.attempt:
            raise Conflict(
                f"this is attempt {principal.attempt}, the batch says {batch.attempt}", code="attempt_superseded"
            )
        ack = await self._reports((principal.scope, _reach(principal)), Report(run_id, batch))
        if ack is None:
            # There is no such run, or its organization does not let this role write: reading tells which.
            _require(principal, Action.REPORT, await self._found(principal, run_id))
            raise NotFound("run", run_id)
        if ack.applied:
            self._announcer.tell(TOPIC, "run", run_id)
        return ack

    async def _found(self, principal: Principal, run_id: UUID) -> Detail:
        """A run that the principal knows of."""
        found = await self._details(Reader(principal.scope, _worker(principal)), run_id)
        if found is None:
            raise NotFound("run", run_id)
        return found

    async def _read(self, reader: Reader, run_ids: Sequence[UUID]) -> Sequence[Detail | None]:
        parameters = {
            "runs": list(set(run_ids)),
            "orgs": list(reader.scope.org_ids),
            "hidden": list(reader.scope.hidden_project_ids),
            "worker": reader.worker,
        }
        (found,) = await self._pipeline.run(reader.scope, [Statement(DETAIL, parameters)])
        details = {run_id: Detail(*columns) for run_id, *columns in found.rows}
        return [details.get(run_id) for run_id in run_ids]

    async def _apply(self, who: tuple[Scope, Reach], reports: Sequence[Report]) -> Sequence[Ack | Exception | None]:
        return await ingest.apply(self._pipeline, *who, reports)


async def hot_runs(request: Request) -> HotRuns:
    held: HotRuns = request.app.state.hot_runs
    return held


HotRunsDep = Annotated[HotRuns, Depends(hot_runs)]


def _with_waiting(run_id: UUID, detail: Detail) -> Detail:
    shown, attempts = from_json(detail.json), detail.attempts or {}
    metrics = {metric["name"]: metric for metric in shown["metrics"]}
    for added in latest_of(Waiting(detail.org_id, run_id, points) for points in detail.waiting or ()):
        name = added.metric.name
        known = metrics.get(name)
        metrics[name] = _joined(known, attempts[name], added) if known else _shown(added)
    shown["metrics"] = [metrics[name] for name in sorted(metrics)]
    return detail._replace(json=to_json(shown, inf_nan_mode="strings").decode(), waiting=None, attempts=None)


def _joined(known: dict[str, Any], attempt: int, added: Latest) -> dict[str, Any]:
    """As folding does it in the database."""
    newest = _shown(added) if (added.attempt, added.step) >= (attempt, known["step"]) else known
    minima = [each for each in (float(known["minimum"]), added.minimum) if not math.isnan(each)]
    maxima = [each for each in (float(known["maximum"]), added.maximum) if not math.isnan(each)]
    return newest | {
        "points": known["points"] + added.points,
        "minimum": min(minima, default=math.nan),
        "maximum": max(maxima, default=math.nan),
    }


def _shown(latest: Latest) -> dict[str, Any]:
    shown = latest._asdict()
    return {"name": shown.pop("metric").name} | {name: shown[name] for name in shown if name != "attempt"}


def _reach(principal: Principal) -> Reach:
    there = {project_id: role and allows(role, Action.REPORT) for project_id, role in principal.project_roles.items()}
    return Reach(
        orgs=tuple(org_id for org_id, role in principal.roles.items() if allows(role, Action.REPORT)),
        without=tuple(project_id for project_id, may in there.items() if not may),
        projects=tuple(project_id for project_id, may in there.items() if may),
        worker=_worker(principal),
    )


def _worker(principal: Principal) -> UUID | None:
    return principal.id if principal.kind is PrincipalKind.WORKER else None


def _require(principal: Principal, action: Action, run: Detail) -> None:
    if principal.kind is not PrincipalKind.WORKER:
        auth.require(principal, action, run.org_id, run.project_id)
