"""Which parameters a metric depends on, over the runs that match a filter."""

import asyncio
import math
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.principal import Principal
from app.errors import Invalid, PlatformError
from app.experiments.comparison_schemas import ImportanceRead, ImportanceRequest, ParamImportance
from app.experiments.filter_tree import Absence, All, Column, Not, Place
from app.experiments.importance_repository import ImportanceRepository
from app.experiments.parameter_importance import Value, explain
from app.experiments.runs_table import columns_of, filter_of
from app.experiments.runs_table_query import TableQuery
from app.experiments.runs_table_repository import RunsTableRepository
from app.kit.clock import now
from app.kit.db import Database
from app.projects import service as projects

RUNS = 1_000
"""The newest are looked at."""
PARAMS = 100
FEWEST = 10
"""Runs of which anything can be said."""


class TooFewRuns(PlatformError):
    status, code = 422, "too_few_runs"


async def importance(
    database: Database, *, principal: Principal, project: str, request: ImportanceRequest
) -> ImportanceRead:
    """Raises `Invalid`, which says where in the text, and `TooFewRuns`."""
    (column,) = columns_of([request.metric], "metric")
    if column.place not in {Place.METRICS, Place.SUMMARY}:
        raise Invalid(f"{column} is set, not found: name a metric, or a number of the summary", field="metric")
    async with database.session(principal.scope) as session:
        parent = await projects.get(session, principal=principal, ref=project)
        targets, params = await _read(session, parent.id, column, request.filter)
    return await explained(params, targets)


async def explained(params: Mapping[str, Sequence[Value]], targets: Sequence[float]) -> ImportanceRead:
    """Of runs in one order."""
    found = await asyncio.to_thread(explain, params, targets)
    return ImportanceRead(
        runs=len(targets), score=found.score, params=[ParamImportance.model_validate(each) for each in found.params]
    )


async def _read(
    session: AsyncSession, project_id: UUID, column: Column, filter_text: str
) -> tuple[list[float], dict[str, list[Value]]]:
    there, narrowed = Not(Absence(column)), filter_of(filter_text)
    tree = All((there, narrowed)) if narrowed else there
    places = await RunsTableRepository(session).places(TableQuery(project_id, tree, (), True, RUNS, now()))
    repository = ImportanceRepository(session)
    found = await repository.numbers([place.run_id for place in places[:RUNS]], column)
    numbers = {run_id: number for run_id, number in found.items() if math.isfinite(number)}
    if len(numbers) < FEWEST:
        raise TooFewRuns(
            f"{len(numbers)} runs that match have a finite {column}, and importance needs {FEWEST}: "
            "take a wider filter, or another metric"
        )
    run_ids = list(numbers)
    position = {run_id: place for place, run_id in enumerate(run_ids)}
    params: dict[str, list[Value]] = {name: [None] * len(run_ids) for name in await repository.varying(run_ids, PARAMS)}
    for run_id, key, number, text in await repository.params(run_ids, list(params)):
        params[key][position[run_id]] = text if number is None else number
    return list(numbers.values()), params
