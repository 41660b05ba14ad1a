"""A deployment whose files are broken says so where the platform reads it, and leaves others alone."""

from pathlib import Path

import pytest

from deployments.engines.vllm import build
from tests.fixtures.tiny_llama import engine_spec

pytestmark = pytest.mark.ray

APPLICATION = "corrupt"


def test_a_corrupt_folder_is_the_message_of_its_deployment(ray_serve: str, tmp_path: Path) -> None:
    import ray.serve

    store = tmp_path / "store"
    store.mkdir()
    for name in ("config.json", "tokenizer.json", "model.safetensors"):
        (store / name).write_text('{"architectures": ["LlamaForCausalLM"]}')
    with pytest.raises(RuntimeError):
        ray.serve.run(build(engine_spec(store, tmp_path / "cache")), name=APPLICATION, route_prefix=None)

    (deployment,) = ray.serve.status().applications[APPLICATION].deployments.values()
    assert "ModelFilesError: model.safetensors is not a safetensors file: its header is cut off" in deployment.message
    ray.serve.delete(APPLICATION)
