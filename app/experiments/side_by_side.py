"""What several runs have, name by name, and whether it is the same: pure."""

import json
import math
import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.experiments.numeral import NUMERAL


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    values: list[Any]
    """Of each run; None where it is missing."""
    missing: list[int]
    """Places of the runs that do not have it."""
    identical: bool
    """All have it, and the same."""


def side_by_side(documents: Sequence[Mapping[str, Any]], *, hide_identical: bool = False) -> list[Row]:
    """A row of each name that any of the documents has, in the order of the names."""
    names = sorted(set().union(*documents), key=natural)
    rows = [_row(name, documents) for name in names]
    return [row for row in rows if not (hide_identical and row.identical)]


def identity(value: Any) -> Hashable:
    """Equal for two values of JSON that mean the same: `0.001` and a text `1e-3`, but not `1` and `true`.

    Numbers are compared exactly, however many digits they have.
    """
    if isinstance(value, bool) or value is None:
        return "constant", str(value)
    if isinstance(value, float) and not math.isfinite(value):
        return "number", str(value)
    if isinstance(value, int | float):
        return "number", Decimal(value if isinstance(value, int) else repr(value))
    if isinstance(value, str):
        return ("number", Decimal(value)) if NUMERAL.fullmatch(value) else ("text", value)
    return "document", json.dumps(value, sort_keys=True)


def natural(name: str) -> tuple[Any, ...]:
    """Sorts `layer2` before `layer10`."""
    parts = enumerate(re.split(r"([0-9]{1,18})", name))
    return tuple((int(part), "") if place % 2 else (-1, part) for place, part in parts)


def _row(name: str, documents: Sequence[Mapping[str, Any]]) -> Row:
    missing = [place for place, document in enumerate(documents) if name not in document]
    told = {identity(document[name]) for document in documents if name in document}
    return Row(name, [document.get(name) for document in documents], missing, not missing and len(told) == 1)
