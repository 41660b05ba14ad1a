"""Networks as recipes save them, and graphs in ONNX, behind the deployment on a real cluster."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deployments.engines.torch import build
from tests.deployments.engines.test_graph import image, scores, shift
from tests.fixtures.tiny_llama import engine_spec
from trine.specs.inference import Engine

pytestmark = pytest.mark.ray

OBSERVATIONS = [[0.1, 0.2, 0.3, 0.4], [-0.4, -0.3, -0.2, -0.1]]


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[int]]:
    """A folder, and the actions its network takes on OBSERVATIONS."""
    import torch

    from train.models import save
    from train.models.policy import ActorCritic, PolicyConfig

    torch.manual_seed(0)
    model = ActorCritic(PolicyConfig(observation_size=4, actions=3))
    folder = save(model, tmp_path_factory.mktemp("policy"))
    return folder, model.act(torch.tensor(OBSERVATIONS)).tolist()


@pytest.fixture(scope="module")
def model(ray_serve: str, policy: tuple[Path, list[int]], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    import ray.serve

    spec = engine_spec(policy[0], tmp_path_factory.mktemp("cache"), engine=Engine.TORCH, application="policy")
    yield ray.serve.run(build(spec), name="policy", route_prefix=None)
    ray.serve.delete("policy")


def request(rows: list[list[float]], **fields: Any) -> dict[str, Any]:
    shape = [len(rows), len(rows[0])]
    return {"inputs": [{"name": "input", "shape": shape, "datatype": "FP32", "data": rows}], **fields}


async def test_actions_are_those_of_the_network(model: Any, policy: tuple[Path, list[int]]) -> None:
    answer = await model.infer.remote(request(OBSERVATIONS, id="7"))
    outputs = {output["name"]: output for output in answer["outputs"]}

    assert (answer["model_name"], answer["id"]) == ("tiny", "7")
    assert outputs["action"] == {"name": "action", "shape": [2], "datatype": "INT64", "data": policy[1]}
    assert outputs["actor"]["shape"] == [2, 3]


async def test_requests_that_are_taken_together_get_their_own_rows(model: Any, policy: tuple[Path, list[int]]) -> None:
    wanted = [{"name": "action"}]
    answers = await asyncio.gather(
        *(model.infer.remote(request([OBSERVATIONS[index % 2]], outputs=wanted)) for index in range(64))
    )

    assert [answer["outputs"][0]["data"] for answer in answers] == [[policy[1][index % 2]] for index in range(64)]
    assert all(len(answer["outputs"]) == 1 for answer in answers)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (request([[1.0, 2.0]]), "shape [1, 2] is not [rows, 4]"),
        (request(OBSERVATIONS, outputs=[{"name": "reward"}]), "output 'reward' is not one of action, actor, value"),
        ({"inputs": request(OBSERVATIONS)["inputs"] * 2}, "takes one input"),
        ({}, "inputs: "),
    ],
)
async def test_what_the_client_did_wrong_is_a_400(model: Any, body: dict[str, Any], message: str) -> None:
    answer = await model.infer.remote(body)

    assert answer["status"] == 400
    assert message in answer["error"]


async def test_metadata(model: Any) -> None:
    assert await model.metadata.remote() == {
        "name": "tiny",
        "platform": "pytorch",
        "inputs": [{"name": "input", "shape": [-1, 4], "datatype": "FP32"}],
        "outputs": [
            {"name": "action", "shape": [-1], "datatype": "INT64"},
            {"name": "actor", "shape": [-1, 3], "datatype": "FP32"},
            {"name": "value", "shape": [-1], "datatype": "FP32"},
        ],
    }


async def test_a_graph_in_onnx_behind_the_same_protocol(ray_serve: str, tmp_path: Path) -> None:
    import ray.serve

    spec = engine_spec(scores(tmp_path / "m"), tmp_path / "cache", engine=Engine.TORCH, application="onnx")
    graph: Any = ray.serve.run(build(spec.model_copy(update={"framework": "onnx"})), name="onnx", route_prefix=None)
    try:
        answer = await graph.infer.remote({"inputs": [image(), shift()], "outputs": [{"name": "best"}], "id": "7"})
        best = {"name": "best", "shape": [2], "datatype": "INT64", "data": [2, 0]}
        assert answer == {"model_name": "tiny", "id": "7", "outputs": [best]}
        wrong = await graph.infer.remote({"inputs": [image(shape=[4, 2]), shift()]})
        assert wrong == {"error": "input 'image': shape [4, 2] is not [-1, 4]", "status": 400}
        failed = await graph.infer.remote({"inputs": [image(), shift(shape=[5, 1], data=[0] * 5)]})
        assert (failed["status"], "cannot work on these inputs" in failed["error"]) == (400, True)
        assert (await graph.metadata.remote())["platform"] == "onnxruntime_onnx"
    finally:
        ray.serve.delete("onnx")
