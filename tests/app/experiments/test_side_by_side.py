import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.experiments.side_by_side import identity, natural, side_by_side


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (0.001, "1e-3"),
        (1, 1.0),
        (1, "1.0"),
        (-0.0, 0),
        (math.nan, math.nan),
        ({"a": [1, 2], "b": None}, {"b": None, "a": [1, 2]}),
        ("adam", "adam"),
        (None, None),
    ],
)
def test_what_means_the_same(one: object, other: object) -> None:
    assert identity(one) == identity(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, True),
        (0, False),
        (None, "None"),
        (True, "True"),
        (2**53, 2**53 + 1),
        (0.1, "0.10000000000000001"),
        (math.inf, -math.inf),
        ([1, 2], [2, 1]),
        ("1 ", "1"),
        ("[1]", [1]),
        ("0x10", 16),
    ],
)
def test_what_does_not(one: object, other: object) -> None:
    assert identity(one) != identity(other)


def test_rows_have_a_value_of_each_run_and_say_where_there_is_none() -> None:
    rows = side_by_side([{"lr": 0.1, "opt": None}, {"lr": "0.1"}, {"lr": 0.1, "n": 1}])
    told = [(row.name, row.values, row.missing, row.identical) for row in rows]
    assert told == [
        ("lr", [0.1, "0.1", 0.1], [], True),
        ("n", [None, None, 1], [0, 1], False),
        ("opt", [None, None, None], [1, 2], False),
    ]
    assert [row.name for row in side_by_side([{"a": 1, "b": 2}, {"a": 1, "b": 3}], hide_identical=True)] == ["b"]
    assert side_by_side([{}, {}]) == []


def test_numbers_in_names_are_in_their_order() -> None:
    assert sorted(["layer10", "layer2", "layer", "2", "a٣b", "layer2.b"], key=natural) == [
        *("2", "a٣b", "layer", "layer2", "layer2.b", "layer10")
    ]


@given(st.lists(st.dictionaries(st.text(max_size=3), st.integers(0, 2)), min_size=1, max_size=4))
def test_every_name_once_and_identical_only_where_all_agree(documents: list[dict[str, int]]) -> None:
    rows = side_by_side(documents)
    assert {row.name for row in rows} == set().union(*documents)
    assert len({row.name for row in rows}) == len(rows)
    for row in rows:
        assert row.identical == (len({document.get(row.name, -1) for document in documents}) == 1)
