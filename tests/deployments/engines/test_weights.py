"""Real files in a real store (a folder, and object storage's interface over memory); processes that race are real."""

import hashlib
import json
import multiprocessing
import struct
from pathlib import Path

import pytest

from deployments.engines.weights import ModelFilesError, check_language_model, materialize
from tests.fixtures.tiny_llama import engine_spec
from trine.specs.inference import EngineSpec, StoredFile


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """The least that is in Hugging Face's layout."""
    folder = tmp_path / "store"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"architectures": ["LlamaForCausalLM"]}))
    (folder / "tokenizer.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(_safetensors(b"\0" * 16))
    return folder


@pytest.fixture
def spec(model: Path, tmp_path: Path) -> EngineSpec:
    return engine_spec(model, tmp_path / "cache")


def test_files_are_linked_into_a_folder_of_the_digest(spec: EngineSpec, model: Path) -> None:
    folder = materialize(spec)

    assert folder == Path(spec.cache) / spec.digest
    assert {path.name for path in folder.iterdir()} == {"config.json", "tokenizer.json", "model.safetensors"}
    assert (folder / "model.safetensors").samefile(model / "model.safetensors")
    check_language_model(folder)


def test_files_of_onnx_are_copied(spec: EngineSpec, model: Path) -> None:
    """Its checker takes weights with two links for an attack."""
    folder = materialize(spec.model_copy(update={"framework": "onnx"}))

    assert {path.name: path.stat().st_nlink for path in folder.iterdir()} == {path.name: 1 for path in model.iterdir()}


def test_a_second_replica_takes_the_folder_without_reading_the_store(spec: EngineSpec, model: Path) -> None:
    folder = materialize(spec)
    (model / "config.json").unlink()

    assert materialize(spec) == folder


def test_replicas_that_start_together_make_one_folder(spec: EngineSpec) -> None:
    context = multiprocessing.get_context("spawn")
    with context.Pool(4) as pool:
        folders = pool.map(materialize, [spec] * 4)

    assert set(folders) == {Path(spec.cache) / spec.digest}
    assert {path.name for path in Path(spec.cache).iterdir()} == {spec.digest, f"{spec.digest}.lock"}


def test_files_in_subfolders_keep_their_place(spec: EngineSpec, model: Path) -> None:
    nested = model / "heads/reward.json"
    nested.parent.mkdir()
    nested.write_text("1")
    folder = materialize(_with(spec, _stored(nested, path="heads/reward.json")))

    assert (folder / "heads/reward.json").read_text() == "1"


def test_a_missing_file_is_named(spec: EngineSpec, model: Path) -> None:
    (model / "tokenizer.json").unlink()

    with pytest.raises(ModelFilesError, match=r"tokenizer.json is missing from the store"):
        materialize(spec)
    assert not (Path(spec.cache) / spec.digest).exists()


def test_a_changed_file_is_named_and_leaves_nothing_behind(spec: EngineSpec, model: Path) -> None:
    weights = model / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\1")

    with pytest.raises(ModelFilesError, match=r"model.safetensors is corrupt in the store: its SHA-256 is"):
        materialize(spec)
    assert [path.name for path in Path(spec.cache).iterdir()] == [f"{spec.digest}.lock"]


def test_a_shortened_file_is_named(spec: EngineSpec, model: Path) -> None:
    (model / "config.json").write_text("{}")

    with pytest.raises(ModelFilesError, match=r"config.json is corrupt in the store: 2 bytes, registered with"):
        materialize(spec)


@pytest.mark.parametrize("path", ["../outside", "/etc/passwd", "a/../../b", ""])
def test_no_path_leaves_the_folder(spec: EngineSpec, model: Path, path: str) -> None:
    with pytest.raises(ModelFilesError, match="is not a path inside a model's folder"):
        materialize(_with(spec, _stored(model / "config.json", path=path)))


def test_a_store_that_is_none_is_named(spec: EngineSpec) -> None:
    with pytest.raises(ModelFilesError, match="'nowhere://at/all' is not an artifact store"):
        materialize(spec.model_copy(update={"store": "nowhere://at/all"}))


def test_object_storage_without_the_file_is_named(spec: EngineSpec) -> None:
    with pytest.raises(ModelFilesError, match=r"config.json is missing from the store \(memory:///"):
        materialize(spec.model_copy(update={"store": "memory:///"}))


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("config.json", b"{", "config.json cannot be read"),
        ("config.json", b"[]", "config.json is not a JSON object"),
        ("config.json", b"{}", "names no `architectures`"),
        ("config.json", b'{"architectures": ["X"], "auto_map": {}}', "code of the model's own"),
        ("model.safetensors", b"junk", "is not a safetensors file: its header is cut off"),
        ("model.safetensors", struct.pack("<Q", 4) + b"junk", "its header is not valid"),
        ("model.safetensors", b"\xff" * 64, "its header is cut off or missing"),
    ],
)
def test_what_no_engine_can_serve_is_explained(model: Path, file: str, content: bytes, message: str) -> None:
    (model / file).write_bytes(content)

    with pytest.raises(ModelFilesError, match=message):
        check_language_model(model)


def test_weights_that_end_early_are_explained(model: Path) -> None:
    (model / "model.safetensors").write_bytes(_safetensors(b"\0" * 16)[:-3])

    with pytest.raises(ModelFilesError, match="its header promises 16 bytes of tensors, 13 follow"):
        check_language_model(model)


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("config.json", "config.json is missing"),
        ("tokenizer.json", "no tokenizer"),
        ("model.safetensors", "no weights"),
    ],
)
def test_what_a_model_cannot_lack_is_named(model: Path, file: str, message: str) -> None:
    (model / file).unlink()

    with pytest.raises(ModelFilesError, match=message):
        check_language_model(model)


def _safetensors(tensor: bytes) -> bytes:
    header = json.dumps({"w": {"dtype": "F32", "shape": [len(tensor) // 4], "data_offsets": [0, len(tensor)]}}).encode()
    return struct.pack("<Q", len(header)) + header + tensor


def _stored(file: Path, *, path: str) -> StoredFile:
    data = file.read_bytes()
    key = path if path and not path.startswith(("/", "..")) else file.name
    return StoredFile(path=path, key=key, sha256=hashlib.sha256(data).hexdigest(), size=len(data))


def _with(spec: EngineSpec, file: StoredFile) -> EngineSpec:
    return spec.model_copy(update={"files": (*spec.files, file)})
