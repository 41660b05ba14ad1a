"""Where a page ended, as a condition of what comes after. What is missing comes last, in either direction."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_


@dataclass(frozen=True, slots=True)
class Key:
    expression: Any
    descending: bool

    @property
    def order(self) -> Any:
        return (self.expression.desc() if self.descending else self.expression.asc()).nulls_last()

    def beyond(self, value: Any) -> ColumnElement[bool]:
        if value is None:
            return false()
        further = self.expression < value if self.descending else self.expression > value
        return or_(further, self.expression.is_(None))

    def alike(self, value: Any) -> ColumnElement[bool]:
        return self.expression.is_(None) if value is None else self.expression == value


def beyond(keys: Sequence[Key], values: Sequence[Any], further: ColumnElement[bool]) -> ColumnElement[bool]:
    """Rows that come after the one with these values;
    of those alike in all of them, those that are `further`."""
    for key, value in reversed(list(zip(keys, values, strict=True))):
        further = or_(key.beyond(value), and_(key.alike(value), further))
    return further
