"""Pages of a table of runs. See `docs/notes/runs_table.md` for what each way costs, and why there are three.

Which way is taken depends on how many runs a page must look at, which no statistics of PostgreSQL tell: values of all
parameters lie in one column. So it is counted, up to a bound, before.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select

from app.experiments.filter_repository import found_by_index, probes, sets, values_of
from app.experiments.filter_tree import Tree
from app.experiments.keyset import Key, beyond
from app.experiments.runs_table_query import Position, TableQuery
from app.experiments.runs_walk_repository import Walk
from app.kit.repository import Repository
from app.tables import MetricLatest, Param, Run

FEW = 2000
"""Runs that are looked at one by one and sorted, rather than walked through in order."""


class RunsTableRepository(Repository[Run]):
    table = Run

    async def places(self, query: TableQuery) -> list[Position]:
        """At most `limit + 1`; the extra one tells that there is more."""
        if (few := await self._few(query)) is not None:
            return await self._rows(self._among(few, query), query)
        runs = self._of_project(query.project_id, probes(query.tree) if query.tree else None)
        found = await Walk(self.session, runs, query).places()
        return found if found is not None else await self._rows(self._of_all(query), query)

    async def count(self, project_id: UUID, tree: Tree | None, now: datetime) -> int:
        wanted = self._of_project(project_id, sets(tree, project_id) if tree else None)
        return (await self.session.execute(wanted.with_only_columns(func.count()), {"now": now})).scalar_one()

    async def of(self, run_ids: Sequence[UUID]) -> dict[UUID, Run]:
        found = await self.session.scalars(self.statement().where(Run.id.in_(run_ids)))
        return {run.id: run for run in found}

    async def params(self, run_ids: Sequence[UUID], names: Sequence[str] | None) -> Sequence[Any]:
        """`(run_id, key, value)`; of all names where None are given."""
        statement = select(Param.run_id, Param.key, Param.value).where(Param.run_id.in_(run_ids))
        if names is not None:
            statement = statement.where(Param.key.in_(names))
        return (await self.session.execute(statement)).all()

    async def metrics(self, run_ids: Sequence[UUID], names: Sequence[str] | None) -> Sequence[MetricLatest]:
        statement = select(MetricLatest).where(MetricLatest.run_id.in_(run_ids))
        if names is not None:
            statement = statement.where(MetricLatest.name.in_(names))
        return (await self.session.scalars(statement)).all()

    async def _few(self, query: TableQuery) -> Select[Any] | None:
        """Of the parts that must hold, the one that the fewest runs meet, if those are few."""
        parts = found_by_index(query.tree, query.project_id) if query.tree else []
        if not parts:
            return None
        counts = [select(func.count()).select_from(part.limit(FEW).subquery()).scalar_subquery() for part in parts]
        counted = (await self.session.execute(select(*counts), {"now": query.now})).one()
        fewest = min(range(len(parts)), key=lambda number: counted[number])
        return parts[fewest] if counted[fewest] < FEW else None

    def _among(self, few: Select[Any], query: TableQuery) -> Select[Any]:
        """Looks at each of a few runs."""
        keys = few.cte("few").prefix_with("MATERIALIZED")
        return self._of_project(query.project_id, probes(query.tree) if query.tree else None).join(
            keys, keys.c.run_id == Run.id
        )

    def _of_all(self, query: TableQuery) -> Select[Any]:
        """Finds all runs that match, and sorts them."""
        return self._of_project(query.project_id, sets(query.tree, query.project_id) if query.tree else None)

    async def _rows(self, statement: Select[Any], query: TableQuery) -> list[Position]:
        keys = _keys(query)
        chosen = statement.with_only_columns(
            *(key.expression.label(f"key_{at}") for at, key in enumerate(keys)), Run.id
        )
        ordered = chosen.order_by(*(key.order for key in keys), _by_id(query)).limit(query.limit + 1)
        if query.after:
            ordered = ordered.where(_beyond(keys, query.after, query))
        found = await self.session.execute(ordered, {"now": query.now})
        return [Position(tuple(values), run_id) for *values, run_id in found]

    def _of_project(self, project_id: UUID, criterion: ColumnElement[bool] | None) -> Select[Any]:
        statement = self.statement().where(Run.project_id == project_id)
        return statement if criterion is None else statement.where(criterion)


def _keys(query: TableQuery) -> list[Key]:
    return [Key(expression, key.descending) for key in query.sort for expression in values_of(key.column)]


def _by_id(query: TableQuery) -> Any:
    return Run.id.desc() if query.newest_first else Run.id.asc()


def _beyond(keys: Sequence[Key], after: Position, query: TableQuery) -> ColumnElement[bool]:
    """Rows that come after the position, in the order of the keys and then of the runs."""
    further = Run.id < after.run_id if query.newest_first else Run.id > after.run_id
    return beyond(keys, after.values, further)
