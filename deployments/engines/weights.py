"""Model files: from the artifact store into a folder of the node, once per version, however many replicas start."""

import fcntl
import hashlib
import json
import os
import shutil
import struct
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO
from urllib.parse import unquote, urlsplit

import obstore
import obstore.exceptions
from obstore.store import ObjectStore, from_url

from trine.specs.inference import EngineSpec, StoredFile

CHUNK_BYTES = 8 * 1024**2
HEADER_LIMIT_BYTES = 100 * 1024**2
"""Longest header that safetensors itself accepts."""


class ModelFilesError(Exception):
    """A model cannot be served because of its files; the message names the file and what is wrong with it."""


def materialize(spec: EngineSpec) -> Path:
    """The folder `<cache>/<digest>` with the files of the version; raises ModelFilesError.

    Every file is checked against its SHA-256 before the folder appears, so a folder that exists is whole. Files of a
    `file://` store are linked, not copied, but those of ONNX: its checker takes weights with two links for an attack.
    """
    cache = Path(spec.cache)
    folder = cache / _checked_name(spec.digest)
    if folder.is_dir():
        return folder
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with _locked(cache / f"{folder.name}.lock"):
            if not folder.is_dir():
                _fill(spec, folder)
    except OSError as error:
        raise ModelFilesError(f"cannot write the model to {folder}: {error}") from error
    return folder


def check_language_model(folder: Path) -> None:
    """Raises ModelFilesError unless the folder is in Hugging Face's layout and needs no code of its own."""
    config = _json_object(folder / "config.json")
    if not config.get("architectures"):
        raise ModelFilesError("config.json names no `architectures`, so no engine knows how to run this model")
    if "auto_map" in config:
        raise ModelFilesError("config.json asks for code of the model's own (`auto_map`), which is never run")
    if not any(
        (folder / name).is_file() for name in ("tokenizer.json", "tokenizer.model", "vocab.json", "tekken.json")
    ):
        raise ModelFilesError("there is no tokenizer: expected tokenizer.json beside config.json")
    weights = sorted(folder.glob("*.safetensors"))
    if not weights:
        raise ModelFilesError("there are no weights: expected *.safetensors beside config.json")
    for file in weights:
        _check_safetensors(file)


def _fill(spec: EngineSpec, folder: Path) -> None:
    if not spec.files:
        raise ModelFilesError("the model version has no files")
    draft = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", dir=folder.parent))
    try:
        for file in spec.files:
            target = draft / _checked_path(file.path)
            target.parent.mkdir(parents=True, exist_ok=True)
            _fetch(spec.store, file, target, put=_copy if spec.framework == "onnx" else _link)
        draft.chmod(0o755)
        draft.rename(folder)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def _fetch(url: str, file: StoredFile, target: Path, *, put: Callable[[Path, Path], object]) -> None:
    place = urlsplit(url)
    if place.scheme == "file":
        source = Path(unquote(place.path)) / _checked_path(file.key)
        if not source.is_file():
            raise ModelFilesError(f"{file.path} is missing from the store ({url}, key {file.key})")
        put(source, target)
        with target.open("rb") as opened:
            _check_digest(file, iter(lambda: opened.read(CHUNK_BYTES), b""))
        return
    try:
        answer = obstore.get(_store(url), file.key)
        with target.open("wb") as sink:
            _check_digest(file, _written(answer.stream(min_chunk_size=CHUNK_BYTES), sink))
    except FileNotFoundError as error:
        raise ModelFilesError(f"{file.path} is missing from the store ({url}, key {file.key})") from error
    except obstore.exceptions.BaseError as error:
        raise ModelFilesError(f"{file.path} cannot be read from the store ({url}, key {file.key}): {error}") from error


def _store(url: str) -> ObjectStore:
    try:
        return from_url(url)
    except (ValueError, obstore.exceptions.BaseError) as error:
        raise ModelFilesError(f"{url!r} is not an artifact store: {error}") from error


def _copy(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system, or not our file
        _copy(source, target)


def _written(chunks: Any, sink: BinaryIO) -> Iterator[bytes]:
    for chunk in chunks:
        data = bytes(chunk)
        sink.write(data)
        yield data


def _check_digest(file: StoredFile, chunks: Iterator[bytes]) -> None:
    digest, size = hashlib.sha256(), 0
    for chunk in chunks:
        digest.update(chunk)
        size += len(chunk)
    if size != file.size:
        raise ModelFilesError(f"{file.path} is corrupt in the store: {size} bytes, registered with {file.size}")
    if digest.hexdigest() != file.sha256:
        raise ModelFilesError(
            f"{file.path} is corrupt in the store: its SHA-256 is {digest.hexdigest()}, registered with {file.sha256}"
        )


def _check_safetensors(file: Path) -> None:
    """That the header can be read and covers the file exactly (https://github.com/huggingface/safetensors, Format)."""
    size = file.stat().st_size
    with file.open("rb") as opened:
        start = opened.read(8)
        length = struct.unpack("<Q", start)[0] if len(start) == 8 else size
        if not 2 <= length <= min(size - 8, HEADER_LIMIT_BYTES):
            raise ModelFilesError(f"{file.name} is not a safetensors file: its header is cut off or missing")
        try:
            header = json.loads(opened.read(length))
            end = max((entry["data_offsets"][1] for name, entry in header.items() if name != "__metadata__"), default=0)
        except (ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
            raise ModelFilesError(
                f"{file.name} is not a safetensors file: its header is not valid ({error})"
            ) from error
    if end != size - 8 - length:
        raise ModelFilesError(
            f"{file.name} is cut off: its header promises {end} bytes of tensors, {size - 8 - length} follow"
        )


def _json_object(file: Path) -> dict[str, Any]:
    try:
        value = json.loads(file.read_text())
    except FileNotFoundError:
        raise ModelFilesError(f"{file.name} is missing") from None
    except (OSError, ValueError) as error:
        raise ModelFilesError(f"{file.name} cannot be read: {error}") from error
    if not isinstance(value, dict):
        raise ModelFilesError(f"{file.name} is not a JSON object")
    return value


def _checked_name(digest: str) -> str:
    if not digest.isalnum():
        raise ModelFilesError(f"{digest!r} is not the digest of a model version")
    return digest


def _checked_path(path: str) -> PurePosixPath:
    relative = PurePosixPath(path)
    if relative.is_absolute() or ".." in relative.parts or not relative.parts:
        raise ModelFilesError(f"{path!r} is not a path inside a model's folder")
    return relative


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
