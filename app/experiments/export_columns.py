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
    metrics: dict[str, Mapping[Of, float]] = field(default_factory=dict)


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


def cells(column: RunColumn, runs: Sequence[RunCells]) -> list[Any]:
    """None where a run does not have it; of a column of texts whatever is no text as JSON."""
    name, of = column.column.name, column.column.of
    match column.column.place:
        case Place.METRICS:
            return [numbers[of] if (numbers := run.metrics.get(name)) else None for run in runs]
        case Place.ATTRIBUTES:
            told = [run.attributes[name] for run in runs]
            return [str(value) if isinstance(value, UUID) else value for value in told]
        case place:
            found = [getattr(run, place).get(name) for run in runs]
    if column.kind is not ValueKind.TEXT:
        return found
    return [
        value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False) for value in found
    ]
