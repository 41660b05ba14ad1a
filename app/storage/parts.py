"""A large file comes in parts, each whole and verified on its own, and is put together once all are there.

What has arrived is what the store lists, so nothing can disagree with it: a part appears whole or not at all, and its
key tells its number and digest.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from uuid import UUID

from app.storage.store import ArtifactStore

PART_BYTES = 32 * 1024 * 1024
"""Of each part but the last. What is lost when a connection breaks is less than one; S3 takes 5 MiB at least."""


@dataclass(frozen=True, slots=True)
class Part:
    number: int
    """From 0."""
    sha256: str
    size: int


def count(size: int) -> int:
    """Parts of a file of `size` bytes."""
    return max(1, -(-size // PART_BYTES))


def length(size: int, number: int) -> int:
    """Bytes of part `number` of a file of `size` bytes."""
    return min(PART_BYTES, size - number * PART_BYTES)


async def write(
    store: ArtifactStore,
    *,
    org_id: UUID,
    upload_id: UUID,
    number: int,
    sha256: str,
    size: int,
    content: AsyncIterator[bytes],
) -> None:
    """Raises `Invalid` where the content has another digest or size; nothing of it remains."""
    await store.put(_key(org_id, upload_id, number, sha256), sha256, content, limit=size, exact=True)


async def arrived(store: ArtifactStore, *, org_id: UUID, upload_id: UUID) -> list[Part]:
    """By number; where a part was sent with several contents, each of them."""
    found = [_part(key, size) async for key, size in store.listed(_folder(org_id, upload_id))]
    return sorted(found, key=lambda part: (part.number, part.sha256))


async def assemble(
    store: ArtifactStore, *, org_id: UUID, upload_id: UUID, digests: Sequence[str], sha256: str, size: int
) -> None:
    """The file of the parts with these digests, in their order. Raises as `write`, or `FileNotFoundError`.

    Twice at the same time is harmless: both write the same.
    """

    async def content() -> AsyncIterator[bytes]:
        for number, digest in enumerate(digests):
            async for chunk in store.read_key(_key(org_id, upload_id, number, digest)):
                yield chunk

    await store.put(store.key(org_id, sha256), sha256, content(), limit=size, exact=True)


async def discard(store: ArtifactStore, *, org_id: UUID, upload_id: UUID) -> None:
    for part in await arrived(store, org_id=org_id, upload_id=upload_id):
        await store.drop(_key(org_id, upload_id, part.number, part.sha256))


def _folder(org_id: UUID, upload_id: UUID) -> str:
    return f"uploads/{org_id}/{upload_id}/"


def _key(org_id: UUID, upload_id: UUID, number: int, sha256: str) -> str:
    return f"{_folder(org_id, upload_id)}{number:05}-{sha256}"


def _part(key: str, size: int) -> Part:
    number, _, sha256 = PurePosixPath(key).name.partition("-")
    return Part(int(number), sha256, size)
