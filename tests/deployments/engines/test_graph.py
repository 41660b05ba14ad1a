"""ONNX as others write it: what the engine answers, and files and requests that it refuses."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnx.helper
import onnx.numpy_helper
import pytest
from onnx import TensorProto

from deployments.engines import graph
from deployments.engines.graph import Graph
from deployments.engines.tensors import TensorError, chosen, parse
from deployments.engines.weights import ModelFilesError
from trine.specs.registry import Signature

WEIGHTS = np.arange(12, dtype=np.float32).reshape(4, 3)
ROWS = np.array([[1, 2, 3, 4], [-1, 0, 0.5, 2]], np.float32)
node, value = onnx.helper.make_node, onnx.helper.make_tensor_value_info


def written(folder: Path, made: onnx.GraphProto, **fields: Any) -> Path:
    """The folder, with the graph in it."""
    folder.mkdir(exist_ok=True)
    opsets = [onnx.helper.make_opsetid("", 18), onnx.helper.make_opsetid("org.example", 1)]
    model = onnx.helper.make_model(made, opset_imports=opsets, ir_version=10, **fields)
    (folder / "model.onnx").write_bytes(model.SerializeToString())
    return folder


def scores(folder: Path) -> Path:
    """`scores` = (`image` - its mean over the rows) · W + `shift`, and `best`, the place of the largest."""
    return written(
        folder,
        onnx.helper.make_graph(
            [
                node("ReduceMean", ["image", "axes"], ["mean"]),
                node("Sub", ["image", "mean"], ["centred"]),
                node("MatMul", ["centred", "w"], ["product"]),
                node("Cast", ["shift"], ["shifted"], to=TensorProto.FLOAT),
                node("Add", ["product", "shifted"], ["scores"]),
                node("ArgMax", ["scores"], ["best"], axis=1, keepdims=0),
            ],
            "scores",
            [value("image", TensorProto.FLOAT, ["rows", 4]), value("shift", TensorProto.INT64, ["rows", 1])],
            [value("scores", TensorProto.FLOAT, ["rows", 3]), value("best", TensorProto.INT64, ["rows"])],
            [
                onnx.numpy_helper.from_array(WEIGHTS, "w"),
                onnx.numpy_helper.from_array(np.array([0], np.int64), "axes"),
            ],
        ),
    )


def image(**fields: Any) -> dict[str, Any]:
    return {"name": "image", "shape": list(ROWS.shape), "datatype": "FP32", "data": ROWS.tolist(), **fields}


def shift(**fields: Any) -> dict[str, Any]:
    return {"name": "shift", "shape": [2, 1], "datatype": "INT64", "data": [7, -7], **fields}


def asked(found: Graph, body: dict[str, Any]) -> dict[str, dict[str, Any]]:
    (outputs,) = found.forward([found.rows(parse(body))])
    return {each["name"]: each for each in found.render(outputs, chosen(parse(body), found.outputs))}


def test_it_answers_what_the_graph_computes(tmp_path: Path) -> None:
    found = Graph(scores(tmp_path / "m"), None, threads=1)
    answer = asked(found, {"inputs": [shift(), image()]})
    wanted = (ROWS - ROWS.mean(0)) @ WEIGHTS + np.array([[7], [-7]])
    assert answer["scores"]["data"] == pytest.approx(wanted.ravel().tolist())
    assert answer["best"] == {"name": "best", "shape": [2], "datatype": "INT64", "data": wanted.argmax(1).tolist()}
    assert list(asked(found, {"inputs": [shift(), image()], "outputs": [{"name": "best"}]})) == ["best"]
    assert found.metadata() == {
        "inputs": [
            {"name": "image", "shape": [-1, 4], "datatype": "FP32"},
            {"name": "shift", "shape": [-1, 1], "datatype": "INT64"},
        ],
        "outputs": [
            {"name": "scores", "shape": [-1, 3], "datatype": "FP32"},
            {"name": "best", "shape": [-1], "datatype": "INT64"},
        ],
    }


def test_requests_that_come_together_are_not_mixed(tmp_path: Path) -> None:
    found = Graph(scores(tmp_path / "m"), None, threads=1)
    bodies = [{"inputs": [image(shape=[1, 4], data=[row.tolist()]), shift(shape=[1, 1], data=[0])]} for row in ROWS]
    for outputs in found.forward([found.rows(parse(body)) for body in bodies]):
        assert outputs["scores"].tolist() == [[0, 0, 0]], "a row is its own mean"


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ([image(datatype="FP64"), shift()], "input 'image': datatype 'FP64' is not 'FP32'"),
        ([image(shape=[4, 2]), shift()], "input 'image': shape [4, 2] is not [-1, 4]"),
        ([image(shape=[8]), shift()], "input 'image': shape [8] is not [-1, 4]"),
        ([image(shape=[0, 4], data=[]), shift()], "input 'image': shape [0, 4] holds no numbers"),
        ([image(name="picture"), shift()], "takes 'image', 'shift'; the request has 'picture', 'shift'"),
        ([image(), shift(), image()], "takes 'image', 'shift'; the request has 'image', 'shift', 'image'"),
        ([image(), shift(data=[1.5, 1])], "input 'shift': INT64 takes whole numbers"),
        ([image(), shift(data=[2**70, 1])], "input 'shift': a number does not fit into INT64"),
        ([image(data=[1e39] * 8), shift()], "input 'image': a number does not fit into FP32"),
        ([image(), shift(shape=[5, 1], data=[1] * 5)], "the model cannot work on these inputs: "),
    ],
)
def test_what_the_client_did_wrong_names_the_field(tmp_path: Path, inputs: list[dict[str, Any]], said: str) -> None:
    found = Graph(scores(tmp_path / "m"), None, threads=1)
    with pytest.raises(TensorError) as refused:
        found.forward([found.rows(parse({"inputs": inputs}))])
    assert said in str(refused.value)


def told(side: str, **changes: Any) -> Signature:
    """What the file says, but for one tensor."""
    tensors = {
        "inputs": [
            {"name": "image", "type": "float32", "shape": [-1, 4]},
            {"name": "shift", "type": "int64", "shape": [-1, 1]},
        ],
        "outputs": [
            {"name": "best", "type": "int64", "shape": [-1]},
            {"name": "scores", "type": "float32", "shape": [-1, 3]},
        ],
    }
    tensors[side][1] |= changes
    return Signature.model_validate(tensors)


def test_a_signature_that_fits(tmp_path: Path) -> None:
    folder = scores(tmp_path / "m")
    for signature in (told("inputs"), told("outputs", shape=[]), Signature(inputs=(), outputs=())):
        assert Graph(folder, signature, threads=1).metadata()["inputs"][0]["name"] == "image"


@pytest.mark.parametrize(
    ("signature", "said"),
    [
        (told("inputs", name="by"), "signature.inputs names 'image', 'by', and the file 'image', 'shift'"),
        (told("inputs", type="int32"), "signature.inputs[1].type of 'shift' is int32, and in the file int64"),
        (told("outputs", shape=[-1, 4]), "signature.outputs[1].shape of 'scores' is [-1, 4], and in the file [-1, 3]"),
    ],
)
def test_a_signature_that_is_not_that_of_the_file(tmp_path: Path, signature: Signature, said: str) -> None:
    with pytest.raises(ModelFilesError) as refused:
        Graph(scores(tmp_path / "m"), signature, threads=1)
    assert str(refused.value) == said


def test_files_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(ModelFilesError, match=r"expected one file \*\.onnx, found none"):
        Graph(tmp_path, None, threads=1)
    (tmp_path / "model.onnx").write_bytes(b"nothing")
    with pytest.raises(ModelFilesError, match=r"model\.onnx cannot be loaded: "):
        Graph(tmp_path, None, threads=1)
    # A format of ONNX Runtime's own, by what stands at its beginning.
    (tmp_path / "model.onnx").write_bytes(b"\x1c\0\0\0ORTM" + b"\0" * 64)
    with pytest.raises(ModelFilesError, match=r"Protobuf parsing failed"):
        Graph(tmp_path, None, threads=1)
    (tmp_path / "second.onnx").touch()
    with pytest.raises(ModelFilesError, match=r"found 'model\.onnx', 'second\.onnx'"):
        Graph(tmp_path, None, threads=1)


def test_a_graph_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with (tmp_path / "model.onnx").open("wb") as file:
        file.truncate(graph.FILE_LIMIT_BYTES + 1)
    with pytest.raises(ModelFilesError, match="keep its weights as external data"):
        Graph(tmp_path, None, threads=1)


def test_operators_of_others_are_refused(tmp_path: Path) -> None:
    made = onnx.helper.make_graph(
        [node("Run", ["x"], ["y"], domain="org.example")],
        "custom",
        [value("x", TensorProto.FLOAT, [1])],
        [value("y", TensorProto.FLOAT, [1])],
    )
    with pytest.raises(ModelFilesError, match=r"org\.example:Run"):
        Graph(written(tmp_path / "m", made), None, threads=1)


def test_what_is_no_tensor_is_refused_by_its_name(tmp_path: Path) -> None:
    made = onnx.helper.make_graph(
        [node("Identity", ["text"], ["same"])],
        "text",
        [value("text", TensorProto.STRING, [1])],
        [value("same", TensorProto.STRING, [1])],
    )
    with pytest.raises(ModelFilesError, match=r"the input 'text' is of type tensor\(string\), which is not served"):
        Graph(written(tmp_path / "m", made), None, threads=1)


def outside(location: str) -> TensorProto:
    weights = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[4], data_location=TensorProto.EXTERNAL)
    for key, told in (("location", location), ("offset", "0"), ("length", "16")):
        weights.external_data.add(key=key, value=told)
    return weights


def initializer(weights: TensorProto) -> onnx.GraphProto:
    return _added([node("Add", ["x", "w"], ["y"])], [weights])


def constant(weights: TensorProto) -> onnx.GraphProto:
    return _added([node("Constant", [], ["w"], value=weights), node("Add", ["x", "w"], ["y"])])


def branch(weights: TensorProto) -> onnx.GraphProto:
    """In the body of a node."""
    yes = onnx.helper.make_graph([node("Identity", ["w"], ["z"])], "yes", [], [value("z", 1, [4])], [weights])
    no = onnx.helper.make_graph([node("Identity", ["x"], ["z"])], "no", [], [value("z", 1, [4])])
    told = onnx.numpy_helper.from_array(np.array(True), "told")
    return _added([node("If", ["told"], ["y"], then_branch=yes, else_branch=no)], [told])


def _added(nodes: list[onnx.NodeProto], initializers: list[TensorProto] | None = None) -> onnx.GraphProto:
    numbers = [value("x", TensorProto.FLOAT, [4])], [value("y", TensorProto.FLOAT, [4])]
    return onnx.helper.make_graph(nodes, "added", *numbers, initializers or [])


KINDS = [initializer, constant, branch]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("location", ["../secret.bin", "{}/secret.bin", "sub/../../secret.bin", "*/_ORT_MEM_ADDR_/*"])
def test_no_file_outside_of_the_folder_is_read(
    tmp_path: Path, kind: Callable[[TensorProto], onnx.GraphProto], location: str
) -> None:
    (tmp_path / "secret.bin").write_bytes(np.full(4, 7, np.float32).tobytes())
    (tmp_path / "m/sub").mkdir(parents=True)
    folder = written(tmp_path / "m", kind(outside(location.format(tmp_path))))
    with pytest.raises(ModelFilesError, match=r"cannot be loaded"):
        Graph(folder, None, threads=1)


@pytest.mark.parametrize("kind", KINDS)
def test_weights_beside_the_graph_are_read(tmp_path: Path, kind: Callable[[TensorProto], onnx.GraphProto]) -> None:
    """So that those above are refused for where they are."""
    (tmp_path / "m").mkdir()
    (tmp_path / "m/w.bin").write_bytes(np.full(4, 7, np.float32).tobytes())
    found = Graph(written(tmp_path / "m", kind(outside("w.bin"))), None, threads=1)
    answer = asked(found, {"inputs": [{"name": "x", "shape": [4], "datatype": "FP32", "data": [0, 0, 0, 0]}]})
    assert answer["y"]["data"] == [7, 7, 7, 7]


def sized(folder: Path) -> Path:
    """`n` zeros, and their reciprocals."""
    return written(
        folder,
        onnx.helper.make_graph(
            [node("ConstantOfShape", ["n"], ["zeros"]), node("Reciprocal", ["zeros"], ["infinite"])],
            "sized",
            [value("n", TensorProto.INT64, [1])],
            [value("zeros", TensorProto.FLOAT, ["n"]), value("infinite", TensorProto.FLOAT, ["n"])],
        ),
    )


def test_memory_and_answers_are_bounded(tmp_path: Path) -> None:
    found = Graph(sized(tmp_path / "m"), None, threads=1, memory=64 * 1024**2)

    def ask(size: int, output: str) -> Any:
        n = {"name": "n", "shape": [1], "datatype": "INT64", "data": [size]}
        return asked(found, {"inputs": [n], "outputs": [{"name": output}]})[output]["data"]

    assert ask(3, "zeros") == [0, 0, 0]
    with pytest.raises(TensorError, match="output 'infinite' has numbers that are not finite"):
        ask(3, "infinite")
    with pytest.raises(TensorError, match="ask for fewer rows or outputs"):
        ask(graph.ANSWER_LIMIT + 1, "zeros")
    with pytest.raises(TensorError, match=r"the model cannot work on these inputs: .*Available memory"):
        ask(10**9, "zeros")
    assert ask(2, "zeros") == [0, 0], "it goes on"


def counting(folder: Path) -> Path:
    """`total`: as many steps as `times` says, one after the other."""
    step = onnx.helper.make_graph(
        [node("Identity", ["on"], ["still"]), node("Add", ["sum", "one"], ["more"])],
        "step",
        [
            value("number", TensorProto.INT64, []),
            value("on", TensorProto.BOOL, []),
            value("sum", TensorProto.FLOAT, []),
        ],
        [value("still", TensorProto.BOOL, []), value("more", TensorProto.FLOAT, [])],
    )
    constants = {"on_at_first": np.array(True), "one": np.array(1, np.float32), "zero": np.array(0, np.float32)}
    return written(
        folder,
        onnx.helper.make_graph(
            [node("Loop", ["times", "on_at_first", "zero"], ["total"], body=step)],
            "counting",
            [value("times", TensorProto.INT64, [])],
            [value("total", TensorProto.FLOAT, [])],
            [onnx.numpy_helper.from_array(array, name) for name, array in constants.items()],
        ),
    )


def test_a_run_without_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = Graph(counting(tmp_path / "m"), None, threads=1)

    def count(times: int) -> Any:
        tensor = {"name": "times", "shape": [], "datatype": "INT64", "data": [times]}
        return asked(found, {"inputs": [tensor]})["total"]["data"]

    assert count(3) == [3]
    monkeypatch.setattr(graph, "RUN_LIMIT_SECONDS", 0.5)
    with pytest.raises(TensorError, match=r"for more than 0\.5 s"):
        count(2**62)
    assert count(4) == [4], "it goes on"


@pytest.mark.parametrize("number", [10**400, -(10**400), float("inf"), "1", None])
def test_what_is_no_finite_number_is_named(tmp_path: Path, number: Any) -> None:
    found = Graph(counting(tmp_path / "m"), None, threads=1)
    tensor = {"name": "times", "shape": [], "datatype": "INT64", "data": [number]}
    with pytest.raises(TensorError, match=r"input 'times': .* is not a finite number"):
        asked(found, {"inputs": [tensor]})


def test_truth_and_numbers_are_not_taken_for_each_other(tmp_path: Path) -> None:
    found = Graph(counting(tmp_path / "m"), None, threads=1)
    with pytest.raises(TensorError, match="input 'times': INT64 takes numbers"):
        asked(found, {"inputs": [{"name": "times", "shape": [], "datatype": "INT64", "data": [True]}]})
