"""A network of `train.models` in memory. Imports torch, so only a replica imports it."""

from pathlib import Path
from typing import Any

import torch

from deployments.engines.tensors import InferenceRequest, TensorError, flat
from deployments.engines.weights import ModelFilesError
from train.models import registry
from train.models.mlp import MLP
from train.models.policy import ActorCritic
from trine.specs.inference import EngineSpec

INPUT = "input"
_NAMES = {torch.float32: "FP32", torch.int64: "INT64"}


class Network:
    joins = True

    def __init__(self, folder: Path, *, threads: int) -> None:
        """Raises ModelFolderError."""
        torch.set_num_threads(threads)
        model = registry.load(folder)
        if not isinstance(model, MLP | ActorCritic):
            raise registry.ModelFolderError(f"{folder}: {type(model).__name__} has no outputs that this engine knows")
        self._model = model
        self._width = model.config.inputs if isinstance(model, MLP) else model.config.observation_size
        (example,) = self.forward([torch.zeros(1, self._width)])
        self._outputs = [
            {"name": name, "shape": [-1, *tensor.shape[1:]], "datatype": _NAMES[tensor.dtype]}
            for name, tensor in example.items()
        ]

    @property
    def outputs(self) -> list[str]:
        return [str(output["name"]) for output in self._outputs]

    def rows(self, request: InferenceRequest) -> torch.Tensor:
        """The one input of a request, [B, F] in float32; one row may come as [F]. Raises TensorError."""
        inputs = request.inputs
        if len(inputs) != 1:
            raise TensorError(f"this model takes one input, {INPUT!r}; the request has {len(inputs)}")
        tensor = inputs[0]
        shape = tensor.shape if len(tensor.shape) > 1 else [1, *tensor.shape]
        width = 1
        for size in shape[1:]:
            width *= size
        if width != self._width or shape[0] < 1:
            raise TensorError(f"input {tensor.name!r}: shape {tensor.shape} is not [rows, {self._width}]")
        return torch.tensor(flat(tensor), dtype=torch.float32).reshape(shape[0], width)

    @torch.inference_mode()
    def forward(self, batch: list[torch.Tensor]) -> list[dict[str, torch.Tensor]]:
        """Outputs of each [B, F] of a batch, by name, each [B, …]."""
        rows = torch.cat(batch)
        model = self._model
        outputs = _act(model, rows) if isinstance(model, ActorCritic) else _classify(model, rows)
        sizes = [len(each) for each in batch]
        parts = {name: tensor.split(sizes) for name, tensor in outputs.items()}
        return [{name: parts[name][index] for name in parts} for index in range(len(batch))]

    def render(self, outputs: dict[str, torch.Tensor], wanted: list[str]) -> list[dict[str, Any]]:
        return [
            {
                "name": name,
                "shape": list(outputs[name].shape),
                "datatype": _NAMES[outputs[name].dtype],
                "data": outputs[name].flatten().tolist(),
            }
            for name in wanted
        ]

    def metadata(self) -> dict[str, Any]:
        inputs = [{"name": INPUT, "shape": [-1, self._width], "datatype": "FP32"}]
        return {"inputs": inputs, "outputs": self._outputs}


def load(folder: Path, spec: EngineSpec) -> Network:
    """Raises ModelFilesError."""
    try:
        return Network(folder, threads=max(1, int(spec.deployment.cpu)))
    except registry.ModelFolderError as error:
        raise ModelFilesError(str(error)) from error


def _act(model: ActorCritic, rows: torch.Tensor) -> dict[str, torch.Tensor]:
    """The deterministic action, what it was chosen from (logits, or means if continuous), and the state's value."""
    actor, value = model(rows)
    action = actor if model.config.continuous else actor.argmax(-1)
    return {"action": action, "actor": actor, "value": value}


def _classify(model: MLP, rows: torch.Tensor) -> dict[str, torch.Tensor]:
    logits = model(rows)
    return {"class": logits.argmax(-1), "probabilities": logits.softmax(-1), "logits": logits}
