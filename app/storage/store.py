"""The artifact store: blobs by organization and SHA-256, in a folder or in object storage."""

import hashlib
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID, uuid4

import obstore
from obstore.store import LocalStore, from_url

from app.errors import Invalid


class ArtifactStore:
    def __init__(self, url: str) -> None:
        self.url = url
        # A file:// address is opened as a folder, so that it is made when it is missing.
        parts = urlsplit(url)
        self._store: Any = LocalStore(unquote(parts.path), mkdir=True) if parts.scheme == "file" else from_url(url)

    @staticmethod
    def key(org_id: UUID, sha256: str) -> str:
        """Scoped to the organization: a digest alone must not tell that another one has the file."""
        return f"blobs/{org_id}/{sha256[:2]}/{sha256}"

    async def has(self, org_id: UUID, sha256: str) -> bool:
        try:
            await obstore.head_async(self._store, self.key(org_id, sha256))
        except FileNotFoundError:
            return False
        return True

    async def size(self, org_id: UUID, sha256: str) -> int | None:
        """Bytes, or None where there is no such blob."""
        try:
            return int((await obstore.head_async(self._store, self.key(org_id, sha256)))["size"])
        except FileNotFoundError:
            return None

    async def write(self, org_id: UUID, sha256: str, content: AsyncIterator[bytes], *, limit: int) -> int:
        """Stores `content` under its digest and returns its size; a wrong digest or too many bytes leave nothing."""
        upload = f"uploads/{uuid4()}"
        digest = hashlib.sha256()
        size = 0

        async def measured() -> AsyncIterator[bytes]:
            nonlocal size
            async for chunk in content:
                if not chunk:
                    continue
                digest.update(chunk)
                size += len(chunk)
                if size > limit:
                    raise Invalid(f"the file is larger than {limit} bytes, the largest that is taken", code="too_large")
                yield chunk

        await obstore.put_async(self._store, upload, measured())
        if digest.hexdigest() != sha256:
            await obstore.delete_async(self._store, upload)
            raise Invalid(
                f"the content's SHA-256 is {digest.hexdigest()}, not {sha256}: send it again", code="digest_mismatch"
            )
        await obstore.rename_async(self._store, upload, self.key(org_id, sha256))
        return size

    async def delete(self, org_id: UUID, sha256: str) -> None:
        """It may be gone already."""
        try:
            await obstore.delete_async(self._store, self.key(org_id, sha256))
        except FileNotFoundError:
            return

    async def read(self, org_id: UUID, sha256: str) -> AsyncIterator[bytes]:
        """Raises `FileNotFoundError` before the first chunk."""
        found = await obstore.get_async(self._store, self.key(org_id, sha256))
        async for chunk in found.stream(min_chunk_size=1024 * 1024):
            yield bytes(chunk)
