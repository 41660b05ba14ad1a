"""Tensors of the Open Inference Protocol as JSON has them; free of torch."""

import math
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, Field, ValidationError

DATATYPES = {
    "BOOL": "bool",
    "UINT8": "uint8",
    "INT8": "int8",
    "INT16": "int16",
    "INT32": "int32",
    "INT64": "int64",
    "FP16": "float16",
    "FP32": "float32",
    "FP64": "float64",
}
"""Names of the protocol, and of NumPy and torch."""


class TensorError(ValueError):
    """What is wrong with a request; the message names the tensor."""


class InputTensor(BaseModel):
    name: str
    shape: list[int]
    datatype: str
    data: list[Any]


class OutputName(BaseModel):
    name: str


class InferenceRequest(BaseModel):
    inputs: list[InputTensor] = Field(min_length=1)
    outputs: list[OutputName] | None = None


def parse(body: dict[str, Any]) -> InferenceRequest:
    """Raises TensorError."""
    try:
        request = InferenceRequest.model_validate(body)
    except ValidationError as error:
        first = error.errors()[0]
        place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"]).lstrip(".")
        raise TensorError(f"{place}: {first['msg']}") from None
    for tensor in request.inputs:
        if tensor.datatype not in DATATYPES:
            raise TensorError(
                f"input {tensor.name!r}: datatype {tensor.datatype!r} is not one of {', '.join(DATATYPES)}"
            )
        if any(size < 0 for size in tensor.shape):
            raise TensorError(f"input {tensor.name!r}: shape {tensor.shape} has a negative size")
    return request


def chosen(request: InferenceRequest, names: Iterable[str]) -> list[str]:
    """Of the outputs that there are, those that a request asks for; raises TensorError."""
    known = list(names)
    if request.outputs is None:
        return known
    for output in request.outputs:
        if output.name not in known:
            raise TensorError(f"output {output.name!r} is not one of {', '.join(known)}")
    return [output.name for output in request.outputs]


def flat(tensor: InputTensor) -> list[float]:
    """The numbers of a tensor, whose `data` may be nested or flat; raises TensorError."""
    numbers: list[float] = []
    pending: list[Any] = [tensor.data]
    while pending:
        value = pending.pop()
        if isinstance(value, list):
            pending += reversed(value)
        elif isinstance(value, int | float) and _finite(value):
            numbers.append(value)
        else:
            raise TensorError(f"input {tensor.name!r}: {value!r} is not a finite number")
    size = math.prod(tensor.shape)
    if len(numbers) != size:
        raise TensorError(f"input {tensor.name!r}: shape {tensor.shape} has {size} numbers, data has {len(numbers)}")
    return numbers


def _finite(number: float) -> bool:
    try:
        return math.isfinite(number)
    except OverflowError:  # JSON's whole numbers have no end
        return False
