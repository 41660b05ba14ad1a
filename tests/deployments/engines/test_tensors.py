from typing import Any

import pytest

from deployments.engines.tensors import TensorError, flat, parse


def body(**fields: Any) -> dict[str, Any]:
    return {"inputs": [{"name": "input", "shape": [2, 2], "datatype": "FP32", "data": [1, 2, 3, 4], **fields}]}


@pytest.mark.parametrize("data", [[1, 2, 3, 4], [[1, 2], [3, 4]]])
def test_data_may_be_flat_or_nested(data: list[Any]) -> None:
    assert flat(parse(body(data=data)).inputs[0]) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"datatype": "BYTES"}, "datatype 'BYTES' is not one of BOOL, UINT8"),
        ({"shape": [-1, 2]}, "has a negative size"),
        ({"shape": []}, "shape [] has 1 numbers, data has 4"),
        ({"data": [1, 2, 3]}, "shape [2, 2] has 4 numbers, data has 3"),
        ({"data": [1, 2, 3, "x"]}, "'x' is not a finite number"),
        ({"data": [1, 2, 3, float("nan")]}, "nan is not a finite number"),
        ({"data": None}, "inputs[0].data"),
    ],
)
def test_what_is_wrong_is_named(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(TensorError) as caught:
        flat(parse(body(**fields)).inputs[0])
    assert message in str(caught.value)


@pytest.mark.parametrize("nothing", [{}, {"inputs": []}, {"inputs": "x"}])
def test_a_request_has_inputs(nothing: dict[str, Any]) -> None:
    with pytest.raises(TensorError, match="inputs: "):
        parse(nothing)
