"""Rows as a file, piece by piece: what a piece has become is sent before the next is made."""

import csv
import io
import math
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol

import pyarrow

from app.experiments.export_columns import ExportColumn, ValueKind
from app.experiments.numeral import NUMERAL

ROWS = 50_000
"""Of a group of rows in Parquet, at most."""
SIZE = 16 * 1024 * 1024
"""Bytes of one, about."""
_NOT_FINITE = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
"""How a text begins that a spreadsheet would compute (OWASP, "CSV Injection")."""


class Writer(Protocol):
    media_type: str

    def rows(self, columns: Sequence[Sequence[Any]]) -> bytes:
        """The next rows, by columns of equal length; None where there is nothing. Blocking. Parquet raises `ValueError`
        or `TypeError` where a column of numbers has something else."""

    def end(self) -> bytes: ...


class CsvWriter:
    """RFC 4180, in UTF-8. Numbers are the shortest that read as the same; what is missing is empty.

    A text that a spreadsheet would take for a formula has an apostrophe before it.
    """

    media_type = "text/csv; charset=utf-8"

    def __init__(self, columns: Sequence[ExportColumn]) -> None:
        self._text = io.StringIO(newline="")
        self._csv = csv.writer(self._text)
        self._csv.writerow([_guarded(column.header) for column in columns])
        self._tells = [_TELL[column.kind] for column in columns]

    def rows(self, columns: Sequence[Sequence[Any]]) -> bytes:
        told = [[tell(value) for value in column] for tell, column in zip(self._tells, columns, strict=True)]
        self._csv.writerows(zip(*told, strict=True))
        return self._taken()

    def end(self) -> bytes:
        return self._taken()

    def _taken(self) -> bytes:
        taken = self._text.getvalue().encode()
        self._text.seek(0)
        self._text.truncate()
        return taken


class ParquetWriter:
    """Compressed by Zstandard, in groups of rows of at most about `SIZE` bytes."""

    media_type = "application/vnd.apache.parquet"

    def __init__(self, columns: Sequence[ExportColumn]) -> None:
        # Only who exports to Parquet pays for it, in a thread.
        from pyarrow import parquet

        types = {
            ValueKind.TEXT: pyarrow.string(),
            ValueKind.NUMBER: pyarrow.float64(),
            ValueKind.INTEGER: pyarrow.int64(),
            ValueKind.TIME: pyarrow.timestamp("us", "UTC"),
        }
        self._schema = pyarrow.schema([(column.header, types[column.kind]) for column in columns])
        self._kinds = [column.kind for column in columns]
        self._sink = _Sink()
        self._file = parquet.ParquetWriter(pyarrow.PythonFile(self._sink, mode="w"), self._schema, compression="zstd")
        self._waiting: list[Any] = []

    def rows(self, columns: Sequence[Sequence[Any]]) -> bytes:
        told = [
            [None if value is None else float(value) for value in column] if kind is ValueKind.NUMBER else column
            for kind, column in zip(self._kinds, columns, strict=True)
        ]
        arrays = [pyarrow.array(column, field.type) for column, field in zip(told, self._schema, strict=True)]
        self._waiting.append(pyarrow.record_batch(arrays, schema=self._schema))
        if sum(batch.num_rows for batch in self._waiting) >= ROWS or sum(b.nbytes for b in self._waiting) >= SIZE:
            self._write()
        return self._sink.taken()

    def end(self) -> bytes:
        if self._waiting:
            self._write()
        self._file.close()
        return self._sink.taken()

    def _write(self) -> None:
        self._file.write_table(pyarrow.Table.from_batches(self._waiting))
        self._waiting.clear()


class _Sink(io.RawIOBase):
    """What has been written since it was last taken."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._position = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def write(self, data: Any) -> int:
        self._pieces.append(bytes(data))
        self._position += len(data)
        return len(data)

    def taken(self) -> bytes:
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken


def _guarded(text: str | None) -> str:
    if text is None:
        return ""
    return f"'{text}" if text.startswith(_FORMULA) and not NUMERAL.fullmatch(text) else text


def _number(value: Any) -> str:
    """As the API writes NaN and infinities; a text that writes a number as it is."""
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else _NOT_FINITE[str(value)]
    return _guarded(value) if value is None or isinstance(value, str) else str(value)


def _time(value: datetime | None) -> str:
    return "" if value is None else value.isoformat()


_TELL: dict[ValueKind, Callable[[Any], str]] = {
    ValueKind.TEXT: _guarded,
    ValueKind.NUMBER: _number,
    ValueKind.INTEGER: _number,
    ValueKind.TIME: _time,
}
