"""Results go to stdout: a table for a person, tab-separated lines for a pipe, JSON when asked. Messages: stderr."""

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from rich.console import Console
from rich.table import Table
from rich.text import Text

from trine.records.base import Record

R = TypeVar("R", bound=Record)
Columns = Mapping[str, Callable[[R], object]]
"""Heading → the cell of a record."""

_STYLES = {
    "succeeded": "green",
    "running": "cyan",
    "failed": "red",
    "cancelled": "yellow",
    "queued": "blue",
}


def say(message: str) -> None:
    sys.stderr.write(f"{message}\n")
    sys.stderr.flush()


def print_json(value: Any) -> None:
    sys.stdout.write(json.dumps(plain(value), ensure_ascii=False, indent=2) + "\n")


def plain(value: Any) -> Any:
    """Records as JSON has them; NaN and infinities as strings."""
    if isinstance(value, Record):
        return json.loads(value.model_dump_json())
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value


def print_list(records: Iterable[R], columns: Columns[R], *, as_json: bool) -> None:
    found = list(records)
    if as_json:
        print_json(found)
        return
    print_table(list(columns), [[cell(of(record)) for of in columns.values()] for record in found])


def print_one(record: R, columns: Columns[R], *, as_json: bool) -> None:
    if as_json:
        print_json(record)
        return
    print_pairs({heading: of(record) for heading, of in columns.items()})


def print_pairs(pairs: Mapping[str, object]) -> None:
    shown = {heading: cell(value) for heading, value in pairs.items() if value not in (None, "", {}, [], ())}
    if not sys.stdout.isatty():
        sys.stdout.writelines(f"{heading}\t{value}\n" for heading, value in shown.items())
        return
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for heading, value in shown.items():
        table.add_row(Text(heading, style="bold"), _styled(value))
    Console().print(table)


def print_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    if not sys.stdout.isatty():
        sys.stdout.writelines("\t".join(row) + "\n" for row in (headings, *rows))
        return
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(_styled(value) for value in row))
    Console().print(table)


def cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return value.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}={cell(each)}" for key, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(cell(each) for each in value)
    return str(value).replace("\n", " ")


def age(since: datetime) -> str:
    """Coarse, for lists."""
    seconds = max(0, int((datetime.now(UTC) - since).total_seconds()))
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "m")):
        if seconds >= size:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def _styled(value: str) -> Text:
    """Never read as markup: names come from other people."""
    return Text(value, style=_STYLES.get(value, ""))
