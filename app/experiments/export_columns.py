"""Columns of exported tables: what they are called, and what of a run goes into them."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.experiments.filter_tree import Column, Kind, Of, Place


class ValueKind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    """float64"""
    INTEGER = "integer"
    """int64"""
    TIME = "time"


@dataclass(frozen=True, slots=True)
class ExportColumn:
    header: str
    kind: ValueKind


@dataclass(frozen=True, slots=True)
class RunColumn(ExportColumn):
    column: Column


@dataclass(frozen=True, slots=True)
class RunCells:
    """What a run has, by place and name."""

    attributes: Mapping[str, Any]
    tags: Mapping[str, Any]
    summary: Mapping[str, Any]
    params: dict[str, Any] = field(default_factory=dict)
    metrics: dict[str, dict[Of, float]] = field(default_factory=dict)


ALWAYS = (Column(Place.ATTRIBUTES, "id"), Column(Place.ATTRIBUTES, "name"))
"""What every row begins with."""
_BARE = re.compile(r"\w[\w.\/-]*")
_KINDS = {Kind.TEXT: ValueKind.TEXT, Kind.KEY: ValueKind.TEXT, Kind.NUMBER: ValueKind.NUMBER, Kind.TIME: ValueKind.TIME}


def of_runs(columns: Sequence[Column], numbers: Mapping[Place, set[str]]) -> list[RunColumn]:
    """Each once. `numbers` are names of parameters and parts of the summary whose values are all numbers."""
    found = []
    for column in dict.fromkeys((*ALWAYS, *columns)):
        kind = ValueKind.NUMBER if column.name in numbers.get(column.place, ()) else ValueKind.TEXT
        if column.kind is not None:
            kind = _KINDS[column.kind]
        found.append(RunColumn(header(column), kind, column))
    return found


def header(column: Column) -> str:
    """As short as a filter may write it: `params.lr`, `min(metrics."a b")`."""
    if column.place is Place.ATTRIBUTES or not _BARE.fullmatch(column.name):
        return str(column)
    bare = f"{column.place}.{column.name}"
    return bare if column.of is Of.LATEST else f"{column.of}({bare})"


def cell(column: RunColumn, run: RunCells) -> Any:
    """None where the run does not have it; of a column of texts whatever is no text as JSON."""
    name = column.column.name
    match column.column.place:
        case Place.METRICS:
            return run.metrics.get(name, {}).get(column.column.of)
        case Place.ATTRIBUTES:
            value = run.attributes[name]
            return str(value) if isinstance(value, UUID) else value
        case place:
            value = getattr(run, place).get(name)
    is_text = column.kind is ValueKind.TEXT and value is not None
    return json.dumps(value, ensure_ascii=False) if is_text and not isinstance(value, str) else value
