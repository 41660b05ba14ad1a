"""MLflow's conditions and orders as expressions of SQL. What a user writes is a parameter, never a part of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, Text, and_, cast, literal, or_
from sqlalchemy.dialects.postgresql import JSONB

from app.errors import Invalid
from app.mlflow.filter import Clause, Name, Operator, Order

Value = str | float


@dataclass(frozen=True, slots=True)
class Field:
    expression: SQLColumnExpression[Any]
    read: Callable[[Value, str], Any]
    """What the expression is compared with, of what was written and where; raises `Invalid`."""
    among: Callable[[ColumnElement[bool]], ColumnElement[bool]] | None = None
    """Of what a row has many of: whether the condition holds for any of them. There is no order by such a thing."""


Lookup = Callable[[Name], Field | None]
"""None for what there is not."""


def text(value: Value, where: str) -> str:
    if not isinstance(value, str):
        raise Invalid(f"{where} is a text: write its value in quotes, '{value:g}'", field="filter")
    return value


def number(value: Value, where: str) -> float:
    if not isinstance(value, float):
        raise Invalid(f"{where} is a number: write its value without quotes", field="filter")
    return value


def tag(column: SQLColumnExpression[Any], key: str) -> Field:
    """Of a column with an object of JSON."""
    return Field(cast(column, JSONB)[key].astext, text)


def criteria(found: Sequence[Clause], lookup: Lookup) -> list[ColumnElement[bool]]:
    fields = [_field(clause.name, lookup, "filter") for clause in found]
    conditions = [_criterion(clause, field) for clause, field in zip(found, fields, strict=True)]
    return [
        condition if field.among is None else field.among(condition)
        for condition, field in zip(conditions, fields, strict=True)
    ]


def ordering(orders: Sequence[Order], lookup: Lookup) -> Iterator[ColumnElement[Any]]:
    """What has no value comes last, and NaN before it, whatever the direction."""
    for order in orders:
        field = _field(order.name, lookup, "order_by")
        if field.among is not None:
            raise Invalid(
                f"there is no order by {order.name.entity}.{order.name.key}, of which there are many", field="order_by"
            )
        column = field.expression
        yield column.is_(None)
        if field.read is number:
            yield cast(column, Text) == "NaN"
        if field.read is text:
            # By code points, as MLflow's stores have it, whatever language the database speaks.
            column = cast(column, Text).collate("C")
        yield column.desc() if order.descending else column.asc()


def attributes(fields: Mapping[str, Field]) -> Lookup:
    return lambda name: fields.get(name.key)


def _field(name: Name, lookup: Lookup, place: str) -> Field:
    field = lookup(name)
    if field is None:
        raise Invalid(f"there is nothing called {name.entity}.{name.key} to look for here", field=place)
    return field


def _criterion(clause: Clause, field: Field) -> ColumnElement[bool]:
    where = f"{clause.name.entity}.{clause.name.key}"
    column = field.expression
    values = [field.read(value, where) for value in clause.values]
    match clause.operator:
        case Operator.ABSENT:
            return column.is_(None)
        case Operator.PRESENT:
            return column.is_not(None)
        case Operator.IN:
            return or_(*(column == value for value in values))
        case Operator.NOT_IN:
            return and_(*(column != value for value in values))
        case Operator.LIKE | Operator.ILIKE:
            if not all(isinstance(value, str) for value in values):
                raise Invalid(f"{where} is not a text, and {clause.operator} compares texts", field="filter")
            # No character escapes another there.
            like = column.ilike if clause.operator is Operator.ILIKE else column.like
            return like(values[0], escape="")
        case Operator.EQUAL:
            return column == values[0]
        case Operator.UNEQUAL:
            return column != values[0]
        case _:
            ordered: ColumnElement[bool] = column.op(str(clause.operator), is_comparison=True)(literal(values[0]))
            # PostgreSQL has NaN greater than any number.
            return and_(ordered, cast(column, Text) != "NaN") if field.read is number else ordered
