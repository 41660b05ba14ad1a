"""What is in a file, without downloading it: its first lines or rows, its size in pixels, a small picture.

Little of it is read, and by a process of its own (`preview_worker.py`), which is ended when it takes too long.
"""

import asyncio
import mimetypes
import os
import sys
import tempfile
from pathlib import Path, PurePosixPath
from uuid import UUID

import structlog
from pydantic import TypeAdapter, ValidationError

from app.experiments.preview_schemas import NoPreview, PreviewRead, VideoPreview
from app.storage.ranges import Span
from app.storage.store import ArtifactStore
from app.tables import ArtifactFile

log = structlog.get_logger(__name__)

SECONDS = 15.0
AT_ONCE = 2
"""Processes of one replica."""
HEAD = {"text": 64 * 1024, "card": 256 * 1024, "csv": 256 * 1024, "tsv": 256 * 1024, "jsonl": 512 * 1024} | {
    "parquet": 16 * 1024**2,
    "image": 32 * 1024**2,
    "sound": 64 * 1024,
}
"""Bytes that are read from the beginning of a file."""
TAIL = {"parquet": 4 * 1024**2}
"""And from its end: there Parquet says what it holds."""
ANSWER = 8 * 1024**2
"""Bytes; the largest is a thumbnail."""
WORKER = Path(__file__).with_name("preview_worker.py")

_KINDS = {".csv": "csv", ".tsv": "tsv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet"}
_TEXTS = frozenset({".md", ".yaml", ".yml", ".toml", ".cfg", ".ini", ".log", ".sh", ".rst", ".ipynb", ".sql", ".jinja"})
_ANSWER: TypeAdapter[PreviewRead] = TypeAdapter(PreviewRead)
_room = asyncio.Semaphore(AT_ONCE)


async def preview(store: ArtifactStore, *, org_id: UUID, file: ArtifactFile) -> PreviewRead:
    """For a reader whose right to the file has been checked. Raises `Spoilt`."""
    kind = kind_of(file.path)
    if kind == "video":
        return VideoPreview(kind="video")
    if kind is None:
        return NoPreview(kind="none", reason="files of this kind have no preview")
    async with _room:
        with tempfile.TemporaryDirectory(prefix="trine-preview-") as folder:
            target = Path(folder, "file")
            await _fetch(store, org_id, file, kind, target)
            return await _look(kind, target, whole=file.size <= HEAD[kind])


def kind_of(path: str) -> str | None:
    """Which reader of the worker knows such a file, or `video`; by its name."""
    name = PurePosixPath(path.lower())
    if name.name == "readme.md":
        return "card"
    media_type = mimetypes.guess_type(name.name)[0] or ""
    if name.suffix in _KINDS:
        return _KINDS[name.suffix]
    if media_type.startswith("image/"):
        # A drawing in SVG is a text that a browser would run.
        return "text" if name.suffix == ".svg" else "image"
    if media_type.startswith("audio/"):
        return "sound"
    if media_type.startswith("video/"):
        return "video"
    is_text = media_type.startswith("text/") or media_type.endswith(("json", "javascript", "xml"))
    return "text" if is_text or name.suffix in _TEXTS else None


async def _fetch(store: ArtifactStore, org_id: UUID, file: ArtifactFile, kind: str, target: Path) -> None:
    """What is not read is a hole in the file, so that what is read stands where it belongs."""
    head = min(file.size, HEAD[kind])
    spans = [Span(0, head)] if head else []
    if (begin := max(head, file.size - TAIL.get(kind, 0))) < file.size and kind in TAIL:
        spans.append(Span(begin, file.size))
    await asyncio.to_thread(target.touch)
    for span in spans:
        blob = await store.open(org_id, file.sha256, size=file.size, span=span)
        content = b"".join([chunk async for chunk in blob.read()])
        await asyncio.to_thread(_write, target, span.start, content)


def _write(target: Path, offset: int, content: bytes) -> None:
    with target.open("r+b") as opened:
        opened.seek(offset)
        opened.write(content)


async def _look(kind: str, target: Path, *, whole: bool) -> PreviewRead:
    # Nothing of our environment: it holds secrets.
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", str(WORKER), kind, str(target), "whole" if whole else "part"),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=target.parent,
        env={"PATH": os.defpath, "OMP_NUM_THREADS": "1", "ARROW_DEFAULT_MEMORY_POOL": "system"},
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(SECONDS):
            answer = await process.stdout.read(ANSWER + 1)
            while len(answer) <= ANSWER and (more := await process.stdout.read(ANSWER + 1 - len(answer))):
                answer += more
            if len(answer) <= ANSWER:
                await process.wait()
    except TimeoutError:
        return NoPreview(kind="none", reason="to look into it took too long")
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    try:
        return _ANSWER.validate_json(answer)
    except ValidationError:
        log.warning("preview.failed", kind=kind, status=process.returncode)
        return NoPreview(kind="none", reason="it takes too much to look into it")
