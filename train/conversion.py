"""A model folder as one file for other runtimes: `python -m train.conversion FOLDER TARGET --format onnx|torchscript`.

The file takes and gives what the signature of the model says: tokens and logits of a language model, inputs and
outputs of our own networks. Both formats keep the sizes of batch and time free. Weights are float32 in the file.
"""

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import torch
from torch import nn
from transformers import AutoModelForCausalLM

from train.models import load
from train.models.policy import ActorCritic
from trine.model_folder import SIGNATURE
from trine.specs.registry import Signature, Tensor

Format = Literal["onnx", "torchscript"]
FORMATS: tuple[Format, ...] = ("onnx", "torchscript")
OPSET = 20


@dataclass(frozen=True)
class Convertible:
    module: nn.Module
    """Takes one tensor and gives one."""
    example: torch.Tensor
    """What it takes, of sizes that are not 1: a size of 1 would be taken for fixed."""
    input: str
    output: str
    free: dict[int, str]
    """Dimensions whose size may be any, by their names."""


def convert(folder: Path, target: Path, wanted: Format) -> Path:
    """Writes `target`, with `signature.json` beside it, and returns it.

    Raises `train.models.ModelFolderError` for what is no model.
    """
    found = _convertible(folder)
    target.parent.mkdir(parents=True, exist_ok=True)
    with torch.no_grad():
        if wanted == "torchscript":
            traced = torch.jit.trace(found.module, (found.example,), check_trace=False)
            torch.jit.save(traced, str(target))
        else:
            _to_onnx(found, target)
        signature = _signature(found)
    (target.parent / SIGNATURE).write_text(f"{signature.model_dump_json(indent=2)}\n")
    return target


def _signature(found: Convertible) -> Signature:
    """As an engine is to be told it, which finds none in TorchScript."""
    output = found.module(found.example)
    free = set(found.free)
    return Signature(
        inputs=(_tensor(found.input, found.example, free),), outputs=(_tensor(found.output, output, free),)
    )


def _tensor(name: str, example: torch.Tensor, free: set[int]) -> Tensor:
    shape = tuple(-1 if place in free else size for place, size in enumerate(example.shape))
    return Tensor(name=name, type=str(example.dtype).removeprefix("torch."), shape=shape)


def _to_onnx(found: Convertible, target: Path) -> None:
    dimensions = dict.fromkeys(found.free, torch.export.Dim.DYNAMIC)
    torch.onnx.export(
        found.module,
        (found.example,),
        str(target),
        input_names=[found.input],
        output_names=[found.output],
        dynamic_shapes=(dimensions,),
        opset_version=OPSET,
        dynamo=True,
        external_data=False,
        verbose=False,
    )


def _convertible(folder: Path) -> Convertible:
    described: dict[str, Any] = json.loads((folder / "config.json").read_text())
    if "architecture" in described:
        return _network(folder)
    return _language_model(folder)


def _network(folder: Path) -> Convertible:
    """Of a policy the actor: what the critic thinks is of use in training alone."""
    network = load(folder)
    config: Any = network.config
    if isinstance(network, ActorCritic):
        example = torch.zeros(2, config.observation_size)
        return Convertible(network.actor.eval(), example, "inputs", "actor", {0: "batch"})
    return Convertible(network.eval(), torch.zeros(2, config.inputs), "inputs", "logits", {0: "batch"})


def _language_model(folder: Path) -> Convertible:
    # Code of the folder is never run, and attention is spelt out, as both formats need it.
    model = AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager", local_files_only=True, trust_remote_code=False
    )
    return Convertible(
        _Logits(model).eval(),
        torch.zeros(2, 8, dtype=torch.int64),
        "input_ids",
        "logits",
        {0: "batch", 1: "time"},
    )


class _Logits(nn.Module):
    """Of tokens [B, T] the logits [B, T, V], without what is kept for the next token."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.model(input_ids=input_ids, use_cache=False, return_dict=True).logits
        return logits


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m train.conversion", description="Convert a model folder.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--format", choices=FORMATS, required=True)
    options = parser.parse_args(arguments)
    convert(options.folder, options.target, options.format)
    return 0


if __name__ == "__main__":
    sys.exit(main())
