"""Things that are sent as content and a word about it: media, and artifacts that wait on disk."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

import httpx

from trine.errors import NotFound

Place = Literal["media", "artifacts"]

REQUEST = "request.json"
ASKED_ABOUT = 64 * 1024
"""Bytes from which on it is cheaper to ask first whether the platform has the content."""
_CHUNK = 1024 * 1024


class Call(Protocol):
    """One request, repeated or not; raises a `TrineError`."""

    def __call__(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        stream: Callable[[], Iterable[bytes]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response: ...


@dataclass(frozen=True)
class Upload:
    place: Place
    """The last part of the path below the run."""
    body: dict[str, Any]
    contents: Mapping[str, bytes | Path] = field(repr=False)
    """By SHA-256."""

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(_length(content) for content in self.contents.values())

    def save(self, folder: Path) -> None:
        """Raises `OSError`."""
        folder.mkdir(mode=0o700)
        for sha256, content in self.contents.items():
            with (folder / sha256).open("wb") as file:
                for chunk in _chunks(content):
                    file.write(chunk)
        (folder / REQUEST).write_text(json.dumps({"place": self.place, "body": self.body}), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Upload":
        """What `save` wrote; contents stay on disk."""
        request = json.loads((folder / REQUEST).read_text(encoding="utf-8"))
        contents: dict[str, bytes | Path] = {path.name: path for path in folder.iterdir() if path.name != REQUEST}
        return cls(request["place"], request["body"], contents)

    def send(self, call: Call, run_id: str) -> None:
        """Sending it again changes nothing."""
        for sha256, content in self.contents.items():
            _send(call, f"/api/v1/runs/{run_id}/blobs/{sha256}", content)
        call("POST", f"/api/v1/runs/{run_id}/{self.place}", json=self.body)


def sha256_of(content: bytes | Path) -> str:
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest()
    with content.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _send(call: Call, where: str, content: bytes | Path) -> None:
    length = _length(content)
    if length >= ASKED_ABOUT:
        try:
            call("HEAD", where)
        except NotFound:
            pass
        else:
            return
    headers = {"Content-Type": "application/octet-stream", "Content-Length": str(length)}
    call("PUT", where, stream=lambda: _chunks(content), headers=headers)


def _length(content: bytes | Path) -> int:
    return len(content) if isinstance(content, bytes) else content.stat().st_size


def _chunks(content: bytes | Path) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    with content.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
