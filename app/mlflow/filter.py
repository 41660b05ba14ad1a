"""MLflow's filter strings and orders as values: `metrics.loss < 0.3 and tags."mlflow.parentRunId" = 'x'`. No I/O."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedInput

from app.errors import Invalid

GRAMMAR = r"""
start: [clause (_AND clause)*]

?clause: NAME COMPARATOR value                       -> comparison
       | NAME LIKE value                             -> comparison
       | NAME _IN "(" value ("," value)* ")"         -> among
       | NAME _NOT _IN "(" value ("," value)* ")"    -> not_among
       | NAME _IS _NULL                              -> absent
       | NAME _IS _NOT _NULL                         -> present

?value: NUMBER -> number
      | STRING -> string

_AND: "AND"i
_IN: "IN"i
_NOT: "NOT"i
_IS: "IS"i
_NULL: "NULL"i
LIKE: "ILIKE"i | "LIKE"i
COMPARATOR: "!=" | "<=" | ">=" | "=" | "<" | ">"
NUMBER: /[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?/
STRING: /'[^']*'/ | /"[^"]*"/
NAME: /(`\w+`\.|[A-Za-z_])[\w.\/-]*(`[^`]+`|"[^"]+")?|`[^`]+`/

%import common.WS
%ignore WS
"""
LONGEST = 10_000
MOST_CLAUSES = 100


class Operator(StrEnum):
    EQUAL = "="
    UNEQUAL = "!="
    LESS = "<"
    LESS_OR_EQUAL = "<="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="
    LIKE = "LIKE"
    ILIKE = "ILIKE"
    IN = "IN"
    NOT_IN = "NOT IN"
    ABSENT = "IS NULL"
    PRESENT = "IS NOT NULL"


class Entity(StrEnum):
    ATTRIBUTE = "attribute"
    METRIC = "metric"
    PARAM = "param"
    TAG = "tag"
    DATASET = "dataset"


_SPELLINGS: Mapping[str, Entity] = {
    **dict.fromkeys(("attribute", "attributes", "attr", "run"), Entity.ATTRIBUTE),
    **dict.fromkeys(("metric", "metrics"), Entity.METRIC),
    **dict.fromkeys(("param", "params", "parameter", "parameters"), Entity.PARAM),
    **dict.fromkeys(("tag", "tags"), Entity.TAG),
    **dict.fromkeys(("dataset", "datasets"), Entity.DATASET),
}


@dataclass(frozen=True, slots=True)
class Name:
    entity: Entity
    key: str


@dataclass(frozen=True, slots=True)
class Clause:
    name: Name
    operator: Operator
    values: tuple[str | float, ...]
    """One, but of IN and NOT IN; none of IS NULL."""


@dataclass(frozen=True, slots=True)
class Order:
    name: Name
    descending: bool


def clauses(text: str | None) -> Sequence[Clause]:
    """All of which shall hold. Raises `Invalid`, which tells the place of what is wrong."""
    if not text or not text.strip():
        return ()
    if len(text) > LONGEST:
        raise Invalid(f"the filter has {len(text)} characters, and may have {LONGEST}", field="filter")
    try:
        tree = _PARSER.parse(text)
    except UnexpectedInput as error:
        said = error.get_context(text, span=20).strip("\n")
        # The class says None, and mypy believes that; those that are derived from it know.
        place: Any = error.pos_in_stream
        raise Invalid(
            "the filter is not in MLflow's syntax (entity.key operator value, joined by AND) at character "
            f"{(place or 0) + 1}:\n{said}",
            field="filter",
        ) from error
    found = _Clauses().transform(tree)
    if len(found) > MOST_CLAUSES:
        raise Invalid(f"the filter has {len(found)} conditions, and may have {MOST_CLAUSES}", field="filter")
    return tuple(found)


def orders(texts: Sequence[str]) -> Sequence[Order]:
    """Of `metrics.loss DESC`, the most important one first; raises `Invalid`."""
    return [_order(text) for text in texts]


def name(text: str) -> Name:
    """`metrics.loss`, ``tags.`a b` ``, or the bare name of an attribute."""
    entity, dot, rest = text.partition(".")
    if dot and (known := _SPELLINGS.get(entity.strip("`").lower())):
        return Name(known, rest.strip('`"'))
    return Name(Entity.ATTRIBUTE, text.strip('`"'))


def _order(text: str) -> Order:
    stripped = text.strip()
    words = stripped.rsplit(maxsplit=1)
    direction = words[-1].upper() if len(words) > 1 else ""
    if direction in {"ASC", "DESC"}:
        stripped = words[0]
    if not stripped:
        raise Invalid("an empty text is no order: write `metrics.loss DESC`", field="order_by")
    return Order(name(stripped), descending=direction == "DESC")


class _Clauses(Transformer[Token, list[Clause]]):
    def start(self, found: list[Clause | None]) -> list[Clause]:
        return [clause for clause in found if clause is not None]

    def comparison(self, parts: list[object]) -> Clause:
        named, operator, value = parts
        return Clause(name(str(named)), Operator(str(operator).upper()), (_value(value),))

    def among(self, parts: list[object]) -> Clause:
        return Clause(name(str(parts[0])), Operator.IN, tuple(_value(part) for part in parts[1:]))

    def not_among(self, parts: list[object]) -> Clause:
        return Clause(name(str(parts[0])), Operator.NOT_IN, tuple(_value(part) for part in parts[1:]))

    def absent(self, parts: list[object]) -> Clause:
        return Clause(name(str(parts[0])), Operator.ABSENT, ())

    def present(self, parts: list[object]) -> Clause:
        return Clause(name(str(parts[0])), Operator.PRESENT, ())

    def number(self, parts: list[object]) -> float:
        return float(str(parts[0]))

    def string(self, parts: list[object]) -> str:
        return str(parts[0])[1:-1]


def _value(part: object) -> str | float:
    assert isinstance(part, str | float)
    return part


_PARSER = Lark(GRAMMAR, parser="lalr")
