"""Bytes to store, and where they end up."""

import hashlib
import random
from collections.abc import AsyncIterator
from typing import Any

import obstore

from app.storage.store import ArtifactStore


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def some(size: int, seed: int = 0) -> bytes:
    return random.Random(seed).randbytes(size)


async def streamed(content: bytes, step: int = 1_000_000) -> AsyncIterator[bytes]:
    for start in range(0, len(content), step):
        yield content[start : start + step]


async def keys(store: ArtifactStore) -> set[str]:
    """Of all that the store has."""
    return {key async for key, _ in store.listed("")}


async def spoil(store: ArtifactStore, key: str, content: bytes) -> None:
    """As a broken disk would."""
    inner: Any = store._store
    await obstore.put_async(inner, key, content)
