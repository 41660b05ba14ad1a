from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import case, distinct, func, or_, select

from app.experiments.filter_repository import values_of
from app.experiments.filter_tree import Column
from app.kit.repository import Repository
from app.tables import Param, Run


class ImportanceRepository(Repository[Run]):
    table = Run

    async def numbers(self, run_ids: Sequence[UUID], column: Column) -> dict[UUID, float]:
        """Of the runs that have one; NaN is none."""
        number, *_ = values_of(column)
        statement = self.statement().where(Run.id.in_(run_ids)).with_only_columns(Run.id, number)
        return {run_id: told for run_id, told in await self.session.execute(statement) if told is not None}

    async def varying(self, run_ids: Sequence[UUID], limit: int) -> list[str]:
        """Parameters that are not the same in all of these runs; those that most have come first."""
        statement = (
            select(Param.key)
            .where(Param.run_id.in_(run_ids))
            .group_by(Param.key)
            .having(or_(func.count(distinct(Param.value)) > 1, func.count() < len(run_ids)))
            .order_by(func.count().desc(), Param.key)
            .limit(limit)
        )
        return list(await self.session.scalars(statement))

    async def params(self, run_ids: Sequence[UUID], names: Sequence[str]) -> Sequence[Any]:
        """`(run_id, key, number, text)`: of a value that is no number, how it begins."""
        text = case((Param.number.is_(None), Param.text))
        statement = select(Param.run_id, Param.key, Param.number, text)
        return (await self.session.execute(statement.where(Param.run_id.in_(run_ids), Param.key.in_(names)))).all()
