import json
import struct
import zipfile
from pathlib import Path

import pytest

from trine.errors import ValidationFailed
from trine.model_folder import read, with_front_matter


def safetensors(path: Path, *, cut: int = 0) -> Path:
    """One float32 of nothing, by the format's description."""
    header = json.dumps({"w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
    content = struct.pack("<Q", len(header)) + header + bytes(4)
    path.write_bytes(content[: len(content) - cut])
    return path


def hugging_face(folder: Path, card: str | None = None) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text('{"model_type": "llama"}')
    safetensors(folder / "model.safetensors")
    if card is not None:
        (folder / "README.md").write_text(card)
    return folder


def torchscript(path: Path, *, code: bool = True) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("net/constants.pkl", b"")
        archive.writestr("net/code/__torch__.py" if code else "net/data.pkl", b"")
    return path


def test_the_layout_tells_the_framework(tmp_path: Path) -> None:
    assert read(hugging_face(tmp_path / "a")).framework == "transformers"
    ours = hugging_face(tmp_path / "b")
    (ours / "config.json").write_text('{"architecture": "mlp"}')
    assert read(ours).framework == "torch"
    for name, framework in (("c.onnx", "onnx"), ("d.pt", "torchscript")):
        folder = tmp_path / framework
        folder.mkdir()
        torchscript(folder / name) if framework == "torchscript" else (folder / name).write_bytes(b"\x08\x07")
        assert read(folder).framework == framework


@pytest.mark.parametrize("name", ["pytorch_model.bin", "weights.pt", "model.pkl", "x.ckpt"])
def test_a_pickle_beside_the_weights_is_refused(tmp_path: Path, name: str) -> None:
    folder = hugging_face(tmp_path)
    torchscript(folder / name, code=False)
    with pytest.raises(ValidationFailed, match=name):
        read(folder)


@pytest.mark.parametrize("cut", [1, 5, 60])
def test_weights_that_are_cut_off_are_refused(tmp_path: Path, cut: int) -> None:
    folder = hugging_face(tmp_path)
    safetensors(folder / "model.safetensors", cut=cut)
    with pytest.raises(ValidationFailed, match=r"model\.safetensors"):
        read(folder)


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValidationFailed, match="holds no model"):
        read(tmp_path)
    with pytest.raises(ValidationFailed, match="no folder"):
        read(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("told", "licence"),
    [
        ("license: apache-2.0", "apache-2.0"),
        ("license: [mit, apache-2.0]", "mit OR apache-2.0"),
        ("license: llama3.1", "LicenseRef-llama3.1"),
        ("license: other\nlicense_name: my own, v2", "LicenseRef-my-own--v2"),
        ("license: other", None),
        ("tags: [x]", None),
        ("- a list", None),
    ],
)
def test_the_licence_stands_before_the_card(tmp_path: Path, told: str, licence: str | None) -> None:
    found = read(hugging_face(tmp_path, f"---\n{told}\n---\n\n# Net\n\n---\nmore\n"))
    assert (found.licence, found.card) == (licence, "# Net\n\n---\nmore\n")


def test_a_card_without_anything_before_it_is_whole(tmp_path: Path) -> None:
    assert read(hugging_face(tmp_path, "# Net\n")).card == "# Net\n"
    assert read(hugging_face(tmp_path, "---\n# a line, and no end of it")).card == "---\n# a line, and no end of it"


@pytest.mark.parametrize("licence", ["Apache-2.0", "LicenseRef-llama3.1", None])
def test_what_is_written_is_read_back(tmp_path: Path, licence: str | None) -> None:
    text = with_front_matter("# Netz 网络\n", licence=licence, library="transformers", tags=("team:nlp",))
    found = read(hugging_face(tmp_path, text))
    assert (found.licence or "").lower() == (licence or "").lower()
    assert found.card == "# Netz 网络\n"
