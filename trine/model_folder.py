"""What a folder with a model holds: Hugging Face's layout, our own, ONNX, or TorchScript. Nothing of it is run."""

import json
import struct
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from trine.errors import ValidationFailed
from trine.specs.registry import Signature

CARD = "README.md"
SIGNATURE = "signature.json"
"""Beside a graph: what the model takes and gives."""
GRAPHS = frozenset({"onnx", "torchscript"})
"""Frameworks whose folders have no config.json."""
_FENCE = "---"
_PICKLED = frozenset({".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".joblib", ".npy"})
_LARGEST_HEADER = 100_000_000
"""Bytes, as the reference implementation of safetensors has it."""
_CUSTOM = ("llama", "gemma", "other", "unknown", "open", "creativeml", "big", "deepfloyd", "apple-", "intel-", "fair-")
"""How licences begin that Hugging Face names and SPDX does not."""


@dataclass(frozen=True)
class ModelFolder:
    framework: str
    licence: str | None
    card: str | None
    """Markdown, without what stands before it for machines."""
    signature: Signature | None


def read(folder: Path) -> ModelFolder:
    """Raises `ValidationFailed`, which names what is missing or not allowed."""
    if not folder.is_dir():
        raise ValidationFailed(f"{folder} is no folder", code="no_model")
    licence, card = _card(folder / CARD)
    framework = _framework(folder)
    signature = _signature(folder / SIGNATURE) if framework in GRAPHS else None
    return ModelFolder(framework, licence, card, signature)


def with_front_matter(card: str, *, licence: str | None, library: str, tags: tuple[str, ...] = ()) -> str:
    """A card as Hugging Face reads it."""
    told: dict[str, Any] = {"library_name": library}
    if licence:
        told["license"] = licence.lower() if not licence.startswith("LicenseRef-") else "other"
        if licence.startswith("LicenseRef-"):
            told["license_name"] = licence.removeprefix("LicenseRef-")
    if tags:
        told["tags"] = list(tags)
    return f"{_FENCE}\n{yaml.safe_dump(told, allow_unicode=True)}{_FENCE}\n\n{card}"


def _signature(path: Path) -> Signature | None:
    if not path.is_file():
        return None
    try:
        return Signature.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ValidationFailed(f"{path} is no signature: {where}: {first['msg']}", code="no_signature") from error


def _framework(folder: Path) -> str:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    scripts = [path for path in files if _is_torchscript(path)]
    pickled = [path.name for path in files if path.suffix in _PICKLED and path not in scripts]
    if pickled:
        raise ValidationFailed(
            f"{pickled[0]} may run code when it is loaded: convert the weights to safetensors first", code="pickled"
        )
    weights = [path for path in files if path.suffix == ".safetensors"]
    for path in weights:
        _check_header(path)
    if weights and (folder / "config.json").is_file():
        return "torch" if "architecture" in _described(folder / "config.json") else "transformers"
    if any(path.suffix == ".onnx" for path in files):
        return "onnx"
    if scripts:
        return "torchscript"
    raise ValidationFailed(
        f"{folder} holds no model: it needs config.json and *.safetensors, or *.onnx, or a TorchScript file",
        code="no_model",
    )


def _described(config: Path) -> dict[str, Any]:
    try:
        found = json.loads(config.read_text())
    except ValueError as error:
        raise ValidationFailed(f"{config} is not JSON: {error}", code="no_model") from error
    if not isinstance(found, dict):
        raise ValidationFailed(f"{config} holds no object", code="no_model")
    return found


def _is_torchscript(path: Path) -> bool:
    """An archive with code of its own: what `torch.save` writes has none, and is a pickle."""
    if path.suffix not in {".pt", ".ts"} or not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        names = [name.split("/", 1)[-1] for name in archive.namelist()]
    return "constants.pkl" in names and any(name.startswith("code/") for name in names)


def _check_header(path: Path) -> None:
    """That the file is as long as its header says (huggingface.co/docs/safetensors, "Format")."""
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(8)
        length = struct.unpack("<Q", start)[0] if len(start) == 8 else _LARGEST_HEADER + 1
        if length > min(_LARGEST_HEADER, size - 8):
            raise ValidationFailed(f"{path.name} is no safetensors file", code="no_model")
        try:
            header = json.loads(file.read(length))
            ends = [tensor["data_offsets"][1] for name, tensor in header.items() if name != "__metadata__"]
        except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
            raise ValidationFailed(f"{path.name} is no safetensors file: {error}", code="no_model") from error
    if 8 + length + max(ends, default=0) != size:
        raise ValidationFailed(f"{path.name} is cut off: its header tells of another size", code="no_model")


def _card(path: Path) -> tuple[str | None, str | None]:
    """Licence and text."""
    if not path.is_file():
        return None, None
    text = path.read_text(errors="replace")
    first, *rest = text.split("\n")
    if first.strip() != _FENCE or _FENCE not in (stripped := [line.strip() for line in rest]):
        return None, text
    end = stripped.index(_FENCE)
    try:
        told = yaml.safe_load("\n".join(rest[:end]))
    except yaml.YAMLError as error:
        raise ValidationFailed(f"{path}: what stands between --- is no YAML: {error}", code="no_card") from error
    return _licence(told if isinstance(told, dict) else {}), "\n".join(rest[end + 1 :]).lstrip("\n")


def _licence(told: dict[str, Any]) -> str | None:
    named = told.get("license")
    names = [str(each) for each in (named if isinstance(named, list) else [named]) if each]
    custom = str(told.get("license_name") or "")
    spdx = [
        f"LicenseRef-{_plain(custom or name)}" if name.lower().startswith(_CUSTOM) else name
        for name in names
        if name.lower() not in {"unknown", "other"} or custom
    ]
    return " OR ".join(spdx) or None


def _plain(name: str) -> str:
    return "".join(letter if letter.isalnum() or letter in ".-" else "-" for letter in name)
