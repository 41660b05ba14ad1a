"""The thread that takes what a run logged and brings it to the platform."""

import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from threading import Condition, Thread, current_thread
from typing import Any, Literal

import httpx

from trine.beginning import Identity
from trine.buffer import Buffer
from trine.errors import TrineError, ValidationFailed
from trine.specs.telemetry import Batch
from trine.spill import Entry, Outbox, UploadEntry
from trine.transport import Retryable, Transport
from trine.uploads import Upload

INTERVAL = 0.5
"""Seconds between sends."""
OFFLINE_INTERVAL = 2.0
"""Seconds between batches where nobody waits for them: fewer and larger ones."""
SLOWEST = 15.0
"""Longest seconds between tries while the platform does not answer."""
MAX_PENDING = 64 * 1024 * 1024
"""Bytes of images, tables and texts that wait to be encoded."""

Build = Callable[[], Upload | None]
"""Makes an upload out of what the training thread handed over; None for nothing after all."""

_log = logging.getLogger("trine")


class Sender:
    """Never raises into the thread that logs.

    `open` sends; `offline` keeps everything on disk; `refused` too, for a person may come back with a better key;
    `ended` drops everything, for nobody will ever want it.
    """

    def __init__(
        self,
        transport: Transport | None,
        buffer: Buffer,
        outbox: Outbox,
        *,
        identity: Identity,
        source: str,
        attempt: int,
        keep_refused: bool,
    ) -> None:
        self._transport = transport
        self._buffer = buffer
        self._outbox = outbox
        self._identity = identity
        self._source, self._attempt = source, attempt
        self._pending: deque[tuple[Build, int]] = deque()
        self._pending_bytes = 0
        self._sequence = 0
        self._changed = Condition()
        self._keep_refused = keep_refused
        self._asked = self._seen = self._answered = 0
        self._wake = self._stop = False
        self._failures = 0
        self._next_try = 0.0
        self._thread: Thread | None = None
        self._warned: set[str] = set()
        self.state: Literal["open", "offline", "refused", "ended"] = "open" if transport else "offline"
        self.error: TrineError | None = None
        """The last thing that went wrong; None once a batch arrived again."""

    def hand_over(self, build: Build, size: int = 0) -> None:
        """Has an upload of about `size` bytes made and sent; drops and counts it where too much waits."""
        with self._changed:
            if self._pending and self._pending_bytes + size > MAX_PENDING:
                self._outbox.dropped_uploads += 1
                return
            self._pending.append((build, size))
            self._pending_bytes += size

    def keep(self, upload: Upload) -> None:
        """Puts it on disk at once. Raises `OSError`."""
        self._outbox.put_upload(upload, bounded=False)

    def start(self) -> None:
        with self._changed:
            if self._thread is None:
                self._thread = Thread(target=self._loop, name=f"trine-{self._identity.local[:16]}", daemon=True)
                self._thread.start()

    @property
    def started(self) -> bool:
        return self._thread is not None

    def wake(self) -> None:
        with self._changed:
            self._wake = True
            self._changed.notify_all()

    def flush(self, timeout: float) -> bool:
        """True when everything that was logged before the call is with the platform."""
        deadline = time.monotonic() + timeout
        try:
            self.start()
        except RuntimeError:  # the interpreter is shutting down and starts no thread
            self._round(urgent=True, final=True)
            return self._is_empty()
        with self._changed:
            self._asked += 1
            asked = self._asked
            self._changed.notify_all()
            while self._answered < asked and self._alive():
                left = deadline - time.monotonic()
                if left <= 0:
                    return False
                self._changed.wait(left)
        return self._is_empty()

    def close(self, timeout: float) -> bool:
        """Flushes, stops the thread and gives the folder up. What is left stays on disk."""
        sent = self.flush(timeout)
        with self._changed:
            self._stop = True
            self._changed.notify_all()
        if self._thread is not None and self._thread is not current_thread():
            self._thread.join(timeout=2)
        self._outbox.close(remove=not len(self._outbox))
        return sent

    def warn(self, key: str, message: str, *args: object) -> None:
        """Says a thing once a run."""
        if key not in self._warned:
            self._warned.add(key)
            _log.warning(message, *args)

    def _is_empty(self) -> bool:
        return self.state == "open" and not self._pending and not len(self._outbox)

    def _alive(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _loop(self) -> None:
        while True:
            with self._changed:
                if not (self._wake or self._stop or self._asked > self._seen):
                    waited_for = self._asked > self._answered
                    self._changed.wait(INTERVAL if waited_for else self._interval())
                asked = self._seen = self._asked
                self._wake, stop = False, self._stop
                urgent = asked > self._answered
            try:
                self._round(urgent=urgent and not stop, final=urgent or stop)
            except Exception:  # noqa: BLE001 — the reporter must not end training
                self.warn("loop", "Telemetry of run %s met an error and goes on.", self._identity.id)
                _log.debug("telemetry", exc_info=True)
            with self._changed:
                if stop or (not self._pending and (self.state != "open" or not len(self._outbox))):
                    self._answered = asked
                    self._changed.notify_all()
                if stop:
                    return

    def _interval(self) -> float:
        return OFFLINE_INTERVAL if self.state == "offline" else min(INTERVAL * 2 ** min(self._failures, 4), 5.0)

    def _round(self, *, urgent: bool, final: bool) -> None:
        for piece in self._buffer.cut(final=final):
            if self.state == "ended":
                self._outbox.dropped_points += piece.points
                continue
            batch = Batch(
                source=self._source,
                sequence=self._sequence,
                attempt=self._attempt,
                metrics=piece.metrics,
                params=piece.params,
                tags=piece.tags,
                summary=piece.summary,
                logs=piece.logs,
                failure=piece.failure,
            )
            body = batch.model_dump_json(exclude_defaults=True).encode()
            self._outbox.put(self._sequence, body, piece.points)
            self._sequence += 1
        if self._outbox.disk_error is not None:
            self.warn("disk", "Telemetry is kept in memory alone: %s.", self._outbox.disk_error)
        may_send = urgent or time.monotonic() >= self._next_try
        if may_send:
            self._send_all()
        self._build(all_of_them=final)
        if may_send and not self._failures:
            self._send_all()

    def _build(self, *, all_of_them: bool) -> None:
        """Encodes what waits, but for no longer than until numbers are due again."""
        until = time.monotonic() + INTERVAL
        while self._pending:
            with self._changed:
                build, size = self._pending[0]
            try:
                upload = build() if self.state != "ended" else None
            except Exception as error:  # noqa: BLE001 — whatever a value raises, telemetry must not end
                self._outbox.dropped_uploads += 1
                self.warn("build", "Not logged: %s: %s", type(error).__name__, error)
            else:
                if upload is not None:
                    self._outbox.put_upload(upload)
            with self._changed:
                self._pending.popleft()
                self._pending_bytes -= size
            if not all_of_them and (self._buffer.large or time.monotonic() >= until):
                self._wake = True
                return

    def _send_all(self) -> None:
        while self.state == "open" and (entry := self._next()) is not None:
            try:
                self._send(entry)
            except Retryable as refusal:
                self._failures += 1
                self.error = refusal.error
                pause = min(INTERVAL * 2 ** min(self._failures, 8), SLOWEST)
                pause = pause if refusal.retry_after is None else refusal.retry_after
                self._next_try = time.monotonic() + pause
                self.warn("away", "Telemetry waits: %s Kept in %s.", refusal.error.detail, self._outbox.folder)
                return
            except ValidationFailed as error:
                self.error = error
                self._drop(entry)
                self.warn("invalid", "The platform refused a batch of run %s, dropped: %s", self._identity.id, error)
            except TrineError as error:
                self._refused(error)
                return
            except FileNotFoundError:
                self._drop(entry)
                self.warn("gone", "Telemetry of run %s was removed from %s.", self._identity.id, self._outbox.folder)
            else:
                self._failures, self.error = 0, None
                self._warned.discard("away")
            self._outbox.remove(entry)

    def _next(self) -> Entry | UploadEntry | None:
        """Numbers first: an upload may take a while."""
        return self._outbox.first_batch() or self._outbox.first_upload()

    def _send(self, entry: Entry | UploadEntry) -> None:
        content = entry.read()
        run_id = self._identity.resolve(self._call)
        if isinstance(content, Upload):
            content.send(self._call, run_id)
            return
        body = content
        path, headers = f"/api/v1/runs/{run_id}/batches", {"Content-Type": "application/json"}
        self._call("POST", path, stream=lambda: (body,), headers={**headers, "Content-Length": str(len(body))})

    def _drop(self, entry: Entry | UploadEntry) -> None:
        if isinstance(entry, Entry):
            self._outbox.dropped_points += entry.points
        else:
            self._outbox.dropped_uploads += 1

    def _call(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        stream: Callable[[], Iterable[bytes]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        assert self._transport is not None, "offline nothing is sent"
        content = stream() if stream else None
        return self._transport.attempt(method, path, json=json, content=content, headers=headers)

    def _refused(self, error: TrineError) -> None:
        self.error = error
        if error.status in (404, 409) or not self._keep_refused:
            self.state = "ended"
            self._outbox.clear()
            self.warn("final", "Telemetry of run %s ends here: %s", self._identity.id, error.detail)
        else:
            self.state = "refused"
            self.warn("final", "Telemetry of run %s is kept in %s: %s", self._identity.id, self._outbox.folder, error)
