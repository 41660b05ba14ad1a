"""What was converted gives what the model gives, for batches and lengths that the conversion has not seen."""

from pathlib import Path
from typing import Any

import pytest
import torch

from tests.fixtures.tiny_llama import VOCABULARY
from train.conversion import FORMATS, Format, convert
from train.models import save
from train.models.mlp import MLP, MLPConfig
from train.models.policy import ActorCritic, PolicyConfig

# torch warns of what it does itself: its exporter of trees, its tracer of being old, and of sizes that it reads.
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning"),
]


def run(file: Path, inputs: torch.Tensor) -> torch.Tensor:
    """As somebody without our code runs it."""
    if file.suffix == ".onnx":
        import onnxruntime

        session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
        (given,), (wanted,) = session.get_inputs(), session.get_outputs()
        return torch.from_numpy(session.run([wanted.name], {given.name: inputs.numpy()})[0])
    found: torch.Tensor = torch.jit.load(str(file))(inputs)
    return found


def suffix(wanted: Format) -> str:
    return {"onnx": "model.onnx", "torchscript": "model.pt"}[wanted]


@pytest.mark.parametrize("wanted", FORMATS)
@pytest.mark.parametrize("continuous", [False, True])
def test_a_policy_acts_as_before(tmp_path: Path, wanted: Format, continuous: bool) -> None:
    torch.manual_seed(0)
    policy = ActorCritic(PolicyConfig(observation_size=5, actions=3, continuous=continuous)).eval()
    file = convert(save(policy, tmp_path / "policy"), tmp_path / suffix(wanted), wanted)
    for rows in (1, 7):
        observations = torch.randn(rows, 5)
        with torch.no_grad():
            torch.testing.assert_close(run(file, observations), policy(observations)[0], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("wanted", FORMATS)
def test_a_classifier_takes_raw_values(tmp_path: Path, wanted: Format) -> None:
    torch.manual_seed(0)
    model = MLP(MLPConfig(inputs=64, classes=10, dropout=0.5, scale=1 / 16)).eval()
    file = convert(save(model, tmp_path / "mlp"), tmp_path / suffix(wanted), wanted)
    inputs = torch.randn(3, 64) * 16
    with torch.no_grad():
        torch.testing.assert_close(run(file, inputs), model(inputs), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("wanted", FORMATS)
def test_a_llama_gives_the_same_logits(tiny_llama: Path, tmp_path: Path, wanted: Format) -> None:
    from transformers import AutoModelForCausalLM

    model: Any = AutoModelForCausalLM.from_pretrained(tiny_llama, dtype=torch.float32).eval()
    file = convert(tiny_llama, tmp_path / suffix(wanted), wanted)
    for shape in ((1, 3), (2, 8), (3, 21)):
        tokens = torch.randint(0, VOCABULARY, shape, generator=torch.Generator().manual_seed(1))
        with torch.no_grad():
            torch.testing.assert_close(run(file, tokens), model(tokens).logits, rtol=1e-3, atol=1e-3)
