"""In which order lists of work are told. Pages begin after a row, whatever they are sorted by."""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, and_, case, func, literal, or_

from app.kit.orm import Base
from app.kit.pagination import PageRequest
from app.kit.repository import Repository
from app.scheduler.status import ENDED, Status
from app.tables import Workload

R = TypeVar("R", bound=Base)


class WorkOrder(StrEnum):
    """A minus turns the order around."""

    NEWEST = "-created_at"
    OLDEST = "created_at"
    NAME = "name"
    NAME_BACKWARDS = "-name"
    STATUS = "status"
    """As work goes through them."""
    STATUS_BACKWARDS = "-status"
    DURATION = "duration"
    """Of the last attempt; what has not begun comes first."""
    LONGEST = "-duration"


async def page_of_work(
    repository: Repository[R], request: PageRequest, order: WorkOrder, *criteria: ColumnElement[bool]
) -> Sequence[R]:
    """As `Repository.page`, of a table whose rows have a workload."""
    if order is WorkOrder.NEWEST:
        return await repository.page(request, *criteria)
    table, turned = repository.table, order.startswith("-")
    value = _VALUES[order.removeprefix("-")](table)
    every = repository.statement().join(Workload, Workload.id == table.workload_id)
    statement = every.where(*criteria)
    if request.before:
        last = every.where(table.id == request.before).with_only_columns(value).scalar_subquery()
        beyond = (value < last, table.id < request.before) if turned else (value > last, table.id > request.before)
        statement = statement.where(or_(beyond[0], and_(value == last, beyond[1])))
    columns = (value, table.id)
    ordered = statement.order_by(*(column.desc() if turned else column.asc() for column in columns))
    return (await repository.session.scalars(ordered.limit(request.limit + 1))).all()


def _status(table: Any) -> ColumnElement[int]:
    return case({status.value: place for place, status in enumerate(Status)}, value=Workload.status)


def _duration(table: Any) -> ColumnElement[timedelta]:
    # All that go on grow alike, so their order stays while one reads page after page.
    until = case((Workload.status.in_(ENDED), Workload.ended_at), else_=func.now())
    return func.coalesce(until - Workload.started_at, literal(timedelta(seconds=-1)))


_VALUES: dict[str, Any] = {
    "created_at": lambda table: table.id,
    "name": lambda table: table.name,
    "status": _status,
    "duration": _duration,
}
