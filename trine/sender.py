"""The thread that takes what a run logged and brings it to the platform."""

import logging
import time
from threading import Condition, Thread, current_thread
from typing import Literal

from trine.buffer import Buffer
from trine.errors import TrineError, ValidationFailed
from trine.specs.telemetry import Batch
from trine.spill import Outbox
from trine.transport import Retryable, Transport

INTERVAL = 0.5
"""Seconds between sends."""
SLOWEST = 15.0
"""Longest seconds between tries while the platform does not answer."""

_log = logging.getLogger("trine")


class Sender:
    """Never raises into the thread that logs.

    `open` sends; `refused` keeps on disk and sends nothing, for a person may come back with a better key; `ended` drops
    everything, for nobody will ever want it.
    """

    def __init__(
        self,
        transport: Transport,
        buffer: Buffer,
        outbox: Outbox,
        *,
        run: str,
        source: str,
        attempt: int,
        keep_refused: bool,
    ) -> None:
        self._transport = transport
        self._buffer = buffer
        self._outbox = outbox
        self._path = f"/api/v1/runs/{run}/batches"
        self._run, self._source, self._attempt = run, source, attempt
        self._sequence = 0
        self._changed = Condition()
        self._keep_refused = keep_refused
        self._asked = self._seen = self._answered = 0
        self._wake = self._stop = False
        self._failures = 0
        self._next_try = 0.0
        self._thread: Thread | None = None
        self._warned: set[str] = set()
        self.state: Literal["open", "refused", "ended"] = "open"
        self.error: TrineError | None = None
        """The last thing that went wrong; None once a batch arrived again."""

    def start(self) -> None:
        with self._changed:
            if self._thread is None:
                self._thread = Thread(target=self._loop, name=f"trine-{self._run[:8]}", daemon=True)
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
            return self.state == "open" and not len(self._outbox)
        with self._changed:
            self._asked += 1
            asked = self._asked
            self._changed.notify_all()
            while self._answered < asked and self._alive():
                left = deadline - time.monotonic()
                if left <= 0:
                    return False
                self._changed.wait(left)
        return self.state == "open" and not len(self._outbox)

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

    def _alive(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _loop(self) -> None:
        while True:
            with self._changed:
                if not (self._wake or self._stop or self._asked > self._seen):
                    waited_for = self._asked > self._answered
                    self._changed.wait(INTERVAL if waited_for else min(INTERVAL * 2 ** min(self._failures, 4), 5.0))
                asked = self._seen = self._asked
                self._wake, stop = False, self._stop
                urgent = asked > self._answered
            try:
                self._round(urgent=urgent and not stop, final=urgent or stop)
            except Exception:  # noqa: BLE001 — the reporter must not end training
                self.warn("loop", "Telemetry of run %s met an error and goes on.", self._run)
                _log.debug("telemetry", exc_info=True)
            with self._changed:
                if stop or self.state != "open" or not len(self._outbox):
                    self._answered = asked
                    self._changed.notify_all()
                if stop:
                    return

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
        if self.state == "open" and (urgent or time.monotonic() >= self._next_try):
            self._send_all()

    def _send_all(self) -> None:
        while self.state == "open" and (entry := self._outbox.first()) is not None:
            try:
                self._transport.attempt(
                    "POST", self._path, content=entry.read(), headers={"Content-Type": "application/json"}
                )
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
                self._outbox.dropped_points += entry.points
                self.warn("invalid", "The platform refused a batch of run %s, dropped: %s", self._run, error)
            except TrineError as error:
                self._refused(error)
                return
            except FileNotFoundError:
                self._outbox.dropped_points += entry.points
                self.warn("gone", "Telemetry of run %s was removed from %s.", self._run, self._outbox.folder)
            else:
                self._failures, self.error = 0, None
                self._warned.discard("away")
            self._outbox.remove_first()

    def _refused(self, error: TrineError) -> None:
        self.error = error
        if error.status in (404, 409) or not self._keep_refused:
            self.state = "ended"
            self._outbox.clear()
            self.warn("final", "Telemetry of run %s ends here: %s", self._run, error.detail)
        else:
            self.state = "refused"
            self.warn("final", "Telemetry of run %s is kept in %s: %s", self._run, self._outbox.folder, error)
