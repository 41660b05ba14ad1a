"""Runs in groups of the same parameters, and how the metrics of each group spread. All is done by the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Float, FromClause, Select, String, Uuid, and_, case, cast, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from app.experiments.filter_repository import ATTRIBUTE_COLUMNS, OF_METRIC, sets, whole_text
from app.experiments.filter_tree import Column, Place, Tree
from app.experiments.keyset import Key, beyond
from app.kit.repository import Repository
from app.tables import MetricLatest, Param, Run

LARGEST = 1e150
"""Of the numbers whose mean and deviation are told: squares of greater ones are beyond float64."""


@dataclass(frozen=True, slots=True)
class GroupKey:
    """One of what a page is sorted by."""

    place: int
    """In `by`, or in `metrics`."""
    of_metric: bool
    descending: bool


@dataclass(frozen=True, slots=True)
class GroupsQuery:
    project_id: UUID
    tree: Tree | None
    by: tuple[Column, ...]
    metrics: tuple[Column, ...]
    sort: tuple[GroupKey, ...]
    limit: int
    now: datetime
    after: tuple[tuple[Any, ...], UUID] | None = None
    """What the last group of the page before has of the sort, and its `first` run."""


class Group(NamedTuple):
    position: tuple[Any, ...]
    """What it has of the sort: two values of what may be a number or a text."""
    first: UUID
    """The oldest of its runs, which no other group has."""
    runs: int
    keys: list[Any]
    spreads: list[dict[str, Any]]


_SPREAD = ("count", "mean", "deviation", "minimum", "maximum", "others")


class GroupsRepository(Repository[Run]):
    table = Run

    async def groups(self, query: GroupsQuery) -> list[Group]:
        """At most `limit + 1`; the extra one tells that there is more."""
        groups = _grouped(self._rows(query), query).subquery("groups")
        keys = [key for each in query.sort for key in _sorted(groups, each)]
        statement = select(groups).add_columns(*(key.expression.label(f"at_{at}") for at, key in enumerate(keys)))
        if query.after:
            values, first = query.after
            statement = statement.where(beyond(keys, values, groups.c.first > first))
        statement = statement.order_by(*(key.order for key in keys), groups.c.first).limit(query.limit + 1)
        found = await self.session.execute(statement, {"now": query.now})
        return [_group(row, query, len(keys)) for row in found.mappings()]

    def _rows(self, query: GroupsQuery) -> FromClause:
        """Of each run that matches, what it is grouped by and its metrics."""
        statement: Select[Any] = self.statement().where(Run.project_id == query.project_id)
        if query.tree:
            statement = statement.where(sets(query.tree, query.project_id))
        told: list[Any] = [Run.id.label("run_id")]
        number: Any
        for place, column in enumerate(query.by):
            if column.place is Place.PARAMS:
                param = aliased(Param, name=f"param_{place}")
                statement = statement.outerjoin(param, and_(param.run_id == Run.id, param.key == column.name))
                whole = whole_text(param.value)
                number, text = param.number, case((param.number.is_(None), whole))
            else:
                number, text = cast(None, Float(53)), _text(column)
            told += [number.label(f"number_{place}"), text.label(f"text_{place}")]
        for place, column in enumerate(query.metrics):
            latest = aliased(MetricLatest, name=f"metric_{place}")
            statement = statement.outerjoin(latest, and_(latest.run_id == Run.id, latest.name == column.name))
            told.append(getattr(latest, OF_METRIC[column.of].key).label(f"value_{place}"))
        return statement.with_only_columns(*told, maintain_column_froms=True).subquery("rows")


def _text(column: Column) -> Any:
    return Run.tags[column.name].astext if column.place is Place.TAGS else cast(ATTRIBUTE_COLUMNS[column.name], String)


def _grouped(rows: FromClause, query: GroupsQuery) -> Select[Any]:
    keys = [rows.c[f"{part}_{place}"] for place in range(len(query.by)) for part in ("number", "text")]
    told: list[Any] = [
        func.count().label("runs"),
        # Before PostgreSQL 18 there is no least of UUIDs; their texts have the same order.
        cast(func.min(cast(rows.c.run_id, String)), Uuid()).label("first"),
    ]
    for place in range(len(query.metrics)):
        value = rows.c[f"value_{place}"]
        # To PostgreSQL NaN is greater than all.
        finite = value.between(-LARGEST, LARGEST)
        # In one order, so that a mean by which pages are sorted is the same to its last bit on all of them.
        spread: dict[str, Any] = {
            "count": func.count(value).filter(finite),
            "mean": func.avg(aggregate_order_by(value, rows.c.run_id)).filter(finite),
            "deviation": func.stddev_samp(value).filter(finite),
            "minimum": func.min(value).filter(finite),
            "maximum": func.max(value).filter(finite),
            "others": func.count(value).filter(~finite),
        }
        told += [spread[name].label(f"{name}_{place}") for name in _SPREAD]
    return select(*keys, *told).group_by(*keys)


def _sorted(groups: FromClause, key: GroupKey) -> list[Key]:
    parts = ("mean",) if key.of_metric else ("number", "text")
    return [Key(groups.c[f"{part}_{key.place}"], key.descending) for part in parts]


def _group(row: Any, query: GroupsQuery, keys: int) -> Group:
    return Group(
        tuple(row[f"at_{at}"] for at in range(keys)),
        row["first"],
        row["runs"],
        [_key(row[f"number_{place}"], row[f"text_{place}"]) for place in range(len(query.by))],
        [{name: row[f"{name}_{place}"] for name in _SPREAD} for place in range(len(query.metrics))],
    )


def _key(number: float | None, text: str | None) -> float | str | None:
    return text if number is None else number


def values_of_sort(sort: Sequence[GroupKey]) -> list[type]:
    """Types of a group's `position`."""
    return [kind for key in sort for kind in ((float,) if key.of_metric else (float, str))]
