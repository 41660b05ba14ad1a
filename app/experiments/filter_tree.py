"""What is asked of runs, whatever language it was written in: columns, comparisons of them, and how these are joined.

A comparison with what a run does not have is false, and so is its `!=`: `Not` is the complement, nothing else.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeAlias
from uuid import UUID

DEPTH = 20
"""Of `not` and of brackets that mix `and` with `or`; deeper ones are not read."""


class Place(StrEnum):
    METRICS = "metrics"
    PARAMS = "params"
    TAGS = "tags"
    SUMMARY = "summary"
    ATTRIBUTES = "attributes"
    """Columns of the run itself, which need no prefix."""


class Of(StrEnum):
    """Which of the numbers of a metric."""

    LATEST = "latest"
    MINIMUM = "min"
    MAXIMUM = "max"


class Kind(StrEnum):
    """Of the values of a column of the run itself."""

    TEXT = "text"
    NUMBER = "number"
    TIME = "time"
    KEY = "key"


ATTRIBUTES = {
    "id": Kind.KEY,
    "name": Kind.TEXT,
    "kind": Kind.TEXT,
    "status": Kind.TEXT,
    "experiment": Kind.TEXT,
    "experiment_id": Kind.KEY,
    "user": Kind.TEXT,
    "created_at": Kind.TIME,
    "started_at": Kind.TIME,
    "ended_at": Kind.TIME,
    "duration": Kind.NUMBER,
}
"""`user` is an address of e-mail, `duration` is in seconds."""


class Operator(StrEnum):
    EQUAL = "="
    UNEQUAL = "!="
    LESS = "<"
    LESS_OR_EQUAL = "<="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="
    LIKE = "like"
    ILIKE = "ilike"
    CONTAINS = "contains"
    """Somewhere in the text, in capitals or not."""

    @property
    def is_of_text(self) -> bool:
        return self in {Operator.LIKE, Operator.ILIKE, Operator.CONTAINS}


@dataclass(frozen=True, slots=True)
class Column:
    place: Place
    name: str
    of: Of = Of.LATEST

    def __post_init__(self) -> None:
        if self.place is Place.ATTRIBUTES and self.name not in ATTRIBUTES:
            known = ", ".join(ATTRIBUTES)
            raise ValueError(
                f"there is no column {self.name!r}: write metrics.{self.name} or the like, or one of {known}"
            )
        if self.place is not Place.METRICS and self.of is not Of.LATEST:
            raise ValueError(f"only a metric has a {self.of}, {self.place} have none")

    @property
    def kind(self) -> Kind | None:
        """None where each run may have another."""
        if self.place is Place.METRICS:
            return Kind.NUMBER
        return ATTRIBUTES[self.name] if self.place is Place.ATTRIBUTES else None

    def __str__(self) -> str:
        """As the language of filters writes it."""
        if self.place is Place.ATTRIBUTES:
            return self.name
        name = self.name.replace("\\", "\\\\").replace('"', '\\"')
        whole = f'{self.place}."{name}"'
        return whole if self.of is Of.LATEST else f"{self.of}({whole})"


Given: TypeAlias = float | str | bool
"""What can be written."""
Value: TypeAlias = float | str | bool | datetime | UUID


@dataclass(frozen=True, slots=True)
class Comparison:
    """Raises `ValueError` where the column has no such values."""

    column: Column
    operator: Operator
    value: Value

    def __post_init__(self) -> None:
        if self.operator.is_of_text and self.column.kind not in {None, Kind.TEXT}:
            raise ValueError(f"{self.column} is no text: {self.operator} does not apply")
        if self.operator.is_of_text and not isinstance(self.value, str):
            raise ValueError(f"{self.operator} wants a text in quotes")
        if self.operator in {Operator.LIKE, Operator.ILIKE} and _ends_escaping(str(self.value)):
            raise ValueError("the pattern ends with a backslash that stands for nothing: write two of them")


@dataclass(frozen=True, slots=True)
class Membership:
    """Equal to one of these."""

    column: Column
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Absence:
    """The run does not have it, or it is null."""

    column: Column


@dataclass(frozen=True, slots=True)
class Not:
    part: "Tree"


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple["Tree", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple["Tree", ...]


Tree: TypeAlias = Comparison | Membership | Absence | Not | All | AnyOf


def value_of(column: Column, given: Given) -> Value:
    """`given` as the column has it; raises `ValueError`, which says how to write one."""
    match column.kind:
        case None:
            return given
        case Kind.NUMBER:
            return _number(column, given)
        case Kind.TEXT if isinstance(given, str):
            return given
        case Kind.KEY if isinstance(given, str):
            return _key(column, given)
        case Kind.TIME if isinstance(given, str):
            return _time(column, given)
    raise ValueError(f"{column} is compared with a text in quotes")


def _number(column: Column, given: Given) -> float:
    """Those that no literal writes are given by their names: "NaN", "inf", "-inf"."""
    if isinstance(given, float):
        return given
    if isinstance(given, str) and given.lower().lstrip("+-") in {"nan", "inf", "infinity"}:
        return float(given)
    raise ValueError(f'{column} is compared with a number, or with "NaN", "inf" or "-inf"')


def _key(column: Column, given: str) -> UUID:
    try:
        return UUID(given)
    except ValueError as error:
        raise ValueError(f"{column} is compared with an identifier (a UUID)") from error


def _time(column: Column, given: str) -> datetime:
    try:
        read = datetime.fromisoformat(given)
    except ValueError as error:
        raise ValueError(f'{column} is compared with a time such as "2026-05-01" or "2026-05-01T12:00:00Z"') from error
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def _ends_escaping(pattern: str) -> bool:
    return (len(pattern) - len(pattern.rstrip("\\"))) % 2 == 1
