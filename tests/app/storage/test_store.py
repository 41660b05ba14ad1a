"""Blobs in a folder and in a bucket of a server that speaks S3's protocol: the same tests."""

import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from app.errors import Invalid
from app.kit.clock import now
from app.metrics import SPOILT_FILES
from app.storage.ranges import Span
from app.storage.store import ArtifactStore, Spoilt
from tests.app.storage.content import digest, keys, some, spoil, streamed

ORG = uuid4()
ROOT = Path(__file__).parents[3]
WRITER = """
import asyncio, sys, uuid
from app.storage.store import ArtifactStore

async def content():
    for _ in range(3):
        yield bytes(8_000_000)
    print("begun", flush=True)
    await asyncio.Event().wait()

asyncio.run(ArtifactStore(sys.argv[1]).write(uuid.UUID(sys.argv[2]), "0" * 64, content(), limit=10**9))
"""


@pytest.mark.parametrize("size", [0, 1, 1_000_000, 12 * 1024 * 1024 + 7], ids=["empty", "byte", "piece", "multipart"])
async def test_what_is_stored_is_read(store: ArtifactStore, size: int) -> None:
    content = some(size)
    sha256 = digest(content)
    assert not await store.has(ORG, sha256)
    assert await store.write(ORG, sha256, streamed(content), limit=size) == size
    assert await store.size(ORG, sha256) == size
    blob = await store.open(ORG, sha256, size=size)
    assert b"".join([chunk async for chunk in blob.verified()]) == content
    assert b"".join([chunk async for chunk in store.read(ORG, sha256)]) == content
    assert not await store.has(uuid4(), sha256), "the content of one organization is not another's"
    await store.delete(ORG, sha256)
    await store.delete(ORG, sha256)
    assert await keys(store) == set()


@pytest.mark.parametrize(("start", "end"), [(0, 1), (5, 4_000_000), (3_999_999, 4_000_000), (0, 4_000_000)])
async def test_a_range(store: ArtifactStore, start: int, end: int) -> None:
    content = some(4_000_000)
    await store.write(ORG, digest(content), streamed(content), limit=len(content))
    blob = await store.open(ORG, digest(content), size=len(content), span=Span(start, end))
    assert b"".join([chunk async for chunk in blob.read()]) == content[start:end]


@pytest.mark.parametrize("size", [10, 12 * 1024 * 1024], ids=["small", "multipart"])
async def test_nothing_is_left_of_what_is_wrong(store: ArtifactStore, size: int) -> None:
    content = some(size)
    with pytest.raises(Invalid) as wrong:
        await store.write(ORG, digest(b"other"), streamed(content), limit=size)
    assert wrong.value.code == "digest_mismatch"
    with pytest.raises(Invalid) as large:
        await store.write(ORG, digest(content), streamed(content), limit=size - 1)
    assert large.value.code == "too_large"

    async def broken() -> AsyncIterator[bytes]:
        yield content[: size // 2]
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await store.write(ORG, digest(content), broken(), limit=size)
    assert await keys(store) == set()


async def test_what_was_there_stays_where_a_later_writing_fails(store: ArtifactStore) -> None:
    content = some(100)
    await store.write(ORG, digest(content), streamed(content), limit=100)
    with pytest.raises(Invalid):
        await store.write(ORG, digest(content), streamed(content[:-1]), limit=100)
    blob = await store.open(ORG, digest(content), size=100)
    assert b"".join([chunk async for chunk in blob.verified()]) == content


@pytest.mark.parametrize("size", [100, 3_000_000])
async def test_spoilt_content_is_never_given_whole(store: ArtifactStore, size: int) -> None:
    content = some(size)
    sha256, told = digest(content), SPOILT_FILES.total()
    await store.write(ORG, sha256, streamed(content), limit=size)
    await spoil(store, store.key(ORG, sha256), content[:-1] + bytes([content[-1] ^ 1]))
    blob, given = await store.open(ORG, sha256, size=size), bytearray()
    with pytest.raises(Spoilt, match="its digest is"):
        await into(given, blob.verified())
    assert len(given) < size
    await spoil(store, store.key(ORG, sha256), content[:-1])
    with pytest.raises(Spoilt, match=f"it has {size - 1} bytes, not {size}"):
        await store.open(ORG, sha256, size=size)
    await store.delete(ORG, sha256)
    with pytest.raises(Spoilt, match="it is gone"):
        await store.open(ORG, sha256, size=size)
    assert SPOILT_FILES.total() == told + 3


async def into(given: bytearray, chunks: AsyncIterator[bytes]) -> None:
    async for chunk in chunks:
        given += chunk


async def test_what_a_killed_process_had_begun_is_dropped(tmp_path: Path) -> None:
    url = (tmp_path / "storage").as_uri()
    store = ArtifactStore(url)
    await store.write(ORG, digest(b"whole"), streamed(b"whole"), limit=5)
    killed_while_it_writes(url)
    assert not await store.has(ORG, "0" * 64)
    assert len(files(tmp_path)) == 2, "a part of it lies there"
    assert await store.drop_unfinished(now() - timedelta(hours=1)) == 0, "somebody may still write it"
    assert await store.drop_unfinished(now() + timedelta(hours=1)) == 1
    assert await store.has(ORG, digest(b"whole"))
    assert files(tmp_path) == [digest(b"whole")]


def killed_while_it_writes(url: str) -> None:
    command = [sys.executable, "-c", WRITER, url, str(ORG)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "begun\n"
        writer.kill()


def files(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file()]
