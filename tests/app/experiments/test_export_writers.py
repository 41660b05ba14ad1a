import csv
import io
import math
from datetime import UTC, datetime
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.experiments import export_writers
from app.experiments.export_columns import ExportColumn, ValueKind, header
from app.experiments.export_writers import CsvWriter, ParquetWriter, Writer
from app.experiments.filter_language import parse_column

COLUMNS = [ExportColumn(kind.value, kind) for kind in ValueKind]
TIME = datetime(2026, 5, 1, 12, 30, 1, 123456, tzinfo=UTC)
ROWS: list[list[Any]] = [
    ["a", 0.1, 2**53 + 1, TIME],
    [None, math.nan, None, None],
    ["", math.inf, -1, TIME],
    ['"quoted", and\nbroken', -math.inf, 0, TIME],
    ["学习率", 5e-324, 1, TIME],
]


def written(writer: Writer, rows: list[list[Any]]) -> bytes:
    return writer.rows(list(zip(*rows, strict=True))) + writer.end()


def read_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(), newline="")))


def test_csv_is_read_as_it_was_written() -> None:
    found = read_csv(written(CsvWriter(COLUMNS), ROWS))
    assert found[0] == ["text", "number", "integer", "time"]
    assert found[1] == ["a", "0.1", "9007199254740993", "2026-05-01T12:30:01.123456+00:00"]
    assert found[2] == ["", "NaN", "", ""]
    assert [row[1] for row in found[3:]] == ["Infinity", "-Infinity", "5e-324"]
    assert found[4][0] == ROWS[3][0]
    assert found[5][0] == "学习率"


def test_parquet_is_read_as_it_was_written() -> None:
    table = pyarrow.parquet.read_table(io.BytesIO(written(ParquetWriter(COLUMNS), ROWS)))
    assert [str(field.type) for field in table.schema] == ["string", "double", "int64", "timestamp[us, tz=UTC]"]
    found = [list(row.values()) for row in table.to_pylist()]
    assert str(found) == str(ROWS).replace("datetime.timezone.utc", str(found[0][3].tzinfo.__repr__()))


@given(st.lists(st.floats(width=64), min_size=1))
def test_every_float_survives(numbers: list[float]) -> None:
    columns = [ExportColumn("x", ValueKind.NUMBER)]
    rows = [[number] for number in numbers]
    from_csv = [float(row[0]) for row in read_csv(written(CsvWriter(columns), rows))[1:]]
    from_parquet = pyarrow.parquet.read_table(io.BytesIO(written(ParquetWriter(columns), rows)))["x"].to_pylist()
    for found in (from_csv, from_parquet):
        assert [repr(number) for number in found] == [repr(number) for number in numbers]


@pytest.mark.parametrize("text", ["=1+1", "+cmd|x", "-a", "@SUM(A1)", "\t=1", "\r=1", "＝1", "=cmd|' /C calc'!A0"])
def test_what_a_spreadsheet_would_compute_is_a_text(text: str) -> None:
    (_, (found,)) = read_csv(written(CsvWriter([ExportColumn("x", ValueKind.TEXT)]), [[text]]))
    assert found == f"'{text}"
    assert read_csv(written(CsvWriter([ExportColumn(text, ValueKind.TEXT)]), [["a"]]))[0] == [f"'{text}"]


@pytest.mark.parametrize("text", ["-1", "+1e-3", "a=1", "'", " =1", ""])
def test_other_texts_are_as_they_were(text: str) -> None:
    (_, *found) = read_csv(written(CsvWriter([ExportColumn("x", ValueKind.TEXT)]), [[text]]))
    assert found == ([[text]] if text else [[""]])


def test_parquet_leaves_piece_by_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_writers, "ROWS", 100)
    writer = ParquetWriter([ExportColumn("x", ValueKind.INTEGER)])
    pieces = [writer.rows([range(start, start + 50)]) for start in range(0, 500, 50)]
    assert sum(bool(piece) for piece in pieces) >= 5
    file = pyarrow.parquet.ParquetFile(io.BytesIO(b"".join(pieces) + writer.end()))
    assert file.metadata.num_row_groups == 5
    assert file.read()["x"].to_pylist() == list(range(500))


@pytest.mark.parametrize(
    "text", ["params.lr", "min(metrics.train/loss)", 'tags."a b"', "duration", 'max(metrics."é,")']
)
def test_headers_are_what_a_filter_reads(text: str) -> None:
    column = parse_column(text)
    assert parse_column(header(column)) == column
    assert header(column) == text
