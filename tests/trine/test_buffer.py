import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trine.buffer import BATCH_BYTES, Buffer, Piece
from trine.specs.telemetry import Batch, Failure, FailureClass
from trine.spill import Outbox

names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=250)
points = st.tuples(names, st.integers(0, 2**53 - 1), st.floats())


def as_batch(piece: Piece) -> Batch:
    fields = {name: getattr(piece, name) for name in ("metrics", "params", "tags", "summary", "logs", "failure")}
    return Batch(source="s", sequence=0, **fields)


@given(st.lists(points, max_size=60))
def test_every_point_comes_out_once_in_order_and_survives_json(logged: list[tuple[str, int, float]]) -> None:
    buffer = Buffer()
    for name, step, value in logged:
        buffer.add({name: value}, step, 1.5)
    found: dict[str, list[tuple[int, str]]] = {}
    for piece in buffer.cut():
        body = as_batch(piece).model_dump_json(exclude_defaults=True)
        for name, series in Batch.model_validate_json(body).metrics.items():
            found.setdefault(name, []).extend(zip(series.steps, map(repr, series.values), strict=True))
    expected: dict[str, list[tuple[int, str]]] = {}
    for name, step, value in logged:
        expected.setdefault(name, []).append((step, repr(math.nan) if math.isnan(value) else repr(value)))
    assert found == expected
    assert buffer.cut() == []


@given(st.lists(st.tuples(st.sampled_from(["stdout", "stderr"]), st.text(max_size=200)), max_size=30))
def test_text_comes_out_whole_and_in_order(written: list[tuple[str, str]]) -> None:
    buffer = Buffer()
    pieces = []
    for stream, text in written:
        buffer.add_output(stream, text, 1.0)
        pieces += buffer.cut()
    pieces += buffer.cut(final=True)
    for name in ("stdout", "stderr"):
        expected = "".join(text for stream, text in written if stream == name)
        chunks = [chunk.text for piece in pieces for chunk in piece.logs if chunk.stream == name]
        assert "".join(chunks) == expected.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


@settings(max_examples=15)
@given(st.integers(1, 40_000), st.integers(1, 20), st.integers(0, 400_000))
def test_pieces_stay_below_the_limit(count: int, width: int, characters: int) -> None:
    buffer = Buffer()
    for _ in range(count // width + 1):
        buffer.add({f"{'é' * 240}{index}": -1.2345678901234567e-300 for index in range(width)}, 2**53 - 1, 1e9 + 1 / 3)
    buffer.add_output("stdout", "\x1b" * characters + "\n", 0.0)
    buffer.set("params", {"big": "x" * 400_000, "other": "y" * 300_000})
    buffer.fail(Failure(kind=FailureClass.DATA, message="m" * 4000, traceback="\x00" * 40_000))
    for piece in buffer.cut(final=True):
        assert len(as_batch(piece).model_dump_json().encode()) <= BATCH_BYTES + 20_000


def test_a_full_buffer_drops_the_newest_and_counts() -> None:
    buffer = Buffer(max_points=3, max_text=5)
    buffer.add({"a": 1, "b": 2}, 0, 0.0)
    buffer.add({"a": 1, "b": 2}, 1, 0.0)
    buffer.add({"a": 1}, 2, 0.0)
    buffer.add_output("stdout", "abc\n", 0.0)
    buffer.add_output("stdout", "abc\n", 0.0)
    assert (buffer.dropped_points, buffer.dropped_text) == (2, 4)
    assert [series.steps for piece in buffer.cut() for series in piece.metrics.values()] == [[0, 2], [0]]


def test_a_refused_row_adds_nothing() -> None:
    buffer = Buffer()
    with pytest.raises(ValueError, match="could not convert"):
        buffer.add({"a": 1.0, "b": "x"}, 0, 0.0)
    with pytest.raises(ValueError, match="1 to 250 characters"):
        buffer.add({"a": 1.0, "": 2.0}, 0, 0.0)
    assert buffer.cut() == []


def test_steps_count_on_from_the_last() -> None:
    buffer = Buffer()
    for step in (None, None, 10, None):
        buffer.add({"a": 1.0}, step, 0.0)
    assert buffer.cut()[0].metrics["a"].steps == [0, 1, 10, 11]


def test_the_outbox_goes_from_disk_to_memory_to_counting(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "run" / "source", "http://x", max_disk=10, max_memory=10)
    for sequence in range(5):
        outbox.put(sequence, b"x" * 5, points=1)
    assert len(list((tmp_path / "run" / "source").glob("0*.json"))) == 2
    assert (len(outbox), outbox.dropped_points) == (4, 1)
    read = []
    while (entry := outbox.first_batch()) is not None:
        read.append((entry.number, entry.read()))
        outbox.remove(entry)
    assert read == [(sequence, b"xxxxx") for sequence in range(4)]
    outbox.close(remove=True)
    assert not (tmp_path / "run").exists()
