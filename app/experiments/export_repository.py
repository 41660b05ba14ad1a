from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Float, Numeric, Select, String, case, cast, column, func, or_, select
from sqlalchemy.dialects.postgresql import JSONB

from app.experiments.export_columns import RunCells
from app.experiments.filter_repository import ATTRIBUTE_COLUMNS, OF_METRIC, sets, whole_text
from app.experiments.filter_tree import Column, Of, Place
from app.experiments.runs_table_query import TableQuery
from app.kit.repository import Repository
from app.tables import MetricLatest, Param, Run


class ExportRepository(Repository[Run]):
    table = Run

    async def names(self, query: TableQuery, place: Place, only: Sequence[str] | None = None) -> dict[str, bool]:
        """What runs that match have in a place, and whether all that they have of it are numbers."""
        matching = self.statement().where(Run.project_id == query.project_id)
        if query.tree:
            matching = matching.where(sets(query.tree, query.project_id))
        statement = _NAMES[place](query.project_id, matching)
        if only is not None:
            statement = statement.where(statement.selected_columns[0].in_(only))
        return {row[0]: row[1] for row in await self.session.execute(statement, {"now": query.now})}

    async def cells(self, run_ids: Sequence[UUID], columns: Sequence[Column], now: datetime) -> list[RunCells]:
        """In this order, of the runs that are there; with what these columns name, and perhaps more."""
        names = {place: [column.name for column in columns if column.place is place] for place in Place}
        told = [ATTRIBUTE_COLUMNS[name].label(f"told_{at}") for at, name in enumerate(names[Place.ATTRIBUTES])]
        statement = self.statement().where(Run.id.in_(run_ids))
        rows = statement.with_only_columns(Run.id.label("run"), Run.tags, Run.summary, *told)
        runs = {
            run_id: RunCells(dict(zip(names[Place.ATTRIBUTES], values, strict=True)), tags, summary)
            for run_id, tags, summary, *values in await self.session.execute(rows, {"now": now})
        }
        # One row a run: a row for each value was half of what an export computed.
        if wanted := names[Place.PARAMS]:
            told_params = func.json_object_agg(Param.key, Param.value, type_=JSON)
            params = select(Param.run_id, told_params).group_by(Param.run_id)
            params = params.where(Param.run_id.in_(run_ids), Param.key.in_(wanted))
            for run_id, values in await self.session.execute(params):
                if run_id in runs:
                    runs[run_id].params.update(values)
        if wanted := names[Place.METRICS]:
            told_metrics = (MetricLatest.name, *(OF_METRIC[of] for of in _OF))
            metrics = select(MetricLatest.run_id, *map(func.array_agg, told_metrics))
            metrics = metrics.where(MetricLatest.run_id.in_(run_ids), MetricLatest.name.in_(wanted))
            rows_of_metrics: Any = await self.session.execute(metrics.group_by(MetricLatest.run_id))
            for run_id, found, *numbers in rows_of_metrics:
                if run_id in runs:
                    each = (dict(zip(_OF, three, strict=True)) for three in zip(*numbers, strict=True))
                    runs[run_id].metrics.update(zip(found, each, strict=True))
        return [runs[run_id] for run_id in run_ids if run_id in runs]


def _params(project_id: UUID, matching: Select[Any]) -> Select[Any]:
    # A number is one where float64 has it exactly: where its shortest text says the same.
    whole = whole_text(Param.value)
    exact = cast(whole, Numeric) == cast(cast(Param.number, String), Numeric)
    numbers = func.bool_and(case((Param.number.is_(None), Param.text.is_(None)), else_=exact))
    return (
        select(Param.key, numbers)
        .where(Param.project_id == project_id, Param.run_id.in_(matching.with_only_columns(Run.id)))
        .group_by(Param.key)
    )


def _metrics(project_id: UUID, matching: Select[Any]) -> Select[Any]:
    return (
        select(MetricLatest.name, func.bool_and(MetricLatest.name.is_not(None)))
        .where(MetricLatest.project_id == project_id, MetricLatest.run_id.in_(matching.with_only_columns(Run.id)))
        .group_by(MetricLatest.name)
    )


def _tags(_: UUID, matching: Select[Any]) -> Select[Any]:
    each = func.jsonb_each(Run.tags).table_valued(column("key"), joins_implicitly=True)
    return _each(matching, each.c.key, func.bool_or(each.c.key.is_(None)))


def _summary(_: UUID, matching: Select[Any]) -> Select[Any]:
    each = func.jsonb_each(Run.summary).table_valued(column("key"), column("value", JSONB), joins_implicitly=True)
    is_number = func.param_number(each.c.value, type_=Float(53)).is_not(None)
    numbers = func.bool_and(or_(is_number, func.jsonb_typeof(each.c.value) == "null"))
    return _each(matching, each.c.key, numbers)


def _each(matching: Select[Any], key: Any, numbers: Any) -> Select[Any]:
    # The runs come first: what follows looks into them.
    return matching.with_only_columns(key, numbers, maintain_column_froms=True).group_by(key)


_OF = tuple(Of)
_NAMES = {Place.PARAMS: _params, Place.METRICS: _metrics, Place.TAGS: _tags, Place.SUMMARY: _summary}
