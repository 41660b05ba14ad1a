import math
from typing import Any

import pytest
from pydantic import ValidationError

from trine.specs.tuning import StudySpec
from tune.search import configured, draw


def study(**changes: Any) -> StudySpec:
    fields: dict[str, Any] = {
        "name": "study",
        "base": {"recipe": "lm", "name": "base"},
        "space": {
            "optimizer.learning_rate": {"kind": "log_uniform", "low": 1e-4, "high": 1e-1},
            "shape.layers": {"kind": "integer", "low": 1, "high": 3},
            "precision": {"kind": "choice", "values": ["float32", "bfloat16"]},
            "optimizer.weight_decay": {"kind": "uniform", "low": 0.0, "high": 0.2},
        },
    }
    return StudySpec.model_validate(fields | changes)


def test_draws_lie_in_the_space_and_depend_on_seed_and_number_alone() -> None:
    draws = [draw(study(), number) for number in range(300)]

    assert draws == [draw(study(), number) for number in range(300)]
    assert draws != [draw(study(seed=1), number) for number in range(300)]
    rates = sorted(each["optimizer.learning_rate"] for each in draws)
    assert rates[0] >= 1e-4
    assert rates[-1] <= 1e-1
    assert math.log10(rates[150]) == pytest.approx(-2.5, abs=0.4)
    assert {each["shape.layers"] for each in draws} == {1, 2, 3}
    assert {each["precision"] for each in draws} == {"float32", "bfloat16"}


def test_values_are_put_at_their_path() -> None:
    fields = configured(study(), {"optimizer.learning_rate": 0.5, "precision": "bfloat16"})

    assert fields["optimizer"]["learning_rate"] == 0.5
    assert fields["optimizer"]["beta1"] == 0.9
    assert fields["precision"] == "bfloat16"


def test_a_space_outside_the_spec_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"'optimizer.lr' is not a field of base; allowed at 'lr'"):
        study(space={"optimizer.lr": {"kind": "uniform", "low": 0, "high": 1}})
