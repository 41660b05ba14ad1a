"""What a run logged, on disk from the moment it is cut until the platform has it.

`$TRINE_HOME/spill/<run>/<source>/` holds batches, `<sequence>.json`, each the body of one request; uploads,
`<number>.upload/`, contents and a word about them; and never a token. A file `origin.json` says for which platform.
The folder is locked by the process that writes it; what a dead process left behind is sent by `trine run sync`.
"""

import itertools
import json
import shutil
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

try:
    import fcntl
except ImportError:  # Windows has no advisory locks of this kind: there a folder is never taken to be in use
    fcntl = None  # type: ignore[assignment]

from trine.home import home
from trine.uploads import Upload

MAX_DISK = 256 * 1024 * 1024
MAX_MEMORY = 32 * 1024 * 1024
LOCK, ORIGIN, FINISH = ".lock", "origin.json", "finish.json"
RUN, RUN_LOCK = "run.json", ".run.lock"
UPLOAD = ".upload"


@dataclass(frozen=True)
class Entry:
    number: int
    size: int
    kept: Path | bytes
    """In memory where the disk refused it."""
    points: int

    def read(self) -> bytes:
        return self.kept if isinstance(self.kept, bytes) else self.kept.read_bytes()


@dataclass(frozen=True)
class UploadEntry:
    size: int
    kept: Path | Upload

    def read(self) -> Upload:
        return self.kept if isinstance(self.kept, Upload) else Upload.load(self.kept)


def spill_root() -> Path:
    return home() / "spill"


class Outbox:
    """An ordered queue of batches of one source, and one of its uploads.

    One thread puts and takes; of an open one any thread may `put_upload` what is not bounded.
    """

    def __init__(self, folder: Path, url: str, *, max_disk: int = MAX_DISK, max_memory: int = MAX_MEMORY) -> None:
        self.folder = folder
        self._url = url
        self._max_disk, self._max_memory = max_disk, max_memory
        self._batches: deque[Entry] = deque()
        self._uploads: deque[UploadEntry] = deque()
        self._lock: IO[bytes] | None = None
        self._closed = False
        self._on_disk = 0
        self._in_memory = 0
        self._numbers = itertools.count()
        self.dropped_points = 0
        self.dropped_uploads = 0
        self.disk_error: OSError | None = None
        """Why something is held in memory alone."""

    def __len__(self) -> int:
        return len(self._batches) + len(self._uploads)

    def put(self, sequence: int, body: bytes, points: int) -> None:
        """Keeps the batch: on disk, else in memory, else drops and counts it."""
        path = self._write(f"{sequence:010d}.json", body) if self._on_disk + len(body) <= self._max_disk else None
        if self._take(path is not None, len(body)):
            self._batches.append(Entry(sequence, len(body), path or body, points))
        else:
            self.dropped_points += points

    def put_upload(self, upload: Upload, *, bounded: bool = True) -> None:
        """As `put`. What is not `bounded` somebody waits for: it is kept on disk alone, or raises `OSError`."""
        path = None
        size = upload.size
        if not bounded or self._on_disk + size <= self._max_disk:
            path = self._save(upload)
            if path is None and not bounded and self.disk_error is not None:
                raise self.disk_error
        if not bounded or self._take(path is not None, size):
            self._uploads.append(UploadEntry(size if bounded else 0, path or upload))
        else:
            self.dropped_uploads += 1

    def first_batch(self) -> Entry | None:
        return self._batches[0] if self._batches else None

    def first_upload(self) -> UploadEntry | None:
        return self._uploads[0] if self._uploads else None

    def remove(self, entry: Entry | UploadEntry) -> None:
        """The first of its queue."""
        queue = self._batches if isinstance(entry, Entry) else self._uploads
        queue.popleft()
        if not isinstance(entry.kept, Path):
            self._in_memory -= entry.size
            return
        self._on_disk -= entry.size
        remove_kept(entry.kept)

    def keep_finish(self, body: bytes) -> None:
        """Keeps the last word of a run, to be said by `trine run sync`."""
        self._write(FINISH, body)

    def clear(self) -> None:
        while (batch := self.first_batch()) is not None:
            self.dropped_points += batch.points
            self.remove(batch)
        while (upload := self.first_upload()) is not None:
            self.dropped_uploads += 1
            self.remove(upload)

    def open(self) -> None:
        """Makes the folder and takes its lock before there is something to keep. Raises `OSError`."""
        if self._closed:
            raise OSError(f"{self.folder} has been given up")
        if self._lock is None:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock = open(self.folder / LOCK, "wb")  # noqa: SIM115 — held as long as the process writes here
            flock(self._lock)
            (self.folder / ORIGIN).write_text(json.dumps({"url": self._url}), encoding="utf-8")

    def close(self, *, remove: bool) -> None:
        """Gives the folder up; removes it where nothing is left in it."""
        self._closed = True
        if self._lock is None:
            return
        self._lock.close()
        self._lock = None
        if remove:
            remove_folder(self.folder)

    def abandon(self) -> None:
        """In the child of a fork: the folder and what is in it stay the parent's."""
        self._batches, self._uploads = deque(), deque()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _take(self, on_disk: bool, size: int) -> bool:
        if on_disk:
            self._on_disk += size
        elif self._in_memory + size <= self._max_memory:
            self._in_memory += size
        else:
            return False
        return True

    def _write(self, name: str, body: bytes) -> Path | None:
        try:
            self.open()
            partial = self.folder / f".{name}"
            partial.write_bytes(body)
            return partial.rename(self.folder / name)
        except OSError as error:
            self.disk_error = error
            return None

    def _save(self, upload: Upload) -> Path | None:
        name = f"{next(self._numbers):010d}{UPLOAD}"
        partial = self.folder / f".{name}"
        try:
            self.open()
            upload.save(partial)
            return partial.rename(self.folder / name)
        except OSError as error:
            self.disk_error = error
            shutil.rmtree(partial, ignore_errors=True)
            return None


def flock(file: IO[bytes], *, wait: bool = False) -> bool:
    """False where a living process holds it."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    return True


def remove_kept(path: Path) -> None:
    if path.suffix == UPLOAD:
        # Renamed first: half of an upload must not be taken for one.
        path = path.rename(path.with_name(f".{path.name}"))
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def remove_folder(folder: Path) -> None:
    """Removes a source's folder that holds nothing any more, and its run's folder with the last source."""
    if any(path.name not in (ORIGIN, LOCK) for path in folder.iterdir()):
        return
    for name in (ORIGIN, LOCK):
        (folder / name).unlink(missing_ok=True)
    with suppress(OSError):  # another process of the run comes or goes at the same moment
        folder.rmdir()
        run = folder.parent
        if all(path.name in (RUN, RUN_LOCK) for path in run.iterdir()) and _is_created(run):
            for name in (RUN, RUN_LOCK):
                (run / name).unlink(missing_ok=True)
            run.rmdir()


def _is_created(run: Path) -> bool:
    """A run that the platform does not know of is still to be created, even one that told nothing."""
    try:
        return json.loads((run / RUN).read_text(encoding="utf-8"))["run_id"] is not None
    except FileNotFoundError:
        return True
