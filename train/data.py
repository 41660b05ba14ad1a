"""Where documents come from, and how they are read a piece at a time.

A piece is what one task reads: some megabytes of a text or JSONL file, or one row group of a Parquet file. Listing
pieces opens no document, so it is cheap however large the data is, and it is where a wrong path is found.
"""

import json
import os
import sysconfig
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from trine.failures import DataError
from trine.specs.data import ArtifactData, BuiltinData, Data, DatasetData, PathData

DOCUMENT_CHARACTERS = 65_536
"""A longer document is cut at line ends into several."""
TEXT_COLUMN = "text"
PIECE_BYTES = 4 * 1024 * 1024
"""A larger text or JSONL file is several pieces."""

_SKIPPED_FOLDERS = {"__pycache__", "site-packages", "dist-packages", ".git"}


@dataclass(frozen=True)
class Piece:
    path: str
    start: int
    """First byte, or the row group of a Parquet file. A piece holds the lines that begin in [start, start + size)."""
    size: int
    """Bytes."""


def pieces(data: Data, *, artifact: Path | None = None, roots: Sequence[str] | None = None) -> tuple[Piece, ...]:
    """In an order that depends on names alone. `roots` fences paths in; None allows any. Raises DataError."""
    match data:
        case BuiltinData(name="python-stdlib"):
            return _folder(Path(sysconfig.get_paths()["stdlib"]), suffix=".py")
        case BuiltinData():
            raise DataError(f"data.name: {data.name!r} holds no text; a language model can use 'python-stdlib'")
        case ArtifactData() | DatasetData():
            return _path(of_platform(data, artifact))
        case PathData():
            return _path(fenced(data.path, roots))


def of_platform(data: ArtifactData | DatasetData, artifact: Path | None) -> Path:
    """Where a job of the platform has the file. Raises DataError outside of one."""
    if artifact is None:
        field, told = ("artifact", data.artifact) if isinstance(data, ArtifactData) else ("dataset", data.dataset)
        raise DataError(f"data.{field}: {told} can be read by a job of the platform only")
    return artifact


def fenced(path: str, roots: Sequence[str] | None) -> Path:
    """The real path, links resolved. Raises DataError when it is missing or not below one of `roots`."""
    real = Path(path).expanduser()
    try:
        real = real.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        inside = roots is None or any(real.resolve().is_relative_to(Path(root).resolve()) for root in roots)
        # Outside the roots, whether a path exists is nobody's business.
        if inside:
            raise DataError(f"data.path: {path} cannot be read ({error}); check that every worker can see it") from None
    if roots is not None and not any(real.is_relative_to(Path(root).resolve()) for root in roots):
        allowed = ", ".join(roots) or "none are configured"
        raise DataError(f"data.path: {path} is not below a data root of this platform ({allowed}); move the data there")
    return real


def read(piece: Piece) -> Iterator[str]:
    """The documents of a piece, in order. Raises DataError that names the file (and line)."""
    path = Path(piece.path)
    try:
        for document in _documents(path, piece):
            yield from _cut(document)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}") from error


def _path(path: Path) -> tuple[Piece, ...]:
    if path.is_dir():
        return _folder(path)
    if not path.is_file():
        raise DataError(f"{path} is neither a file nor a folder")
    return tuple(_file(path))


def _folder(folder: Path, suffix: str = "") -> tuple[Piece, ...]:
    found = tuple(piece for file in _files(folder, suffix) for piece in _file(file))
    if not found:
        raise DataError(f"{folder} holds no files to train on; text, .jsonl and .parquet files are read")
    return found


def _files(folder: Path, suffix: str) -> list[Path]:
    """Sorted. Links out of the folder are left out: they would step over the fence of the data roots."""
    found = []
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in _SKIPPED_FOLDERS]
        for name in names:
            file = Path(parent, name)
            if name.endswith(suffix) and (not file.is_symlink() or _within(file, folder)):
                found.append(file)
    return sorted(found)


def _within(file: Path, folder: Path) -> bool:
    return file.is_file() and file.resolve().is_relative_to(folder.resolve())


def _file(file: Path) -> Iterator[Piece]:
    if file.suffix.lower() == ".parquet":
        yield from _row_groups(file)
        return
    size = file.stat().st_size
    for start in range(0, size, PIECE_BYTES):
        yield Piece(str(file), start, min(PIECE_BYTES, size - start))


def _row_groups(file: Path) -> Iterator[Piece]:
    import pyarrow.lib
    import pyarrow.parquet

    try:
        metadata = pyarrow.parquet.ParquetFile(file).metadata
        names = metadata.schema.to_arrow_schema().names
    except (pyarrow.lib.ArrowException, OSError) as error:
        raise DataError(f"{file} is not a readable Parquet file: {error}") from error
    if TEXT_COLUMN not in names:
        raise DataError(f"{file} has no column {TEXT_COLUMN!r}; its columns are {names}")
    for group in range(metadata.num_row_groups):
        yield Piece(str(file), group, metadata.row_group(group).total_byte_size)


def _documents(path: Path, piece: Piece) -> Iterator[str]:
    match path.suffix.lower():
        case ".parquet":
            import pyarrow.parquet

            table = pyarrow.parquet.ParquetFile(path).read_row_group(piece.start, columns=[TEXT_COLUMN])
            yield from (text for text in table.column(TEXT_COLUMN).to_pylist() if text)
        case ".jsonl" | ".ndjson":
            for offset, line in _lines(path, piece):
                if line.strip():
                    yield _text_field(line, f"{path}, at byte {offset}")
        case _:
            content = b"".join(line for _, line in _lines(path, piece))
            # A folder of text may hold a picture or two; sources of old libraries are not all UTF-8.
            if b"\0" not in content[:8192]:
                yield content.decode("utf-8", errors="replace")


def _lines(path: Path, piece: Piece) -> Iterator[tuple[int, bytes]]:
    with path.open("rb") as file:
        offset = piece.start
        if offset:
            # The line that begins before this piece belongs to the piece before.
            file.seek(offset - 1)
            offset += len(file.readline()) - 1
        while offset < piece.start + piece.size and (line := file.readline()):
            yield offset, line
            offset += len(line)


def _text_field(line: bytes, where: str) -> str:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise DataError(f"{where}: not JSON ({error})") from error
    text = row.get(TEXT_COLUMN) if isinstance(row, dict) else None
    if not isinstance(text, str):
        raise DataError(f"{where}: no field {TEXT_COLUMN!r} with a string")
    return text


def _cut(text: str) -> Iterator[str]:
    start = 0
    while len(text) - start > DOCUMENT_CHARACTERS:
        end = text.rfind("\n", start, start + DOCUMENT_CHARACTERS) + 1 or start + DOCUMENT_CHARACTERS
        yield text[start:end]
        start = end
    if text[start:].strip():
        yield text[start:]
