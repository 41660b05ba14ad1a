"""A model in ONNX, run by ONNX Runtime on the CPU. Free of torch; only a replica imports it.

All that the file may do is compute. No library of operators is ever registered, and ONNX Runtime refuses external data
outside of the model's folder, to which `tests/deployments/engines/test_graph.py` holds it.
"""

import math
import re
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from deployments.engines.tensors import DATATYPES, InferenceRequest, InputTensor, TensorError, flat
from deployments.engines.weights import ModelFilesError
from trine.specs.inference import EngineSpec
from trine.specs.registry import Signature, Tensor

FILE_LIMIT_BYTES = 2 * 1024**3
"""Of the graph itself, as Protocol Buffers has it; weights beside it may be larger."""
MEMORY_LIMIT_BYTES = 8 * 1024**3
"""Of all tensors together, for a deployment that asks for no memory of its own."""
RUN_LIMIT_SECONDS = 120.0
ANSWER_LIMIT = 4 * 1024**2
"""Numbers in one answer: in JSON about 20 bytes each."""

Inputs = dict[str, np.ndarray[Any, Any]]
Outputs = dict[str, np.ndarray[Any, Any]]

_PROTOCOL = {numpy: name for name, numpy in DATATYPES.items()}
_NUMPY = {"tensor(float)": "float32", "tensor(double)": "float64"} | {
    f"tensor({name})": name for name in DATATYPES.values() if name not in {"float32", "float64"}
}
_STATUS = re.compile(r"\[ONNXRuntimeError\] : \d+ : \w+ : ")


class Graph:
    joins = False
    """A graph may mix the rows of a batch, and those of two people must not meet."""

    def __init__(self, folder: Path, signature: Signature | None, *, threads: int, memory: int = 0) -> None:
        """`memory` in bytes, 0 for `MEMORY_LIMIT_BYTES`. Raises ModelFilesError, which names what does not fit."""
        self._session = _session(_only(folder), threads, memory or MEMORY_LIMIT_BYTES)
        self._inputs = _declared("input", self._session.get_inputs())
        self._outputs = _declared("output", self._session.get_outputs())
        if signature is not None:
            _check("inputs", signature.inputs, self._inputs)
            _check("outputs", signature.outputs, self._outputs)

    @property
    def outputs(self) -> list[str]:
        return list(self._outputs)

    def rows(self, request: InferenceRequest) -> Inputs:
        """The inputs of a request. Raises TensorError."""
        inputs = request.inputs
        given = {tensor.name: tensor for tensor in inputs}
        if given.keys() != self._inputs.keys() or len(given) != len(inputs):
            raise TensorError(
                f"this model takes {_names(self._inputs)}; the request has {_names(each.name for each in inputs)}"
            )
        return {name: _array(given[name], told) for name, told in self._inputs.items()}

    def forward(self, batch: list[Inputs]) -> list[Outputs]:
        """Raises TensorError where the graph cannot work on what came in."""
        return [self._run(inputs) for inputs in batch]

    def render(self, outputs: Outputs, wanted: list[str]) -> list[dict[str, Any]]:
        """Raises TensorError for an answer that is too large, or is no numbers."""
        size = sum(outputs[name].size for name in wanted)
        if size > ANSWER_LIMIT:
            raise TensorError(f"the answer has {size} numbers, more than {ANSWER_LIMIT}: ask for fewer rows or outputs")
        return [_rendered(name, outputs[name]) for name in wanted]

    def metadata(self) -> dict[str, Any]:
        return {"inputs": _described(self._inputs), "outputs": _described(self._outputs)}

    def _run(self, inputs: Inputs) -> Outputs:
        options = onnxruntime.RunOptions()
        # A graph may loop as often as a request says; whoever waits behind it must not wait for ever.
        watch = threading.Timer(RUN_LIMIT_SECONDS, setattr, (options, "terminate", True))
        watch.start()
        try:
            found = self._session.run(list(self._outputs), inputs, options)
        except Exception as error:
            if options.terminate:
                raise TensorError(f"the model worked on these inputs for more than {RUN_LIMIT_SECONDS} s") from error
            # Its errors are classes of a compiled module that share no base but this one.
            raise TensorError(f"the model cannot work on these inputs: {_said(error)}") from error
        finally:
            watch.cancel()
        return dict(zip(self._outputs, found, strict=True))


def load(folder: Path, spec: EngineSpec) -> Graph:
    """Raises ModelFilesError."""
    deployment = spec.deployment
    return Graph(folder, spec.signature, threads=max(1, int(deployment.cpu)), memory=deployment.memory)


def _session(file: Path, threads: int, memory: int) -> Any:
    size = file.stat().st_size
    if size > FILE_LIMIT_BYTES:
        raise ModelFilesError(
            f"{file.name} has {size} bytes, more than {FILE_LIMIT_BYTES}: keep its weights as external data"
        )
    _bound(memory)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 4  # what is wrong is raised
    options.add_session_config_entry("session.use_env_allocators", "1")
    # Whatever the file begins with: ONNX Runtime has another format of its own, which is not looked through.
    options.add_session_config_entry("session.load_model_format", "ONNX")
    try:
        return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise ModelFilesError(f"{file.name} cannot be loaded: {_said(error)}") from error


def _bound(memory: int) -> None:
    """Of the process, which runs one graph: an allocation beyond it fails, and not the node."""
    place = onnxruntime.OrtMemoryInfo(
        "Cpu", onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, onnxruntime.OrtMemType.DEFAULT
    )
    onnxruntime.create_and_register_allocator(place, onnxruntime.OrtArenaCfg({"max_mem": memory}))


def _only(folder: Path) -> Path:
    found = sorted(path for path in folder.rglob("*.onnx") if path.is_file())
    if len(found) != 1:
        raise ModelFilesError(f"expected one file *.onnx, found {_names(path.name for path in found) or 'none'}")
    return found[0]


def _declared(what: str, arguments: Sequence[Any]) -> dict[str, Tensor]:
    """Raises ModelFilesError for what JSON has no tensor for, such as the maps that scikit-learn's classifiers give."""
    for told in arguments:
        if told.type not in _NUMPY:
            raise ModelFilesError(
                f"the {what} {told.name!r} is of type {told.type}, which is not served: {', '.join(_NUMPY)}"
            )
    return {told.name: Tensor(name=told.name, type=_NUMPY[told.type], shape=_sizes(told.shape)) for told in arguments}


def _sizes(shape: Sequence[Any]) -> tuple[int, ...]:
    """A name, or nothing, stands where any size is taken."""
    return tuple(size if isinstance(size, int) and size >= 0 else -1 for size in shape)


def _check(side: str, signature: Sequence[Tensor], graph: dict[str, Tensor]) -> None:
    """What the version says it takes is what the file takes. Says nothing of a side of which nothing is said."""
    if not signature:
        return
    if {tensor.name for tensor in signature} != graph.keys():
        told = _names(tensor.name for tensor in signature)
        raise ModelFilesError(f"signature.{side} names {told}, and the file {_names(graph)}")
    for place, tensor in enumerate(signature):
        actual, field = graph[tensor.name], f"signature.{side}[{place}]"
        if tensor.type != actual.type:
            raise ModelFilesError(f"{field}.type of {tensor.name!r} is {tensor.type}, and in the file {actual.type}")
        if not _alike(tensor.shape, actual.shape):
            raise ModelFilesError(
                f"{field}.shape of {tensor.name!r} is {list(tensor.shape)}, and in the file {list(actual.shape)}"
            )


def _alike(one: Sequence[int], other: Sequence[int]) -> bool:
    """Without a shape nothing is said, nor by -1."""
    if not one or not other:
        return True
    return len(one) == len(other) and all(-1 in pair or pair[0] == pair[1] for pair in zip(one, other, strict=True))


def _array(given: InputTensor, told: Tensor) -> np.ndarray[Any, Any]:
    datatype = _PROTOCOL[told.type]
    if given.datatype != datatype:
        raise TensorError(f"input {given.name!r}: datatype {given.datatype!r} is not {datatype!r}")
    if not _alike(given.shape, told.shape):
        raise TensorError(f"input {given.name!r}: shape {given.shape} is not {list(told.shape)}")
    if math.prod(given.shape) == 0:
        raise TensorError(f"input {given.name!r}: shape {given.shape} holds no numbers")
    numbers, kind = flat(given), np.dtype(told.type)
    if any(isinstance(number, bool) is not (kind.kind == "b") for number in numbers):
        raise TensorError(
            f"input {given.name!r}: {datatype} takes {'true and false' if kind.kind == 'b' else 'numbers'}"
        )
    if kind.kind in "iu":
        if not all(isinstance(number, int) for number in numbers):
            raise TensorError(f"input {given.name!r}: {datatype} takes whole numbers")
        limits = np.iinfo(kind)
        if not limits.min <= min(numbers) <= max(numbers) <= limits.max:
            raise TensorError(f"input {given.name!r}: a number does not fit into {datatype}")
    elif kind.kind == "f" and max(map(abs, numbers)) > float(np.finfo(kind).max):
        raise TensorError(f"input {given.name!r}: a number does not fit into {datatype}")
    return np.array(numbers, dtype=kind).reshape(given.shape)


def _rendered(name: str, value: np.ndarray[Any, Any]) -> dict[str, Any]:
    if value.dtype.kind == "f" and not np.isfinite(value).all():
        raise TensorError(f"output {name!r} has numbers that are not finite on these inputs, and JSON has none such")
    return {
        "name": name,
        "shape": list(value.shape),
        "datatype": _PROTOCOL[value.dtype.name],
        "data": value.ravel().tolist(),
    }


def _described(tensors: dict[str, Tensor]) -> list[dict[str, Any]]:
    return [
        {"name": tensor.name, "shape": list(tensor.shape), "datatype": _PROTOCOL[tensor.type]}
        for tensor in tensors.values()
    ]


def _names(names: Iterable[str]) -> str:
    return ", ".join(map(repr, names))


def _said(error: Exception) -> str:
    """The innermost, as one line."""
    return " ".join(_STATUS.split(str(error))[-1].split())[:500]
