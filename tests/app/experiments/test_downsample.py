import itertools
import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.experiments.downsample import edges, in_order, merge, outline, thin
from app.experiments.folding import ordered
from app.experiments.ingest_points import Columns, joined

chunk = st.tuples(
    st.integers(1, 3),
    st.lists(st.tuples(st.integers(0, 2**53 - 1), st.floats()), min_size=1, max_size=30),
)


def points(chunks: list[tuple[int, list[tuple[int, float]]]]) -> list[tuple[int, Columns]]:
    """At time 0."""
    return [
        (
            attempt,
            ordered([Columns(*(np.array(each) for each in zip(*((p[0], 0.0, p[1]) for p in pairs), strict=True)))]),
        )
        for attempt, pairs in chunks
    ]


@given(st.lists(chunk, max_size=6))
def test_of_each_step_the_highest_attempt_written_last(chunks: list[tuple[int, list[tuple[int, float]]]]) -> None:
    expected: dict[int, tuple[int, float]] = {}
    for attempt, pairs in chunks:
        for step, value in pairs:
            if attempt >= expected.get(step, (0, 0.0))[0]:
                expected[step] = (attempt, value)
    steps, times, values = merge(points(chunks))
    assert steps.tolist() == sorted(expected)
    np.testing.assert_array_equal(values, [expected[step][1] for step in sorted(expected)])
    assert len(times) == len(steps)


@given(st.lists(chunk, min_size=1, max_size=6), st.integers(4, 100_000))
def test_few_points_keep_the_ends_and_the_extremes(
    chunks: list[tuple[int, list[tuple[int, float]]]], budget: int
) -> None:
    whole = merge(points(chunks))
    kept = thin(whole.steps.astype(np.float64), whole.values, budget)
    steps, _, values = whole.at(kept)
    assert len(steps) <= budget
    assert (np.diff(kept) > 0).all()
    assert (steps[0], steps[-1]) == (whole.steps[0], whole.steps[-1])
    numbers = [value for value in whole.values.tolist() if not math.isnan(value)]
    if numbers:
        assert min(numbers) in values
        assert max(numbers) in values


@given(
    st.lists(
        st.tuples(st.integers(0, 10_000), st.floats()), min_size=1, max_size=200, unique_by=lambda point: point[0]
    ),
    st.lists(st.integers(1, 199), max_size=4),
    st.integers(4, 60),
)
def test_the_outline_of_outlines_of_pieces_is_that_of_the_whole(
    said: list[tuple[int, float]], cuts: list[int], budget: int
) -> None:
    steps, values = (np.array(each) for each in zip(*sorted(said, key=lambda point: point[0]), strict=True))
    whole = Columns(steps, np.zeros(len(steps)), values)
    bounds = [0, *sorted({cut for cut in cuts if cut < len(steps)}), len(steps)]
    pieces = [whole.at(slice(start, end)) for start, end in itertools.pairwise(bounds)]
    assert in_order(pieces)
    between = edges(0.0, 10_000.0, budget)
    few = joined([piece.at(outline(piece.steps, piece.values, between)) for piece in pieces])
    few = few.at(outline(few.steps, few.values, between))
    expected = whole.at(outline(whole.steps, whole.values, between))
    assert few.steps.tolist() == expected.steps.tolist()
    assert not in_order([*pieces, pieces[0]])
