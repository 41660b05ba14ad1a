"""A filter's tree as criteria of runs. What a user wrote goes into parameters of the statement, never into its text.

No criterion is null: what a run does not have compares as false. Each can be written in two ways, because it depends on
how many runs are asked about which is quick:

- *probes* look into the primary key of the parameters and metrics of one run: for runs that come one by one, in the
  order of an index, until a page is full. They are scalar subqueries, which no planner turns into a join;
- *sets* find the runs of a whole project by an index of values, or by a hash, once.
"""

import operator
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Float,
    Select,
    String,
    and_,
    bindparam,
    case,
    false,
    func,
    not_,
    or_,
    select,
)
from sqlalchemy.sql.elements import literal_column

from app.experiments.filter_tree import (
    Absence,
    All,
    AnyOf,
    Column,
    Comparison,
    Membership,
    Not,
    Of,
    Operator,
    Place,
    Tree,
    Value,
)
from app.experiments.numeral import NUMERAL
from app.tables import Experiment, MetricLatest, Param, Run, RunField, User
from app.tables.tracking import FIELD_KEY_LENGTH, PARAM_TEXT_LENGTH

Test = Callable[[Any], ColumnElement[bool]]
NAN: ColumnElement[float] = literal_column("'NaN'::float8")

_COMPARE: dict[Operator, Callable[[Any, Any], ColumnElement[bool]]] = {
    Operator.EQUAL: operator.eq,
    Operator.UNEQUAL: operator.ne,
    Operator.LESS: operator.lt,
    Operator.LESS_OR_EQUAL: operator.le,
    Operator.GREATER: operator.gt,
    Operator.GREATER_OR_EQUAL: operator.ge,
    Operator.LIKE: lambda column, value: column.like(value),
    Operator.ILIKE: lambda column, value: column.ilike(value),
    Operator.CONTAINS: lambda column, value: column.icontains(value, autoescape=True),
}

NOW: ColumnElement[datetime] = bindparam("now", type_=DateTime(timezone=True))
"""Until when a run that goes on has lasted: given with the execution, the same one for all pages of a table."""

ATTRIBUTE_COLUMNS: dict[str, Any] = {
    "id": Run.id,
    "name": Run.name,
    "kind": Run.kind,
    "status": Run.status,
    "experiment": select(Experiment.name).where(Experiment.id == Run.experiment_id).correlate(Run).scalar_subquery(),
    "experiment_id": Run.experiment_id,
    "user": select(User.email).where(User.id == Run.created_by).correlate(Run).scalar_subquery(),
    "created_at": Run.created_at,
    "started_at": Run.started_at,
    "ended_at": Run.ended_at,
    "duration": func.extract("epoch", func.coalesce(Run.ended_at, NOW) - Run.started_at).cast(Float(53)),
}
_FIELDS = {"name", "status"}
"""Attributes of which there is an index of values."""
_TABLES: dict[Place, Any] = {
    Place.METRICS: MetricLatest,
    Place.PARAMS: Param,
    **dict.fromkeys((Place.TAGS, Place.SUMMARY, Place.ATTRIBUTES), RunField),
}
"""Where values have an index."""
OF_METRIC = {Of.LATEST: MetricLatest.value, Of.MINIMUM: MetricLatest.minimum, Of.MAXIMUM: MetricLatest.maximum}


def probes(tree: Tree) -> ColumnElement[bool]:
    return _criterion(tree, None)


def sets(tree: Tree, project_id: UUID) -> ColumnElement[bool]:
    return _criterion(tree, project_id)


def found_by_index(tree: Tree, project_id: UUID) -> list[Select[Any]]:
    """Keys of runs by each part that must hold and that an index of values answers."""
    parts = tree.parts if isinstance(tree, All) else (tree,)
    return [
        _indexed(part, project_id) for part in parts if isinstance(part, Comparison | Membership) and _is_indexed(part)
    ]


class Entries(NamedTuple):
    """Of an index: values, each with the run that has it, in the order of both."""

    value: Any
    run_id: Any
    criteria: tuple[ColumnElement[bool], ...]


def entries_of(column: Column, project_id: UUID) -> list[Entries] | None:
    """By each of `values_of` the column; None where there is no such index."""
    if not _has_entries(column):
        return None
    table = _TABLES[column.place]
    of_column = (table.project_id == project_id, _named(column))
    match column.place:
        case Place.METRICS:
            value = OF_METRIC[column.of]
            return [Entries(value, table.run_id, (*of_column, value < NAN))]
        case Place.ATTRIBUTES:
            return [Entries(table.text, table.run_id, (*of_column, table.number.is_(None)))]
    numbers = Entries(table.number, table.run_id, (*of_column, table.number.is_not(None)))
    texts = Entries(table.text, table.run_id, (*of_column, table.number.is_(None), table.text.is_not(None)))
    return [numbers, texts]


def number_of(column: Column) -> ColumnElement[Any]:
    """Of the metric of the run at hand; null where it has none, or NaN."""
    value = func.nullif(OF_METRIC[column.of], NAN)
    return _of_run(select(value), MetricLatest).where(MetricLatest.name == column.name).scalar_subquery()


def values_of(column: Column) -> list[ColumnElement[Any]]:
    """By which runs are sorted: what is a number comes before what is none."""
    match column.place:
        case Place.METRICS:
            return [number_of(column)]
        case Place.PARAMS:
            readings: tuple[Any, Any] = Param.number, case((Param.number.is_(None), Param.text))
            of_key = Param.key == column.name
            return [_of_run(select(reading), Param).where(of_key).scalar_subquery() for reading in readings]
        case Place.ATTRIBUTES if column.name == "name":
            return [func.left(Run.name, PARAM_TEXT_LENGTH, type_=String())]
        case Place.ATTRIBUTES:
            return [ATTRIBUTE_COLUMNS[column.name]]
    number, _ = _of_document(column)
    text = func.param_text(_document(column)[column.name], type_=String())
    return [number, case((number.is_(None), text))]


def _criterion(tree: Tree, project_id: UUID | None) -> ColumnElement[bool]:
    match tree:
        case All(parts):
            return and_(*(_criterion(part, project_id) for part in parts))
        case AnyOf(parts):
            return or_(*(_criterion(part, project_id) for part in parts))
        case Not(part):
            return not_(_criterion(part, project_id))
        case Absence(column):
            return not_(_holds(column, _is_there(column), project_id))
    if project_id is not None and _is_indexed(tree):
        return Run.id.in_(_indexed(tree, project_id))
    return _holds(tree.column, _test(tree), project_id)


def _holds(column: Column, test: Test, project_id: UUID | None) -> ColumnElement[bool]:
    if column.place not in {Place.METRICS, Place.PARAMS}:
        return func.coalesce(test(_subject(column)), false())
    if project_id is not None:
        return Run.id.in_(_keys(column, test, project_id))
    table = _TABLES[column.place]
    found = _of_run(select(test(_subject(column))), table).where(_named(column)).scalar_subquery()
    return func.coalesce(found, false())


def _indexed(part: Comparison | Membership, project_id: UUID) -> Select[Any]:
    """Keys of runs, by an index of values."""
    if part.column.place in {Place.METRICS, Place.PARAMS}:
        return _keys(part.column, _test(part), project_id)
    values = part.values if isinstance(part, Membership) else (part.value,)
    compared = Operator.EQUAL if isinstance(part, Membership) else part.operator
    tests = [_of_field(part.column, compared, value) for value in values]
    return select(RunField.run_id).where(RunField.project_id == project_id, _named(part.column), or_(*tests))


def _of_field(column: Column, compared: Operator, value: Value) -> ColumnElement[bool]:
    """Of a text that is no longer than what the index has of one."""
    if column.place is Place.ATTRIBUTES:
        return and_(RunField.number.is_(None), RunField.text == value)
    if isinstance(value, float):
        return _COMPARE[compared](RunField.number, value)
    text = _written(value)
    number = RunField.number == float(text) if NUMERAL.fullmatch(text) else RunField.number.is_(None)
    return and_(number, RunField.text == text)


def _keys(column: Column, test: Test, project_id: UUID) -> Select[Any]:
    """As `_indexed`, or by looking at all that have the parameter or the metric."""
    table = _TABLES[column.place]
    return select(table.run_id).where(table.project_id == project_id, _named(column), test(_subject(column)))


def _of_run(statement: Select[Any], table: Any) -> Select[Any]:
    return statement.select_from(table).where(table.run_id == Run.id).correlate(Run)


def _named(column: Column) -> ColumnElement[bool]:
    match column.place:
        case Place.METRICS:
            return MetricLatest.name == column.name
        case Place.PARAMS:
            return Param.key == column.name
    return and_(RunField.place == column.place, RunField.key == column.name)


def _subject(column: Column) -> Any:
    """What a test looks at: a number, a time … , or the two readings of a value that may be anything."""
    match column.place:
        case Place.METRICS:
            return OF_METRIC[column.of]
        case Place.PARAMS:
            return Param.number, Param.text
        case Place.ATTRIBUTES:
            return ATTRIBUTE_COLUMNS[column.name]
    return _of_document(column)


def _of_document(column: Column) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    value = _document(column)[column.name]
    return func.param_number(value, type_=Float(53)), value.astext


def _document(column: Column) -> Any:
    return Run.tags if column.place is Place.TAGS else Run.summary


def _is_there(column: Column) -> Test:
    if column.kind is None:
        return lambda readings: readings[1].is_not(None)
    return lambda subject: subject.is_not(None)


def _test(part: Comparison | Membership) -> Test:
    if isinstance(part, Membership):
        tests = [_test(Comparison(part.column, Operator.EQUAL, value)) for value in part.values]
        return lambda subject: or_(*(test(subject) for test in tests))
    if part.column.place is Place.METRICS:
        return lambda number: _of_numbers(number, part.operator, part.value)
    if part.column.kind is not None:
        return lambda column: _COMPARE[part.operator](column, part.value)
    if isinstance(part.value, float):
        return lambda readings: _COMPARE[part.operator](readings[0], part.value)
    text = _written(part.value)
    if part.column.place is Place.PARAMS:
        return lambda readings: _of_param_text(readings[0], readings[1], part.operator, text)
    return lambda readings: _COMPARE[part.operator](readings[1], text)


def _of_numbers(number: ColumnElement[Any], compared: Operator, value: Value) -> ColumnElement[bool]:
    """To PostgreSQL NaN is greater than all; to everybody else it is not."""
    if compared in {Operator.GREATER, Operator.GREATER_OR_EQUAL}:
        return and_(_COMPARE[compared](number, value), number < NAN)
    return _COMPARE[compared](number, value)


def whole_text(value: Any) -> ColumnElement[str]:
    """Of a parameter's value, which is JSON."""
    return value.op("#>>", return_type=String())(literal_column("'{}'"))


def _of_param_text(number: Any, text: Any, compared: Operator, value: str) -> ColumnElement[bool]:
    """`text` is how the value begins, and is what the index has where the value is no number."""
    whole = whole_text(Param.value)
    if compared is not Operator.EQUAL:
        return _COMPARE[compared](whole, value)
    if NUMERAL.fullmatch(value):
        return and_(number == float(value), text == value)
    begins = and_(number.is_(None), text == value[:PARAM_TEXT_LENGTH])
    return begins if len(value) < PARAM_TEXT_LENGTH else and_(begins, whole == value)


def _written(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _has_entries(column: Column) -> bool:
    """Whether there is an index of its values."""
    match column.place:
        case Place.ATTRIBUTES:
            return column.name in _FIELDS
        case Place.TAGS | Place.SUMMARY:
            return len(column.name) <= FIELD_KEY_LENGTH
    return True


def _is_indexed(part: Comparison | Membership) -> bool:
    column = part.column
    if not _has_entries(column):
        return False
    values = part.values if isinstance(part, Membership) else (part.value,)
    if column.place not in {Place.METRICS, Place.PARAMS} and any(
        len(_written(value)) >= PARAM_TEXT_LENGTH for value in values
    ):
        return False
    if isinstance(part, Membership) or part.operator is Operator.EQUAL:
        return True
    return not part.operator.is_of_text and part.operator is not Operator.UNEQUAL and isinstance(part.value, float)
