"""Numbers of a spec are numbers: what JSON Schema says of a field is what is accepted."""

import math
from typing import Any

import pytest
from pydantic import ValidationError

from trine import yaml_document
from trine.specs.resources import Bundle
from trine.specs.telemetry import Batch, LogChunk, Series


@pytest.mark.parametrize("wrong", [{"cpu": True}, {"cpu": "1"}, {"memory": False}, {"memory": "1"}, {"memory": 1.5}])
def test_a_number_is_no_boolean_and_no_text(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Bundle.model_validate(wrong)
    assert Bundle.model_validate({"cpu": 1, "memory": 2}) == Bundle(cpu=1.0, memory=2)


def test_that_holds_inside_of_lists_and_mappings() -> None:
    line = {"time": 1.0, "text": "x"}
    assert Batch(source="s", sequence=0, logs=[LogChunk.model_validate(line)]).logs[0].text == "x"
    for wrong in ({"logs": [line | {"time": False}]}, {"sequence": True}, {"attempt": 2**31}, {"sequence": 2**53}):
        with pytest.raises(ValidationError):
            Batch.model_validate({"source": "s", "sequence": 0} | wrong)


def test_what_json_has_no_number_for_has_a_name() -> None:
    series = Series(steps=[1, 2, 3], values=[math.nan, -math.inf, 1], times=[0, 0, 0])
    read = Series.model_validate_json(series.model_dump_json())
    assert math.isnan(read.values[0])
    assert read.values[1:] == [-math.inf, 1.0]
    for wrong in (True, "1", "nan", None):
        with pytest.raises(ValidationError):
            Series.model_validate({"steps": [1], "values": [wrong], "times": [0]})


def test_people_write_powers_of_ten_without_a_point() -> None:
    assert yaml_document.load("{a: 1e-3, b: -3E+4, c: .5e2, d: 1e, e: 12, f: '1e-3'}") == {
        "a": 0.001,
        "b": -30000.0,
        "c": 50.0,
        "d": "1e",
        "e": 12,
        "f": "1e-3",
    }
