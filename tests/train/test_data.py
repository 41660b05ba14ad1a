import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest

from train import data as module
from train.data import fenced, pieces, read
from trine.failures import DataError, classify
from trine.specs.data import ArtifactData, BuiltinData, PathData
from trine.specs.telemetry import FailureClass


def texts(path: Path) -> list[str]:
    return [text for piece in pieces(PathData(source="path", path=str(path))) for text in read(piece)]


def test_every_layout_gives_the_same_documents(tmp_path: Path) -> None:
    documents = ["first\ndocument\n", "second\n"]
    folder = tmp_path / "folder"
    folder.mkdir()
    for number, document in enumerate(documents):
        (folder / f"{number}.txt").write_text(document)
    jsonl = tmp_path / "rows.jsonl"
    jsonl.write_text("".join(json.dumps({"text": document}) + "\n" for document in documents))
    parquet = tmp_path / "rows.parquet"
    pyarrow.parquet.write_table(pa.table({"text": documents}), parquet, row_group_size=1)

    assert texts(folder) == texts(jsonl) == texts(parquet) == documents


def test_pieces_of_a_large_file_share_its_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PIECE_BYTES", 10)
    rows = [{"text": "x" * length} for length in range(1, 30)]
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))

    assert len(pieces(PathData(source="path", path=str(file)))) > len(rows)
    assert texts(file) == [row["text"] for row in rows]


def test_a_long_document_is_cut_at_line_ends(tmp_path: Path) -> None:
    file = tmp_path / "long.txt"
    file.write_text("line of text\n" * 20_000)

    parts = texts(file)

    assert len(parts) > 1
    assert "".join(parts) == file.read_text()
    assert all(part.endswith("\n") and len(part) <= module.DOCUMENT_CHARACTERS for part in parts)


def test_binary_files_of_a_folder_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\0\0")
    (tmp_path / "text.txt").write_text("words")

    assert texts(tmp_path) == ["words"]


def test_the_standard_library_is_there() -> None:
    found = pieces(BuiltinData())

    assert len(found) > 500
    assert not any("site-packages" in piece.path for piece in found)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("rows.jsonl", '{"text": "a"}\n{"text": 1}\n', "rows.jsonl, at byte 14: no field 'text'"),
        ("rows.jsonl", "nonsense\n", "rows.jsonl, at byte 0: not JSON"),
        ("rows.parquet", "nonsense", "rows.parquet is not a readable Parquet file"),
    ],
)
def test_unreadable_data_is_named(tmp_path: Path, name: str, content: str, says: str) -> None:
    (tmp_path / name).write_text(content)

    with pytest.raises(DataError, match=says):
        texts(tmp_path / name)


def test_a_table_without_text_names_its_columns(tmp_path: Path) -> None:
    pyarrow.parquet.write_table(pa.table({"words": ["a"]}), tmp_path / "rows.parquet")

    with pytest.raises(DataError, match=r"no column 'text'; its columns are \['words'\]"):
        texts(tmp_path)


def test_a_missing_path_is_a_failure_of_the_data_that_names_it() -> None:
    with pytest.raises(DataError) as caught:
        pieces(PathData(source="path", path="/no/such/place"))

    failure = classify(caught.value)
    assert failure.kind is FailureClass.DATA
    assert "/no/such/place" in failure.message


def test_an_empty_folder_and_an_artifact_without_a_platform(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no files"):
        pieces(PathData(source="path", path=str(tmp_path)))
    with pytest.raises(DataError, match="job of the platform"):
        pieces(ArtifactData(source="artifact", artifact="a1"))
    with pytest.raises(DataError, match="holds no text"):
        pieces(BuiltinData(name="digits"))


def test_roots_fence_paths_after_links_are_resolved(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    (outside / "secret.txt").write_text("secret")
    (root / "mine.txt").write_text("mine")
    (root / "link").symlink_to(outside)
    (root / "link.txt").symlink_to(outside / "secret.txt")

    assert fenced(str(root / "mine.txt"), [str(root)]) == root / "mine.txt"
    for path in (outside / "secret.txt", root / "link", root / "link.txt", root / ".." / "outside", outside / "absent"):
        with pytest.raises(DataError, match="not below a data root"):
            fenced(str(path), [str(root)])
    with pytest.raises(DataError, match="cannot be read"):
        fenced(str(root / "absent"), [str(root)])
    found = pieces(PathData(source="path", path=str(root)), roots=[str(root)])
    assert [piece.path for piece in found] == [str(root / "mine.txt")]
