from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from app.experiments import chunk_codec, ingest_points
from app.experiments.folding import TARGET_POINTS, Metric, chunks_of
from app.experiments.ingest_points import Columns
from trine.specs.telemetry import Series

FLOATS = arrays.arrays(np.float64, st.integers(1, 200), elements=st.floats(allow_nan=True, allow_infinity=True))
STEPS = st.lists(st.integers(0, 2**53 - 1), min_size=1, max_size=200).map(sorted)


@settings(deadline=None)
@given(FLOATS)
def test_every_bit_of_a_number_comes_back(column: np.ndarray[tuple[int], np.dtype[np.float64]]) -> None:
    for pack in (chunk_codec.plain, chunk_codec.packed_floats):
        assert chunk_codec.floats_of(pack(column), len(column)).tobytes() == column.tobytes()


@settings(deadline=None)
@given(STEPS)
def test_steps_come_back(steps: list[int]) -> None:
    column = np.array(steps, np.int64)
    for pack in (chunk_codec.plain, chunk_codec.packed_steps):
        assert chunk_codec.steps_of(pack(column), len(column)).tolist() == steps


def test_an_encoding_that_nobody_knows_is_no_points() -> None:
    with pytest.raises(ValueError, match="no encoding is numbered 9"):
        chunk_codec.steps_of(b"\x09abc", 1)


@settings(deadline=None)
@given(st.dictionaries(st.text(min_size=1, max_size=5), st.tuples(STEPS, FLOATS), max_size=5), st.integers(1, 2**31))
def test_a_batch_comes_back(metrics: dict[str, tuple[list[int], np.ndarray]], attempt: int) -> None:
    sent = {
        name: Series.model_construct(
            steps=steps[: len(values)], values=values[: len(steps)].tolist(), times=[0.5] * min(len(steps), len(values))
        )
        for name, (steps, values) in metrics.items()
    }
    packed = ingest_points.pack(attempt, sent)
    assert bool(packed) == bool(sent)
    for name, told, (steps, times, values) in ingest_points.unpack(packed) if packed else ():
        series = sent.pop(name)
        assert (told, steps.tolist(), times.tolist()) == (attempt, series.steps, series.times)
        assert values.tobytes() == np.array(series.values).tobytes()
    assert sent == {}


def test_a_point_of_a_full_chunk_takes_less_than_ten_bytes() -> None:
    """Of a loss with noise in all its bits, logged ten times a second by a clock that jitters."""
    chance = np.random.default_rng(3)
    steps = np.arange(TARGET_POINTS, dtype=np.int64) * 10
    times = 1.7e9 + np.cumsum(0.1 + 0.002 * chance.standard_normal(TARGET_POINTS))
    values = np.exp(-steps / 20_000) + 0.1 * chance.standard_normal(TARGET_POINTS)
    (chunk,) = chunks_of(Metric(UUID(int=1), UUID(int=2), "loss"), 1, Columns(steps, times, values), merged=True)
    assert (len(chunk.steps) + len(chunk.times) + len(chunk.values) + len(chunk.extremes)) / TARGET_POINTS < 10


@settings(deadline=None)
@given(
    st.integers(0, 2**32),
    st.sampled_from([700, 4096]),
    st.lists(st.integers(0, 699), min_size=1, max_size=50, unique=True).map(sorted),
)
def test_some_points_of_some_columns_are_what_they_are_in_the_whole(seed: int, count: int, rows: list[int]) -> None:
    chance = np.random.default_rng(seed)
    columns = [chance.standard_normal(count), np.arange(count) * 0.5, chance.integers(0, 9, count) * 1.0]
    packed = [chunk_codec.packed_floats(column) for column in columns]
    widths = [chunk_codec.tail_width(data) for data in packed]
    assert widths[0] > 0
    some = []
    for data, width in zip(packed, widths, strict=True):
        head = len(data) - width * count
        tail = b"".join(data[head + width * row : head + width * (row + 1)] for row in rows)
        some.append(chunk_codec.Some(data[:head], tail, count))
    wanted = np.tile(np.array(rows), len(columns))
    words = chunk_codec.words_at(some, wanted, np.full(len(columns), len(rows))).reshape(len(columns), len(rows))
    for column, data, each in zip(columns, packed, words, strict=True):
        if not chunk_codec.of_differences(data):
            assert each.view(np.float64).tolist() == column[rows].tolist()
