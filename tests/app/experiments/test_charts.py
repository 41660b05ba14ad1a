"""What a chart shows by a pyramid is what it shows of all points, to the bit."""

import itertools
from collections.abc import Sequence
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.experiments import chunk_codec
from app.experiments.charts import Curve, OutOfOrder, Sketch, View, drawn
from app.experiments.extremes import BLOCK
from app.experiments.folding import Chunk, Metric, chunks_of
from app.experiments.ingest_points import Columns
from app.experiments.pyramid import Outside, Pyramid
from app.experiments.schemas import Axis

METRIC = Metric(UUID(int=1), UUID(int=2), "loss")
BEGAN = 1_700_000_000.25
VALUES = {
    "noise": lambda chance, count: chance.standard_normal(count),
    "few": lambda chance, count: chance.integers(-1, 2, count) * 1.0,
    "holes": lambda chance, count: chance.choice([np.nan, np.inf, -np.inf, -0.0, 0.0, 1.5], count),
    "nothing": lambda chance, count: np.full(count, np.nan),
    "slow": lambda chance, count: 1e9 + np.cumsum(chance.integers(0, 3, count)) * 2.0**-20,
}
CLOCKS = {
    "even": lambda chance, count: np.arange(count) * 0.5,
    "jitter": lambda chance, count: np.cumsum(0.1 + 0.05 * chance.random(count)),
    "coarse": lambda chance, count: np.floor(np.cumsum(chance.random(count)) / 40),
    "back": lambda chance, count: np.where(np.arange(count) % 500 == 499, 0.0, np.arange(count) * 0.5),
}


class Series(list[Columns]):
    """Of which a report shows the lengths."""

    def __repr__(self) -> str:
        return f"pieces of {[len(piece.steps) for piece in self]} points"


@st.composite
def series(draw: st.DrawFn, clocks: tuple[str, ...] = tuple(CLOCKS)) -> list[Columns]:
    """Pieces that follow each other: those but the last become merged chunks."""
    chance = np.random.default_rng(draw(st.integers(0, 2**32)))
    count = draw(st.integers(1, 12_000))
    steps = np.arange(count) * draw(st.sampled_from([1, 7]))
    if draw(st.booleans()):
        steps = np.cumsum(chance.integers(1, 50, count))
    times = BEGAN + 100 + CLOCKS[draw(st.sampled_from(clocks))](chance, count)
    values = VALUES[draw(st.sampled_from(sorted(VALUES)))](chance, count)
    whole = Columns(steps.astype(np.int64), times, values)
    cuts = sorted({min(cut, count) for cut in draw(st.lists(st.integers(1, 12_000), max_size=3))} | {0, count})
    return Series(whole.at(slice(*ends)) for ends in itertools.pairwise(cuts))


@st.composite
def views(draw: st.DrawFn, axis: Axis, points: list[Columns]) -> View:
    x = {
        Axis.STEP: lambda piece: piece.steps,
        Axis.TIME: lambda piece: piece.times,
        Axis.RELATIVE: lambda piece: piece.times - BEGAN,
    }[axis]
    low, high = float(min(x(piece).min() for piece in points)), float(max(x(piece).max() for piece in points))
    reach = high - low + 2
    ends = st.none() | st.floats(low - 0.2 * reach, high + 0.2 * reach) | st.sampled_from(x(points[0]).tolist())
    first, last = draw(ends), draw(ends)
    if first is not None and last is not None and first > last:
        first, last = last, first
    return View(draw(st.integers(4, 60)), axis, first=first, last=last)


def merged(pieces: list[Columns]) -> list[Chunk]:
    return [chunk for piece in pieces for chunk in chunks_of(METRIC, 1, piece, merged=True)]


def sketched(pieces: list[Columns], view: View, *, times: bool = True, old: bool = False) -> tuple[Curve, int]:
    """With the bytes that were read of values."""
    *folded, last = pieces
    chunks = merged(folded) or merged([last])
    told = [in_first_format(c.extremes) if old else c.extremes for c in chunks]
    outside = [
        Outside(c.points, c.steps, len(c.times), len(c.values), each) for c, each in zip(chunks, told, strict=True)
    ]
    sketch = Sketch(Pyramid(outside), [last] if folded else [], view, BEGAN, times=times)
    parts = sketch.parts()
    read = {
        number: (cut(chunks[number].times, part.times), cut(chunks[number].values, part.values))
        for number, part in parts.items()
    }
    return sketch.drawn(read), sum(len(values) for _, values in read.values())


def in_first_format(extremes: bytes) -> bytes:
    """It did not say whether values are differences."""
    return bytes([1, *extremes[1:3], extremes[3] & 0x7F]) + extremes[4:]


def cut(column: bytes, spans: Sequence[tuple[int, int]]) -> bytes:
    return b"".join(column[start : start + length] for start, length in spans)


def same(one: Curve, other: Curve, *, times: bool = True) -> None:
    assert one.total == other.total
    assert one.points.steps.tolist() == other.points.steps.tolist()
    assert one.points.values.tobytes() == other.points.values.tobytes()
    assert not times or one.points.times.tobytes() == other.points.times.tobytes()
    np.testing.assert_array_equal(one.x, other.x)


@settings(deadline=None, max_examples=300)
@given(st.data(), st.booleans(), st.booleans())
def test_a_sketch_shows_what_all_points_show_over_steps(data: st.DataObject, times: bool, old: bool) -> None:
    pieces = data.draw(series())
    view = data.draw(views(Axis.STEP, pieces))
    shown = drawn([(1, piece) for piece in pieces], view, BEGAN)
    same(sketched(pieces, view, times=times, old=old)[0], shown, times=times)


@settings(deadline=None, max_examples=300)
@given(st.data(), st.sampled_from([Axis.TIME, Axis.RELATIVE]))
def test_a_sketch_shows_what_all_points_show_over_time(data: st.DataObject, axis: Axis) -> None:
    pieces = data.draw(series(clocks=("even", "jitter", "coarse")))
    view = data.draw(views(axis, pieces))
    same(sketched(pieces, view)[0], drawn([(1, piece) for piece in pieces], view, BEGAN))


def test_points_are_read_where_columns_begin_and_nowhere_else() -> None:
    chance = np.random.default_rng(11)
    count = 400_000
    whole = Columns(np.arange(count), BEGAN + np.arange(count) * 0.1, chance.standard_normal(count))
    curve, read = sketched([whole], View(4 * 100))
    assert curve.total == count
    assert len(curve.points.steps) <= 400
    # What is packed of each chunk, and of 100 blocks the rest.
    packed = sum(len(chunk.values) - chunk_codec.tail_width(chunk.values) * chunk.points for chunk in merged([whole]))
    tail = chunk_codec.tail_width(merged([whole])[0].values)
    blocks = read - packed
    assert 90 * BLOCK * tail < blocks <= 101 * BLOCK * tail
    # Without times two points of most of these, so that few are left; of chunks that do not say how, the blocks again.
    steps, sparse = sketched([whole], View(4 * 100), times=False)
    same(steps, curve, times=False)
    assert sparse - packed < blocks / 4
    assert sketched([whole], View(4 * 100), times=False, old=True)[1] == read


def test_what_only_all_points_tell_is_said() -> None:
    steps = np.arange(2_000)
    piece = Columns(steps, BEGAN + steps * 1.0, np.sin(steps))
    again = piece.at(slice(1_000, 1_500))
    with pytest.raises(OutOfOrder, match="steps are said twice"):
        sketched([piece, again], View(4))
    back = piece._replace(times=piece.times[::-1].copy())
    with pytest.raises(OutOfOrder, match="times do not ascend"):
        sketched([back], View(4, Axis.TIME))
    same(sketched([back], View(4))[0], drawn([(1, back)], View(4), BEGAN))
    (twice,) = merged([Columns(np.zeros(5, np.int64), np.zeros(5), np.zeros(5))])
    assert twice.extremes == b""
