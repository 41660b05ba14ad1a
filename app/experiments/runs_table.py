"""The table of a project's runs: filtered, sorted by anything they have, page by page, with the columns asked for."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.principal import Principal
from app.errors import Invalid
from app.experiments import runs_table_cursor as cursors
from app.experiments.filter_language import LanguageError, SortKey, parse_column, parse_filter, parse_sort
from app.experiments.filter_tree import Column, Kind, Place, Tree
from app.experiments.runs_table_query import TableQuery
from app.experiments.runs_table_repository import RunsTableRepository
from app.experiments.runs_table_schemas import MetricCell, RunRow, RunsTable, RunsTableRequest
from app.kit import clock
from app.projects import service as projects
from app.tables import Run

P = TypeVar("P")
KEYS = 5
"""By which a table can be sorted at once."""


async def page(session: AsyncSession, *, principal: Principal, project: str, request: RunsTableRequest) -> RunsTable:
    parent = await projects.get(session, principal=principal, ref=project)
    return await of_project(session, project_id=parent.id, request=request)


async def of_project(session: AsyncSession, *, project_id: UUID, request: RunsTableRequest) -> RunsTable:
    """For a reader whose right to the project has been checked."""
    query = query_of(project_id, request)
    columns = None if request.columns is None else columns_of(request.columns)
    repository = RunsTableRepository(session)
    places = await repository.places(query)
    shown = places[: request.limit]
    rows = await rows_of(repository, [place.run_id for place in shown], columns)
    more = len(places) > request.limit
    cursor = cursors.written(shown[-1], query.now, str(project_id), request.filter, request.sort) if more else None
    return RunsTable(items=rows, next_cursor=cursor)


async def count(session: AsyncSession, *, principal: Principal, project: str, filter_text: str) -> int:
    """Of runs that match, exactly."""
    parent = await projects.get(session, principal=principal, ref=project)
    return await RunsTableRepository(session).count(parent.id, filter_of(filter_text), clock.now())


def query_of(project_id: UUID, request: RunsTableRequest) -> TableQuery:
    """Raises `Invalid`, which says where in the text."""
    keys, newest_first = _by_age(sort_of(request.sort))
    after, now = None, clock.now()
    if request.cursor:
        question = (str(project_id), request.filter, request.sort)
        after, now = cursors.read(
            request.cursor, *question, kinds=[kind for key in keys for kind in _kinds(key.column)]
        )
    return TableQuery(project_id, filter_of(request.filter), keys, newest_first, request.limit, now, after)


def sort_of(text: str) -> tuple[SortKey, ...]:
    """Raises `Invalid`, which says where in the text."""
    sort = _parsed(parse_sort, text, "sort")
    if len(sort) > KEYS:
        raise Invalid(f"a table is sorted by at most {KEYS} columns", field="sort")
    return sort


def filter_of(text: str) -> Tree | None:
    """Raises `Invalid`, which says where in the text."""
    return _parsed(parse_filter, text, "filter") if text.strip() else None


def columns_of(texts: Sequence[str], field: str = "columns") -> list[Column]:
    """Raises `Invalid`, which says where in the text."""
    return [_parsed(parse_column, text, field) for text in texts]


async def rows_of(
    repository: RunsTableRepository, run_ids: Sequence[UUID], columns: Sequence[Column] | None
) -> list[RunRow]:
    """In this order, those that are there; with every column where None are given."""
    params: dict[UUID, dict[str, Any]] = {run_id: {} for run_id in run_ids}
    metrics: dict[UUID, dict[str, MetricCell]] = {run_id: {} for run_id in run_ids}
    names = {place: _names(columns, place) for place in Place}
    runs = await repository.of(run_ids)
    if names[Place.PARAMS] != []:
        for run_id, key, value in await repository.params(run_ids, names[Place.PARAMS]):
            params[run_id][key] = value
    if names[Place.METRICS] != []:
        for latest in await repository.metrics(run_ids, names[Place.METRICS]):
            metrics[latest.run_id][latest.name] = MetricCell.model_validate(latest)
    return [
        _row(runs[run_id], params[run_id], metrics[run_id], names[Place.TAGS], names[Place.SUMMARY])
        for run_id in run_ids
        if run_id in runs
    ]


def _row(
    run: Run,
    params: dict[str, Any],
    metrics: dict[str, MetricCell],
    tags: Sequence[str] | None,
    summary: Sequence[str] | None,
) -> RunRow:
    return RunRow(
        **{name: getattr(run, name) for name in RunRow.model_fields if name not in _GATHERED},
        tags=_projected(run.tags, tags),
        summary=_projected(run.summary, summary),
        params=params,
        metrics=metrics,
    )


_GATHERED = {"tags", "summary", "params", "metrics"}


def _names(columns: Sequence[Column] | None, place: Place) -> list[str] | None:
    return None if columns is None else [column.name for column in columns if column.place is place]


def _projected(document: dict[str, Any], names: Sequence[str] | None) -> dict[str, Any]:
    return document if names is None else {name: document[name] for name in names if name in document}


def _by_age(sort: Sequence[SortKey]) -> tuple[tuple[SortKey, ...], bool]:
    """The keys before the age of a run, which no two share; and whether the newest of those alike comes first."""
    for at, key in enumerate(sort):
        if key.column == Column(Place.ATTRIBUTES, "created_at"):
            return tuple(sort[:at]), key.descending
    return tuple(sort), sort[0].descending if sort else True


def _kinds(column: Column) -> tuple[type, ...]:
    """Types of what `filter_repository.values_of` tells of it."""
    kinds = {Kind.NUMBER: float, Kind.TEXT: str, Kind.TIME: datetime, Kind.KEY: UUID}
    return (float, str) if column.kind is None else (kinds[column.kind],)


def _parsed(parse: Callable[[str], P], text: str, field: str) -> P:
    try:
        return parse(text)
    except LanguageError as error:
        raise Invalid(str(error), field=field, position=error.position) from error
