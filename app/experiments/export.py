"""Runs and their series as files: made while they are sent, a page at a time, and no session is held meanwhile.

Like the pages of a table, those of an export are each of their own moment: what changes while it goes on may be told as
it was or as it is.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.principal import Principal
from app.errors import Invalid, Unauthenticated
from app.experiments import service
from app.experiments.downsample import merge
from app.experiments.export_columns import ExportColumn, RunCells, RunColumn, ValueKind, cells, of_runs
from app.experiments.export_repository import ExportRepository
from app.experiments.export_schemas import ExportFormat, RunsExportRequest, SeriesExportRequest
from app.experiments.export_writers import CsvWriter, ParquetWriter, Writer
from app.experiments.filter_tree import ATTRIBUTES, Column, Place
from app.experiments.ingest_points import Columns
from app.experiments.runs_table import columns_of, query_of
from app.experiments.runs_table_query import TableQuery
from app.experiments.runs_table_repository import RunsTableRepository
from app.experiments.runs_table_schemas import RunsTableRequest
from app.experiments.series_repository import SeriesRepository, Stored, reported
from app.kit.db import Database, Scope
from app.projects import service as projects
from app.tables import Run

PLACES = 20_000
"""Runs whose order is found at once."""
ROWS = 1_000
"""That are read and written at once, and"""
CELLS = 50_000
"""of these not more."""
COLUMNS = 1_000
"""Of a table whose columns nobody has named."""
POINTS = 20_000
"""Of a series, that are written at once."""

Still = Callable[[], Awaitable[bool]]
WRITERS: dict[ExportFormat, Callable[[Sequence[ExportColumn]], Writer]] = {
    ExportFormat.CSV: CsvWriter,
    ExportFormat.PARQUET: ParquetWriter,
}
OF_SERIES = (
    ExportColumn("run_id", ValueKind.TEXT),
    ExportColumn("run", ValueKind.TEXT),
    ExportColumn("metric", ValueKind.TEXT),
    ExportColumn("step", ValueKind.INTEGER),
    ExportColumn("time", ValueKind.NUMBER),
    ExportColumn("value", ValueKind.NUMBER),
)
"""`time` is in seconds since 1970 (UTC)."""


@dataclass(frozen=True, slots=True)
class Export:
    name: str
    """Of the file."""
    media_type: str
    content: AsyncIterator[bytes]


async def runs(
    database: Database, *, principal: Principal, project: str, request: RunsExportRequest, still: Still
) -> Export:
    """The table of runs, with the same filter and order. Raises `Invalid`, which says where in the text."""
    wanted = None if request.columns is None else columns_of(request.columns)
    async with database.session(principal.scope) as session:
        parent = await projects.get(session, principal=principal, ref=project)
        query = query_of(parent.id, RunsTableRequest(filter=request.filter, sort=request.sort))
        columns = await _columns(session, query, wanted)
    writer = await asyncio.to_thread(WRITERS[request.format], columns)
    content = _table(database, principal.scope, replace(query, limit=PLACES), columns, writer, still)
    return Export(f"runs.{request.format}", writer.media_type, content)


async def series(
    database: Database, *, principal: Principal, project: str, request: SeriesExportRequest, still: Still
) -> Export:
    """Every point of metrics of some runs, run by run, metric by metric, in the order of their steps."""
    async with database.session(principal.scope) as session:
        chosen = await service.chosen(session, principal=principal, project=project, run_ids=request.run)
    writer = await asyncio.to_thread(WRITERS[request.format], OF_SERIES)
    content = _points(database, principal.scope, list(chosen.values()), request.name, writer, still)
    return Export(f"series.{request.format}", writer.media_type, content)


async def _columns(session: AsyncSession, query: TableQuery, wanted: Sequence[Column] | None) -> list[RunColumn]:
    repository = ExportRepository(session)
    columns: list[Column] = [Column(Place.ATTRIBUTES, name) for name in ATTRIBUTES] if wanted is None else [*wanted]
    numbers: dict[Place, set[str]] = {}
    for place in (Place.PARAMS, Place.METRICS, Place.SUMMARY, Place.TAGS):
        only = None if wanted is None else [column.name for column in wanted if column.place is place]
        if only is not None and (not only or place in {Place.METRICS, Place.TAGS}):
            continue
        found = await repository.names(query, place, only)
        numbers[place] = {name for name, is_number in found.items() if is_number}
        columns += [Column(place, name) for name in sorted(found)] if wanted is None else []
    if wanted is None and len(columns) > COLUMNS:
        raise Invalid(
            f"the runs have {len(columns):,} columns, and at most {COLUMNS:,} are exported without being named: "
            "name those that you want, or take a narrower filter",
            field="columns",
        )
    return of_runs(columns, numbers)


async def _table(
    database: Database, scope: Scope, query: TableQuery, columns: Sequence[RunColumn], writer: Writer, still: Still
) -> AsyncIterator[bytes]:
    """Raises `Unauthenticated` where the right to it ends: the connection breaks off, and what was sent is not all."""
    size = max(1, min(ROWS, CELLS // len(columns)))
    while True:
        async with database.session(scope) as session:
            places = await RunsTableRepository(session).places(query)
        run_ids = iter([place.run_id for place in places[: query.limit]])
        while some := list(islice(run_ids, size)):
            async with database.session(scope) as session:
                found = await ExportRepository(session).cells(some, [column.column for column in columns], query.now)
            yield await asyncio.to_thread(_written, writer, columns, found)
        if len(places) <= query.limit:
            break
        await _check(still)
        query = replace(query, after=places[query.limit - 1])
    yield await asyncio.to_thread(writer.end)


def _written(writer: Writer, columns: Sequence[RunColumn], runs: Sequence[RunCells]) -> bytes:
    return writer.rows([cells(column, runs) for column in columns])


async def _points(
    database: Database, scope: Scope, chosen: Sequence[Run], names: Sequence[str] | None, writer: Writer, still: Still
) -> AsyncIterator[bytes]:
    for run in chosen:
        for name in names if names is not None else await _names(database, scope, run):
            async with database.session(scope) as session:
                stored = await SeriesRepository(session).stored([run.id], [name])
            points = await asyncio.to_thread(_merged, stored, name)
            for start in range(0, len(points.steps), POINTS):
                yield await asyncio.to_thread(_of_series, writer, run, name, points.at(slice(start, start + POINTS)))
        await _check(still)
    yield await asyncio.to_thread(writer.end)


async def _names(database: Database, scope: Scope, run: Run) -> list[str]:
    """Of its metrics: those that were folded, and those that only wait to be."""
    async with database.session(scope) as session:
        folded = await RunsTableRepository(session).metrics([run.id], None)
        waiting = await SeriesRepository(session).stored([run.id], [])
    return sorted({each.name for each in folded} | {each.name for _, each in reported(waiting)})


def _merged(stored: Sequence[Stored], name: str) -> Columns:
    return merge([(each.attempt, each.columns) for _, each in reported(stored) if each.name == name])


def _of_series(writer: Writer, run: Run, name: str, points: Columns) -> bytes:
    count = len(points.steps)
    told = [points.steps.tolist(), points.times.tolist(), points.values.tolist()]
    return writer.rows([[str(run.id)] * count, [run.name] * count, [name] * count, *told])


async def _check(still: Still) -> None:
    if not await still():
        raise Unauthenticated("the credential or the role ended during the export")
