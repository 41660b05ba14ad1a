"""Runs side by side: what they were told, what they found, and what they were made of."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from app.auth.principal import Principal
from app.errors import Invalid
from app.experiments import environments, service
from app.experiments.code_difference import difference
from app.experiments.comparison_schemas import (
    CodeComparison,
    CodeVersion,
    ComparedMetric,
    ComparedRun,
    ComparedValues,
    ComparisonRequest,
    FileDifferenceRead,
    RunsComparison,
)
from app.experiments.environment_repository import EnvironmentRepository
from app.experiments.environments import DOCUMENT, MOST, PATCH, Environment
from app.experiments.runs_table import rows_of
from app.experiments.runs_table_repository import RunsTableRepository
from app.experiments.runs_table_schemas import RunRow
from app.experiments.side_by_side import side_by_side
from app.kit.db import Database
from app.storage.store import ArtifactStore
from app.tables import ArtifactFile

Files = Mapping[UUID, Mapping[str, ArtifactFile]]


async def compare(
    database: Database, store: ArtifactStore, *, principal: Principal, project: str, request: ComparisonRequest
) -> RunsComparison:
    async with database.session(principal.scope) as session:
        runs = await service.chosen(session, principal=principal, project=project, run_ids=request.run)
        rows = await rows_of(RunsTableRepository(session), list(runs), None)
        files = await EnvironmentRepository(session).files(list(runs))
    found = await environments.read(store, files, {row.id: row.tags for row in rows})
    return await asyncio.to_thread(_compared, rows, files, found, request.hide_identical)


async def compare_code(
    database: Database, store: ArtifactStore, *, principal: Principal, project: str, base: UUID, other: UUID
) -> CodeComparison:
    async with database.session(principal.scope) as session:
        runs = await service.chosen(session, principal=principal, project=project, run_ids=(base, other))
        files = await EnvironmentRepository(session).files(list(runs))
    found = await environments.read(store, files, {run.id: run.tags for run in runs.values()})
    before, after = (_code(found[run_id], files.get(run_id, {})) for run_id in (base, other))
    texts = [await _patch(store, files.get(run_id, {})) for run_id in (base, other)]
    parts = await asyncio.to_thread(difference, *texts)
    same_commit = before.commit == after.commit if before.commit and after.commit else None
    known = same_commit is False or (before.dirty is not None and after.dirty is not None)
    return CodeComparison(
        base=before,
        other=after,
        same_commit=same_commit,
        identical=(same_commit and before.patch == after.patch) if known else None,
        files=[FileDifferenceRead.model_validate(part) for part in parts],
    )


async def _patch(store: ArtifactStore, files: Mapping[str, ArtifactFile]) -> str:
    """Empty where the code was that of its commit. Raises `Invalid` where it is larger than any that we write."""
    if (file := files.get(PATCH)) is None:
        return ""
    if file.size > MOST[PATCH]:
        raise Invalid(f"the {PATCH} of a run has {file.size:,} bytes, and {MOST[PATCH]:,} are compared: download them")
    return await environments.content(store, file)


def _compared(
    rows: Sequence[RunRow], files: Files, found: Mapping[UUID, Environment], hide_identical: bool
) -> RunsComparison:
    def aligned(documents: Sequence[Mapping[str, Any]]) -> list[ComparedValues]:
        return [ComparedValues.model_validate(row) for row in side_by_side(documents, hide_identical=hide_identical)]

    return RunsComparison(
        runs=[_run(row, found[row.id], files.get(row.id, {})) for row in rows],
        params=aligned([row.params for row in rows]),
        metrics=_metrics(rows, hide_identical),
        summary=aligned([row.summary for row in rows]),
        tags=aligned([row.tags for row in rows]),
        environment=aligned([found[row.id].facts for row in rows]),
        packages=aligned([found[row.id].packages for row in rows]),
    )


def _metrics(rows: Sequence[RunRow], hide_identical: bool) -> list[ComparedMetric]:
    last = [{name: cell.value for name, cell in row.metrics.items()} for row in rows]
    return [
        ComparedMetric(
            name=row.name,
            values=[run.metrics.get(row.name) for run in rows],
            missing=row.missing,
            identical=row.identical,
        )
        for row in side_by_side(last, hide_identical=hide_identical)
    ]


def _run(row: RunRow, environment: Environment, files: Mapping[str, ArtifactFile]) -> ComparedRun:
    shown = {name: getattr(row, name) for name in ComparedRun.model_fields if name not in {"environment", "code"}}
    return ComparedRun(**shown, environment=environment.source, code=_code(environment, files))


def _code(environment: Environment, files: Mapping[str, ArtifactFile]) -> CodeVersion:
    patch, commit, branch = files.get(PATCH), environment.facts.get("git.commit"), environment.facts.get("git.branch")
    document = files.get(DOCUMENT)
    return CodeVersion(
        commit=commit if isinstance(commit, str) else None,
        branch=branch if isinstance(branch, str) else None,
        dirty=patch is not None if document and commit else None,
        patch=patch.sha256 if patch else None,
        artifact_id=patch.artifact_id if patch else None,
    )
