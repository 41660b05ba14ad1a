"""Base of every repository: the one place where the tenant filter is written."""

from collections.abc import Sequence
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, func, literal_column, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.db import Scope
from app.kit.orm import Base
from app.kit.pagination import PageRequest

R = TypeVar("R", bound=Base)
S = TypeVar("S", bound=Select[*tuple[Any, ...]])


class Repository(Generic[R]):
    """Rows of one table that the session's scope may see, of no hidden project, and that are not deleted."""

    table: ClassVar[Any]
    shared: ClassVar[bool] = False
    """Rows without an organization are everybody's."""
    project: ClassVar[str] = "project_id"
    """The column that names the project of a row."""

    def __init__(self, session: AsyncSession, *, deleted: bool = False) -> None:
        """With `deleted`, of the rows that are deleted instead."""
        self.session = session
        self._deleted = deleted

    def statement(self) -> Select[R]:
        statement: Select[R] = select(self.table)
        scope: Scope = self.session.info["scope"]
        if hasattr(self.table, "org_id") and not scope.every_organization:
            mine = self.table.org_id.in_(scope.org_ids)
            statement = statement.where(mine | self.table.org_id.is_(None) if self.shared else mine)
        if scope.hidden_project_ids and hasattr(self.table, self.project):
            of_project = getattr(self.table, self.project)
            statement = statement.where(of_project.is_(None) | of_project.not_in(scope.hidden_project_ids))
        if hasattr(self.table, "deleted_at"):
            there = self.table.deleted_at.is_not(None) if self._deleted else self.table.deleted_at.is_(None)
            statement = statement.where(there)
        return statement

    async def get(self, row_id: UUID) -> R | None:
        return await self.one(self.table.id == row_id)

    async def one(self, *criteria: ColumnElement[bool]) -> R | None:
        return (await self.session.scalars(self.statement().where(*criteria))).one_or_none()

    async def locked(self, row_id: UUID) -> R | None:
        """The row as it is now, locked until the transaction ends."""
        statement = self.statement().where(self.table.id == row_id).with_for_update()
        return (await self.session.scalars(statement.execution_options(populate_existing=True))).one_or_none()

    async def every(self, *criteria: ColumnElement[bool]) -> Sequence[R]:
        return (await self.session.scalars(self.statement().where(*criteria).order_by(self.table.id))).all()

    async def reaches(self, most: int, *criteria: ColumnElement[bool]) -> bool:
        """Whether there are so many; what is beyond them is not looked at."""
        one: Select[Any] = (
            self.statement().where(*criteria).with_only_columns(literal_column("1"), maintain_column_froms=True)
        )
        found = one.limit(most).subquery()
        return (await self.session.execute(select(func.count()).select_from(found))).scalar_one() >= most

    async def page(self, request: PageRequest, *criteria: ColumnElement[bool]) -> Sequence[R]:
        """At most `limit + 1` rows, newest first; the extra one tells that there is more."""
        statement = following(self.statement().where(*criteria), self.table.id, request)
        return (await self.session.scalars(statement)).all()

    async def add(self, row: R) -> R:
        self.session.add(row)
        await self.session.flush()
        return row

    async def ensure(self, row: R, *same: ColumnElement[bool]) -> tuple[R, bool]:
        """The row that is the same, or else this one, added; and whether it was."""
        found = await self.one(*same)
        return (found, False) if found else await self.add_or_find(row, *same)

    async def add_or_find(self, row: R, *same: ColumnElement[bool]) -> tuple[R, bool]:
        """This row, added; where somebody else was quicker, the row that is the same. A unique constraint stands behind
        `same`: of two that come at once one is added."""
        try:
            async with self.session.begin_nested():
                return await self.add(row), True
        except IntegrityError:
            found = await self.one(*same)
            if found is None:
                raise
            return found, False


def following(statement: S, key: SQLColumnExpression[Any], request: PageRequest) -> S:
    """At most `limit + 1` of its rows, by `key` from the newest on; the extra one tells that there is more."""
    if request.before:
        statement = statement.where(key < request.before)
    return statement.order_by(key.desc()).limit(request.limit + 1)
