"""Artifacts: files addressed by their content, uploaded once however often they are logged."""

import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote
from uuid import uuid4

from trine import multipart
from trine.errors import DigestMismatch, NotFound, TrineError
from trine.transport import Transport
from trine.uploads import Upload

ArtifactType = Literal["model", "report", "dataset", "file"]
Progress = Callable[[int, int], None]
"""Called with bytes done and bytes in all, from several threads."""

PARALLEL = 4
PATIENCE = 300.0
"""Seconds an upload goes on trying while the platform does not answer."""
_CHUNK = 1024 * 1024


@dataclass(frozen=True)
class _File:
    path: str
    source: Path
    sha256: str
    size: int


def upload(
    transport: Transport,
    run_id: str,
    path: Path,
    *,
    name: str,
    type: ArtifactType = "file",  # noqa: A002 — the word of the API
    metadata: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> str:
    """Uploads a file or a folder to a run and returns the artifact's identifier.

    Contents that the platform has are not sent again. Links are followed; files of a folder keep their relative paths.
    """
    with ThreadPoolExecutor(PARALLEL, thread_name_prefix="trine-upload") as pool:
        files = list(pool.map(lambda item: _hashed(*item), _sources(path)))
        sent = {file.sha256: file for file in files}.values()
        bar = _Bar(sum(file.size for file in files), progress)
        bar.advance(bar.total - sum(file.size for file in sent))
        list(pool.map(lambda file: _send(transport, run_id, file, bar), sent))
    body = _manifest(files, name, type, metadata)
    answer = transport.request("POST", f"/api/v1/runs/{run_id}/artifacts", json=body, patience=PATIENCE)
    return str(answer.json()["id"])


def manifest(
    path: Path,
    *,
    name: str,
    type: ArtifactType = "file",  # noqa: A002 — the word of the API
    metadata: Mapping[str, Any] | None = None,
) -> Upload:
    """What `upload` would send, to be sent later."""
    files = [_hashed(*item) for item in _sources(path)]
    return Upload("artifacts", _manifest(files, name, type, metadata), {file.sha256: file.source for file in files})


def fetch(transport: Transport, url: str, target: Path, *, sha256: str, size: int) -> None:
    """Downloads to `target`, which appears whole or not at all. Raises `DigestMismatch`.

    A target that already has the digest is left alone.
    """
    if target.is_file() and target.stat().st_size == size and digest(target) == sha256:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.{uuid4().hex[:8]}")
    try:
        found = hashlib.sha256()
        with transport.open(url) as response, partial.open("wb") as file:
            for chunk in response.iter_bytes(_CHUNK):
                found.update(chunk)
                file.write(chunk)
        if found.hexdigest() != sha256:
            raise DigestMismatch(
                f"{target.name}: expected SHA-256 {sha256} ({size} bytes), got {found.hexdigest()} "
                f"({partial.stat().st_size} bytes).",
                code="digest_mismatch",
            )
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def inside(folder: Path, path: str) -> Path:
    """`folder / path`, refused where it would lead out of the folder."""
    target = (folder / path).resolve()
    if not target.is_relative_to(folder.resolve()):
        raise TrineError(f"The path {path!r} of an artifact leads out of its folder.", code="unsafe_path", advice="")
    return target


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sources(path: Path) -> list[tuple[Path, str]]:
    sources = list(_walk(path))
    if not sources:
        raise FileNotFoundError(f"{path} has no files to upload.")
    return sources


def _manifest(files: Sequence[_File], name: str, type: str, metadata: Mapping[str, Any] | None) -> dict[str, Any]:  # noqa: A002
    return {
        "name": name,
        "type": type,
        "files": [{"path": file.path, "sha256": file.sha256, "size": file.size} for file in files],
        "metadata": dict(metadata or {}),
    }


def _walk(path: Path) -> Iterator[tuple[Path, str]]:
    if path.is_dir():
        for each in sorted(path.rglob("*")):
            if each.is_file():
                yield each, each.relative_to(path).as_posix()
    elif path.is_file():
        yield path, path.name
    else:
        raise FileNotFoundError(f"{path} does not exist: nothing to upload.")


def _hashed(source: Path, path: str) -> _File:
    return _File(path=path, source=source, sha256=digest(source), size=source.stat().st_size)


class _Bar:
    """Adds up what several threads have done."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self.total = total
        self._done = 0
        self._progress = progress
        self._lock = threading.Lock()

    def advance(self, more: int) -> None:
        with self._lock:
            self._done += more
            if self._progress is not None and more:
                self._progress(self._done, self.total)


def _send(transport: Transport, run_id: str, file: _File, bar: _Bar) -> None:
    where = f"/api/v1/runs/{run_id}/blobs/{quote(file.sha256)}"
    try:
        transport.request("HEAD", where, patience=PATIENCE)
    except NotFound:
        if file.size >= multipart.LARGE:
            multipart.send(transport, run_id, file.source, sha256=file.sha256, size=file.size, advance=bar.advance)
            return
        transport.request(
            "PUT",
            where,
            stream=lambda: _read(file.source),
            headers={"Content-Type": "application/octet-stream", "Content-Length": str(file.size)},
            patience=PATIENCE,
        )
    bar.advance(file.size)


def _read(source: Path) -> Iterator[bytes]:
    with source.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
