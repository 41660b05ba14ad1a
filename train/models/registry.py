"""Models as folders: `config.json` (architecture and shape) beside `model.safetensors`."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch
from torch import nn

from train.models.mlp import MLP, MLPConfig
from train.models.policy import ActorCritic, PolicyConfig

WEIGHTS = "model.safetensors"
CONFIG = "config.json"


class ModelFolderError(ValueError):
    """A folder does not hold a model of ours; the message names the file and what is wrong with it."""


def save(model: MLP | ActorCritic, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    name = next(name for name, (kind, _) in _ARCHITECTURES.items() if isinstance(model, kind))
    (folder / CONFIG).write_text(json.dumps({"architecture": name, **asdict(model.config)}, indent=2) + "\n")
    safetensors.torch.save_model(model, str(folder / WEIGHTS), metadata={"format": "pt"})
    return folder


def load(folder: str | Path) -> nn.Module:
    """The model of a folder, on the CPU, in evaluation mode; its shape is in `.config`. Raises ModelFolderError."""
    folder = Path(folder)
    config, weights = folder / CONFIG, folder / WEIGHTS
    try:
        fields = json.loads(config.read_text())
        model_class, config_class = _ARCHITECTURES[fields.pop("architecture")]
        model: nn.Module = model_class(config_class(**{key: _frozen(value) for key, value in fields.items()}))
    except FileNotFoundError:
        raise ModelFolderError(f"{config} does not exist") from None
    except (ValueError, TypeError, AttributeError) as error:
        raise ModelFolderError(f"{config} is not a valid model description: {error}") from error
    except KeyError as error:
        raise ModelFolderError(f"{config}: architecture {error} is not one of {sorted(_ARCHITECTURES)}") from error
    try:
        safetensors.torch.load_model(model, str(weights), strict=True)
    except FileNotFoundError:
        raise ModelFolderError(f"{weights} does not exist") from None
    except (safetensors.SafetensorError, RuntimeError) as error:
        raise ModelFolderError(f"{weights} does not fit {config}: {error}") from error
    return model.eval()


_ARCHITECTURES: dict[str, tuple[Any, Any]] = {"mlp": (MLP, MLPConfig), "policy": (ActorCritic, PolicyConfig)}


def _frozen(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value
