"""The artifact store: blobs by organization and SHA-256, in a folder or in object storage."""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

import obstore
from obstore.store import LocalStore, from_url

from app.errors import Invalid, PlatformError
from app.metrics import SPOILT_FILES
from app.storage.digests import Measured
from app.storage.ranges import Span

PIECE = 1024 * 1024
"""Bytes that are read from the store at once, at least."""
_UNFINISHED = re.compile(r"#[0-9]+$")


class Spoilt(PlatformError):
    """What the store has is not what was stored."""

    status, code = 500, "content_spoilt"

    def __init__(self, sha256: str, found: str) -> None:
        super().__init__(
            f"the content {sha256} is spoilt in the artifact store: {found}. Upload it again, or restore a backup"
        )
        SPOILT_FILES.add()


@dataclass(frozen=True, slots=True)
class Blob:
    """A blob that has been found, and not been read yet."""

    sha256: str
    size: int
    found: Any

    async def read(self) -> AsyncIterator[bytes]:
        async for chunk in self.found.stream(min_chunk_size=PIECE):
            yield bytes(chunk)

    async def verified(self) -> AsyncIterator[bytes]:
        """All of it. Raises `Spoilt` instead of giving the last piece where the digest is another, so that whoever has
        been told the length knows that this is not the whole."""
        measured = Measured()
        last: bytes | None = None
        async for chunk in measured.passing(self.read()):
            if last is not None:
                yield last
            last = chunk
        if measured.sha256 != self.sha256:
            raise Spoilt(self.sha256, f"its digest is {measured.sha256}")
        if last is not None:
            yield last


class ArtifactStore:
    def __init__(self, url: str) -> None:
        self.url = url
        # A file:// address is opened as a folder, so that it is made when it is missing.
        parts = urlsplit(url)
        self._folder = Path(unquote(parts.path)) if parts.scheme == "file" else None
        self._store: Any = LocalStore(self._folder, mkdir=True) if self._folder else from_url(url)

    @staticmethod
    def key(org_id: UUID, sha256: str) -> str:
        """Scoped to the organization: a digest alone must not tell that another one has the file."""
        return f"blobs/{org_id}/{sha256[:2]}/{sha256}"

    async def has(self, org_id: UUID, sha256: str) -> bool:
        return await self.size(org_id, sha256) is not None

    async def size(self, org_id: UUID, sha256: str) -> int | None:
        """Bytes, or None where there is no such blob."""
        try:
            return int((await obstore.head_async(self._store, self.key(org_id, sha256)))["size"])
        except FileNotFoundError:
            return None

    async def write(self, org_id: UUID, sha256: str, content: AsyncIterator[bytes], *, limit: int) -> int:
        """Stores `content` under its digest and returns its size; a wrong digest or too many bytes leave nothing."""
        return await self.put(self.key(org_id, sha256), sha256, content, limit=limit)

    async def put(
        self, key: str, sha256: str, content: AsyncIterator[bytes], *, limit: int, exact: bool = False
    ) -> int:
        """As `write`; `exact`ly `limit` bytes.

        What is raised while the store takes the content makes it drop what it has of it, so that the content appears
        under `key` whole and right, or not at all.
        """
        measured = Measured()

        async def checked() -> AsyncIterator[bytes]:
            async for chunk in measured.passing(content):
                if measured.size > limit:
                    raise Invalid(f"the file is larger than {limit} bytes, the largest that is taken", code="too_large")
                yield chunk
            if exact and measured.size != limit:
                raise Invalid(f"the content has {measured.size} bytes, not {limit}: send it again", code="wrong_size")
            if measured.sha256 != sha256:
                raise Invalid(
                    f"the content's SHA-256 is {measured.sha256}, not {sha256}: send it again", code="digest_mismatch"
                )

        await obstore.put_async(self._store, key, checked())
        return measured.size

    async def delete(self, org_id: UUID, sha256: str) -> None:
        """It may be gone already."""
        await self.drop(self.key(org_id, sha256))

    async def drop(self, key: str) -> None:
        try:
            await obstore.delete_async(self._store, key)
        except FileNotFoundError:
            return

    async def open(self, org_id: UUID, sha256: str, *, size: int, span: Span | None = None) -> Blob:
        """What is stored of `size` bytes, or a part of it. Raises `Spoilt` where it is gone or has another size.

        A digest is of the whole: of a part only the length is verified.
        """
        options = {"range": (span.start, span.end)} if span else None
        try:
            found = await obstore.get_async(self._store, self.key(org_id, sha256), options=options)
        except FileNotFoundError as error:
            raise Spoilt(sha256, "it is gone") from error
        if found.meta["size"] != size:
            raise Spoilt(sha256, f"it has {found.meta['size']} bytes, not {size}")
        return Blob(sha256, size, found)

    def blocking_read(self, org_id: UUID, sha256: str) -> Iterator[bytes]:
        """For a thread. Raises `Spoilt` instead of giving the last piece, as `Blob.verified`."""
        digest, last = hashlib.sha256(), None
        try:
            found = obstore.get(self._store, self.key(org_id, sha256))
        except FileNotFoundError as error:
            raise Spoilt(sha256, "it is gone") from error
        for chunk in found.stream(min_chunk_size=PIECE):
            if last is not None:
                yield last
            last = bytes(chunk)
            digest.update(last)
        if digest.hexdigest() != sha256:
            raise Spoilt(sha256, f"its digest is {digest.hexdigest()}")
        if last is not None:
            yield last

    async def read(self, org_id: UUID, sha256: str) -> AsyncIterator[bytes]:
        """As it is. Raises `FileNotFoundError` before the first chunk."""
        async for chunk in self.read_key(self.key(org_id, sha256)):
            yield chunk

    async def read_key(self, key: str) -> AsyncIterator[bytes]:
        found = await obstore.get_async(self._store, key)
        async for chunk in found.stream(min_chunk_size=PIECE):
            yield bytes(chunk)

    async def drop_unfinished(self, before: datetime) -> int:
        """Files removed that a process had begun to write when it was killed, and last wrote earlier than `before`.

        Of object storage none: its own rules drop what is unfinished (docs/notes/artifacts.md).
        """
        return await asyncio.to_thread(_drop_unfinished, self._folder, before.timestamp()) if self._folder else 0

    async def listed(self, prefix: str) -> AsyncIterator[tuple[str, int]]:
        """Key and size of what is below the folder `prefix`."""
        async for some in obstore.list(self._store, prefix):
            for each in some:
                yield each["path"], each["size"]


def _drop_unfinished(folder: Path, before: float) -> int:
    """A file is written beside its place, under its name with a number, and moved there when it is whole."""
    found = [path for path in folder.rglob("*#*") if _UNFINISHED.search(path.name) and path.stat().st_mtime < before]
    for path in found:
        path.unlink(missing_ok=True)
    return len(found)
