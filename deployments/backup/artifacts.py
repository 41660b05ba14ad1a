"""Blobs between the artifact store and a backup. A digest is computed each time that bytes are copied."""

import hashlib
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import obstore.exceptions

from app.errors import Invalid
from app.storage.store import ArtifactStore
from deployments.backup.errors import BackupError
from deployments.backup.manifest import CHUNK, Backup, Blob, digest_of


async def copy_out(store: ArtifactStore, backup: Backup, blobs: Iterable[Blob]) -> None:
    """Raises `BackupError` that names a blob which is missing or spoilt in the store."""
    for blob in blobs:
        path = backup.blob_path(blob)
        if path.exists() and path.stat().st_size == blob.size:
            continue
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        partial = path.with_suffix(".partial")
        digest = hashlib.sha256()
        try:
            with partial.open("wb") as file:
                async for chunk in store.read(blob.org_id, blob.sha256):
                    digest.update(chunk)
                    file.write(chunk)
        except FileNotFoundError as error:
            key = store.key(blob.org_id, blob.sha256)
            raise BackupError(
                f"the artifact store {store.url} has no {key}, which an artifact names: is TRINE_STORAGE_URL right?"
            ) from error
        if digest.hexdigest() != blob.sha256:
            raise BackupError(f"{store.key(blob.org_id, blob.sha256)} of {store.url} has another digest: it is spoilt")
        partial.replace(path)


def verify(backup: Backup, blobs: Iterable[Blob]) -> None:
    """Raises `BackupError` that names the first blob which is missing or spoilt in the backup."""
    for blob in blobs:
        path = backup.blob_path(blob)
        if not path.exists():
            raise BackupError(f"{path} is missing from the backup: restore another one")
        if digest_of(path) != blob.sha256:
            raise BackupError(f"{path} has another digest than its name: the backup is spoilt, use another one")


async def copy_in(store: ArtifactStore, backup: Backup, blobs: Iterable[Blob]) -> None:
    """What the store has in its right length stays as it is."""
    for blob in blobs:
        if await store.size(blob.org_id, blob.sha256) == blob.size:
            continue
        try:
            content = chunks(backup.blob_path(blob))
            await store.write(blob.org_id, blob.sha256, content, limit=blob.size)
        except (Invalid, OSError, obstore.exceptions.BaseError) as error:
            raise BackupError(f"{backup.blob_path(blob)} could not be stored in {store.url}: {error}") from error


async def chunks(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
