"""Batches on disk from the moment they are cut until the platform has them.

`$TRINE_HOME/spill/<run>/<source>/<sequence>.json` holds the body of one batch, and never a token. A file `origin.json`
says which platform it is for. The folder is locked by the process that writes it; what a dead process left behind is
sent by `trine run sync`.
"""

import json
import os
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import IO

try:
    import fcntl
except ImportError:  # Windows has no advisory locks of this kind: there a folder is never taken to be in use
    fcntl = None  # type: ignore[assignment]

from trine.home import home

MAX_DISK = 256 * 1024 * 1024
MAX_MEMORY = 32 * 1024 * 1024
LOCK, ORIGIN, FINISH = ".lock", "origin.json", "finish.json"


@dataclass(frozen=True)
class Entry:
    sequence: int
    points: int
    size: int
    kept: Path | bytes
    """In memory where the disk refused it."""

    def read(self) -> bytes:
        return self.kept if isinstance(self.kept, bytes) else self.kept.read_bytes()


def spill_root() -> Path:
    return home() / "spill"


class Outbox:
    """An ordered queue of batches of one source. One thread puts and takes."""

    def __init__(self, folder: Path, url: str, *, max_disk: int = MAX_DISK, max_memory: int = MAX_MEMORY) -> None:
        self.folder = folder
        self._url = url
        self._max_disk, self._max_memory = max_disk, max_memory
        self._entries: deque[Entry] = deque()
        self._lock: IO[bytes] | None = None
        self._on_disk = 0
        self._in_memory = 0
        self.dropped_points = 0
        self.disk_error: OSError | None = None
        """Why batches are held in memory alone."""

    def __len__(self) -> int:
        return len(self._entries)

    def put(self, sequence: int, body: bytes, points: int) -> None:
        """Keeps the batch: on disk, else in memory, else drops and counts it."""
        path = self._write(f"{sequence:010d}.json", body) if self._on_disk + len(body) <= self._max_disk else None
        if path is not None:
            self._on_disk += len(body)
            self._entries.append(Entry(sequence, points, len(body), path))
        elif self._in_memory + len(body) <= self._max_memory:
            self._in_memory += len(body)
            self._entries.append(Entry(sequence, points, len(body), body))
        else:
            self.dropped_points += points

    def first(self) -> Entry | None:
        return self._entries[0] if self._entries else None

    def remove_first(self) -> None:
        entry = self._entries.popleft()
        if isinstance(entry.kept, Path):
            self._on_disk -= entry.size
            entry.kept.unlink(missing_ok=True)
        else:
            self._in_memory -= entry.size

    def keep_finish(self, body: bytes) -> None:
        """Keeps the last word of a run, to be said by `trine run sync`."""
        self._write(FINISH, body)

    def clear(self) -> None:
        while self._entries:
            self.dropped_points += self._entries[0].points
            self.remove_first()

    def close(self, *, remove: bool) -> None:
        """Gives the folder up; removes it where nothing is left in it."""
        if self._lock is None:
            return
        self._lock.close()
        self._lock = None
        if remove:
            remove_folder(self.folder)

    def abandon(self) -> None:
        """In the child of a fork: the folder and what is in it stay the parent's."""
        self._entries = deque()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _write(self, name: str, body: bytes) -> Path | None:
        try:
            if self._lock is None:
                self._open()
            partial = self.folder / f".{name}"
            partial.write_bytes(body)
            return partial.rename(self.folder / name)
        except OSError as error:
            self.disk_error = error
            return None

    def _open(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = open(self.folder / LOCK, "wb")  # noqa: SIM115 — held as long as the process writes here
        lock(self._lock)
        (self.folder / ORIGIN).write_text(json.dumps({"url": self._url}), encoding="utf-8")


def lock(file: IO[bytes]) -> bool:
    """False where a living process holds it."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def remove_folder(folder: Path) -> None:
    """Removes a source's folder that holds no batch any more, and its run's folder with the last source."""
    for name in (ORIGIN, LOCK):
        (folder / name).unlink(missing_ok=True)
    for each in (folder, folder.parent):
        if not any(os.scandir(each)):
            each.rmdir()
