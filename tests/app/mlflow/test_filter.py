"""MLflow's filter strings, as values."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Invalid
from app.mlflow.filter import Clause, Entity, Name, Operator, Order, clauses, orders


def test_every_kind_of_condition() -> None:
    text = (
        "metrics.loss < 0.3 AND params.`learning rate` = '1e-3' and tags.mlflow.parentRunId != \"x\" "
        "AND attributes.status IN ('FINISHED', 'FAILED') AND run_name ILIKE '%Net%' "
        "AND metrics.\"val/loss\" >= -1e2 AND params.a IS NULL AND tags.b is not null AND run_id NOT IN ('c')"
    )
    assert clauses(text) == (
        Clause(Name(Entity.METRIC, "loss"), Operator.LESS, (0.3,)),
        Clause(Name(Entity.PARAM, "learning rate"), Operator.EQUAL, ("1e-3",)),
        Clause(Name(Entity.TAG, "mlflow.parentRunId"), Operator.UNEQUAL, ("x",)),
        Clause(Name(Entity.ATTRIBUTE, "status"), Operator.IN, ("FINISHED", "FAILED")),
        Clause(Name(Entity.ATTRIBUTE, "run_name"), Operator.ILIKE, ("%Net%",)),
        Clause(Name(Entity.METRIC, "val/loss"), Operator.GREATER_OR_EQUAL, (-100.0,)),
        Clause(Name(Entity.PARAM, "a"), Operator.ABSENT, ()),
        Clause(Name(Entity.TAG, "b"), Operator.PRESENT, ()),
        Clause(Name(Entity.ATTRIBUTE, "run_id"), Operator.NOT_IN, ("c",)),
    )


@pytest.mark.parametrize("text", ["", "  ", None])
def test_nothing_filters_nothing(text: str | None) -> None:
    assert clauses(text) == ()


@pytest.mark.parametrize(
    ("text", "place"),
    [("metrics.loss <", 14), ("metrics.loss ~ 3", 14), ("metrics.a = 1 or metrics.b = 2", 15), ("'a' = 'b'", 1)],
)
def test_what_is_wrong_is_told_with_its_place(text: str, place: int) -> None:
    with pytest.raises(Invalid, match=f"at character {place}") as refused:
        clauses(text)
    assert refused.value.extra["errors"][0]["field"] == "filter"


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(Invalid):
        assert all(clause.name.key for clause in clauses(text))


def test_orders() -> None:
    assert orders(["metrics.`a b` DESC", "start_time", "tags.x asc"]) == [
        Order(Name(Entity.METRIC, "a b"), descending=True),
        Order(Name(Entity.ATTRIBUTE, "start_time"), descending=False),
        Order(Name(Entity.TAG, "x"), descending=False),
    ]
    with pytest.raises(Invalid):
        orders([" "])
