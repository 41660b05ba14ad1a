"""Runs: what training says about itself.

A `Run` belongs to one process. It cannot be pickled: send `run.handle()` and call `Run.attach(handle)` there.
After a fork the child's run goes on under a source of its own; what the parent had logged is the parent's to send.
"""

import json
import logging
import os
import socket
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, NoReturn, Self
from uuid import uuid4

from trine import media, process
from trine.artifacts import ArtifactType, Progress, manifest, upload
from trine.beginning import Identity
from trine.buffer import Buffer, checked_name
from trine.errors import Conflict, ConnectionFailed, NotFound, TrineError
from trine.handle import RUN_ID, RunHandle
from trine.home import API_KEY, URL
from trine.sender import Build, Sender
from trine.specs.telemetry import Failure
from trine.spill import MAX_DISK, Outbox, spill_root
from trine.system import SystemMetrics
from trine.transport import Transport
from trine.values import Values

Status = Literal["running", "succeeded", "failed", "cancelled"]

EXIT_TIMEOUT = 15.0
"""Seconds that the end of a person's process waits for telemetry; what is left is sent by `trine run sync`."""
WORKER_EXIT_TIMEOUT = 120.0
"""A worker waits longer: nobody looks at its disk later, and a platform that is upgraded is away for a minute."""
OFFLINE_DISK = 4 * 1024**3
"""Bytes that a run without the platform may leave on disk."""

_log = logging.getLogger("trine")


class Run:
    """Writes to one run. Nothing here but `log_artifact` and `use_artifact` ever raises or waits for the network.

    `config`, `tags` and `summary` are mappings: what the run was started with, how it is found, what came out of it.
    """

    def __init__(self, handle: RunHandle) -> None:
        self._handle = handle
        self._ended = False
        self._failed = False
        self._owner = not handle.worker
        self._system: SystemMetrics | None = None
        self._open()
        self.config = Values(lambda change: self._set(lambda: self._buffer.set("params", change())))
        self.tags = Values(lambda change: self._set(lambda: self._buffer.set("tags", change())))
        self.summary = Values(lambda change: self._set(lambda: self._buffer.set("summary", change())))
        process.runs.add(self)

    @classmethod
    def attach(cls, handle: RunHandle) -> Self:
        """The same run in another process; it only flushes at the end, the status belongs to who started the run."""
        run = cls(handle)
        run._owner = False
        return run

    @property
    def id(self) -> str:
        """That of the platform; of a run that it does not know yet a name of this machine, `offline-…`."""
        return self._identity.id

    def handle(self) -> RunHandle:
        return self._handle

    def environment(self) -> dict[str, str]:
        """For the environment of a program that is to write to this run: its `trine.init()` joins it.

        Holds the credential where this process has one.
        """
        names = {RUN_ID: self._handle.run_id, URL: self._handle.url, API_KEY: self._handle.token}
        return {name: value for name, value in names.items() if value}

    def log(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        """Adds a point to each metric, at `step` or one after the last. Microseconds; NaN and infinities are kept."""
        try:
            self._buffer.add(metrics, step, time.time())
        except Exception as error:  # noqa: BLE001 — whatever a value raises, telemetry must not end training
            self._sender.warn("value", "Not logged: %s: %s (%r)", type(error).__name__, error, metrics)
            return
        self._notice()

    def log_output(self, text: str, stream: str = "stdout") -> None:
        self._set(lambda: self._buffer.add_output(stream, text, time.time()))

    def log_image(self, key: str, image: Any, step: int | None = None, *, caption: str = "") -> None:
        """A path, the bytes of a PNG, JPEG, GIF or WebP, a Matplotlib figure, a PIL image, an array or a tensor.

        Without a step, at the last one that was logged. Taken as it is now, encoded later (but a figure is drawn now).
        """
        self._show("image", key, lambda: media.image(image), step, caption)

    def log_table(
        self,
        key: str,
        data: Any = None,
        step: int | None = None,
        *,
        columns: Sequence[str] | None = None,
        rows: Iterable[Sequence[Any]] | None = None,
        caption: str = "",
    ) -> None:
        """A list of mappings, a mapping of columns, a pandas or pyarrow table; or `columns` and `rows`."""
        self._show("table", key, lambda: media.table(data, columns=columns, rows=rows), step, caption)

    def log_text(self, key: str, text: str, step: int | None = None, *, caption: str = "") -> None:
        """A text that belongs to a step, such as what a language model wrote."""
        self._show("text", key, lambda: media.text(text), step, caption)

    def tag(self, tags: Mapping[str, str] | None = None, **more: str) -> None:
        self.tags.update(tags or {}, **more)

    def summarize(self, values: Mapping[str, Any]) -> None:
        """Results that are one value for the whole run."""
        self.summary.update(values)

    def fail(self, failure: Failure) -> None:
        """Says why the run failed; sent at once."""
        self._failed = True
        self._set(lambda: self._buffer.fail(failure))
        self._sender.wake()

    def log_artifact(
        self,
        path: str | Path,
        *,
        name: str | None = None,
        type: ArtifactType = "file",  # noqa: A002 — the word of the API
        metadata: Mapping[str, Any] | None = None,
        progress: Progress | None = None,
    ) -> str:
        """Uploads a file or folder and returns the artifact's identifier; `progress` is told the bytes done and in all.

        Waits until the platform has it. Raises `FileNotFoundError`, or a `TrineError` where the upload failed.
        Of a run that the platform does not know yet, waits until a copy is on disk, and returns "".
        """
        source = Path(path)
        named: dict[str, Any] = {"name": name or source.resolve().name, "type": type, "metadata": metadata or {}}
        if self._transport is None or self._identity.is_local:
            self._sender.keep(manifest(source, **named))
            self._notice()
            return ""
        return upload(self._transport, self.id, source, **named, progress=progress)

    def use_artifact(self, artifact: str, *, role: str = "data") -> None:
        """Says that the run has read an artifact of its project, and `role` what for: its lineage.

        Raises a `TrineError`, also of a run that the platform does not know yet.
        """
        if self._transport is None or self._identity.is_local:
            raise ConnectionFailed("The platform does not know this run yet: nothing can be recorded of it.")
        body = {"artifact_id": str(artifact), "role": role}
        self._transport.request("POST", f"/api/v1/runs/{self.id}/inputs", json=body)

    def flush(self, timeout: float = EXIT_TIMEOUT) -> bool:
        """Waits until everything logged so far has arrived; False where it did not in `timeout` seconds."""
        return self._sender.flush(timeout)

    def finish(self, status: Status = "succeeded", *, timeout: float | None = None) -> None:
        """Sends what is left and, where this process started the run on its own, sets its status.

        Waits at most `timeout` seconds; by default 15, in a worker of the platform 120.
        """
        if self._ended:
            return
        self._ended = True
        try:
            if self._system is not None:
                self._system.stop()
            longest = WORKER_EXIT_TIMEOUT if self._handle.worker else EXIT_TIMEOUT
            self._close(status, longest if timeout is None else timeout)
        except Exception as error:  # noqa: BLE001 — telemetry must not end training
            _log.warning("The end of run %s was not reported: %s", self.id, error)
        finally:
            if self._transport is not None:
                self._transport.close()
            process.runs.discard(self)

    def finish_at_exit(self, broken: BaseException | None) -> None:
        """`broken` is what ended the process, if anything did."""
        status: Status = "succeeded" if broken is None and not self._failed else "failed"
        self.finish("cancelled" if isinstance(broken, KeyboardInterrupt) else status)

    def go_on_after_fork(self) -> None:
        """In the child: a source of its own, for nothing of the parent's is to be told twice."""
        self._outbox.abandon()
        if self._system is not None:
            self._system.abandon()
            self._system = None
        self._failed = False
        self._owner = False
        self._open()

    @property
    def dropped_points(self) -> int:
        """Points that were lost to full buffers or to a refusal."""
        return self._buffer.dropped_points + self._outbox.dropped_points

    @property
    def dropped_uploads(self) -> int:
        """Images, tables and texts that were lost in the same ways, or could not be shown."""
        return self._outbox.dropped_uploads

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is None:
            self.finish("failed" if self._failed else "succeeded")
        else:
            self.finish("cancelled" if issubclass(kind, KeyboardInterrupt) else "failed")

    def __reduce__(self) -> NoReturn:
        raise TypeError("A Run belongs to its process: send run.handle() and call Run.attach(handle) there.")

    def sample_system(self, interval: float, *, rank: int | None = None) -> None:
        """Logs the machine's metrics every `interval` seconds, unless another process of the run does here; those of
        this process, one of many of the same work, under its `rank`."""
        here = socket.gethostname()
        self._system = SystemMetrics(
            lambda values, step: self._set(lambda: self._buffer.add(values, step, time.time(), apart=True)),
            run=self._handle.run_id,
            interval=interval,
            started=self._handle.started,
            host="" if self._handle.host in ("", here) else here,
            rank=rank,
        )
        self._system.start()

    def hand_over(self, build: Build) -> None:
        """Has `build` called in the thread that sends, and sends what it makes. Never raises."""
        self._set(lambda: self._sender.hand_over(build))

    def go_on_at(self, step: int) -> None:
        """The next point without a step is there."""
        self._buffer.begin_at(step)

    def _open(self) -> None:
        handle = self._handle
        source = f"{socket.gethostname()[:32]}-{os.getpid()}-{uuid4().hex[:8]}"
        self._identity = Identity(handle.run_id, handle.begins)
        self._buffer = Buffer()
        most = OFFLINE_DISK if handle.begins else MAX_DISK
        self._outbox = Outbox(spill_root() / handle.run_id / source, handle.url, max_disk=most)
        self._transport = Transport(handle.url, handle.token) if not handle.offline else None
        self._sender = Sender(
            self._transport,
            self._buffer,
            self._outbox,
            identity=self._identity,
            source=source,
            attempt=handle.attempt,
            keep_refused=not handle.worker,
        )
        if handle.begins:
            self._prepare()

    def _prepare(self) -> None:
        """What is needed to create the run is on disk before anything of it is."""
        try:
            self._outbox.open()
            self._identity.keep()
        except OSError as error:
            self._sender.warn("disk", "Telemetry is kept in memory alone: %s.", error)

    def _set(self, change: Callable[[], object]) -> None:
        try:
            change()
        except Exception as error:  # noqa: BLE001 — telemetry must not end training
            self._sender.warn("fact", "Not logged: %s: %s", type(error).__name__, error)
            return
        self._notice()

    def _show(self, kind: str, key: str, take: Callable[[], media.Snapshot], step: int | None, caption: str) -> None:
        def change() -> None:
            at = self._buffer.last_step if step is None else int(step)
            place = {"key": checked_name(key), "kind": kind, "step": at, "attempt": self._handle.attempt}
            snapshot, now = take(), time.time()
            self._sender.hand_over(lambda: media.upload(snapshot, caption, place | {"time": now}), snapshot.size)

        self._set(change)

    def _notice(self) -> None:
        sender = self._sender
        if not sender.started:
            self._start()
        elif self._buffer.large:
            sender.wake()

    def _start(self) -> None:
        try:
            self._sender.start()
        except RuntimeError as error:
            self._sender.warn("thread", "Telemetry is sent at the end alone: %s.", error)
        process.flush_with_multiprocessing()

    def _close(self, status: Status, timeout: float) -> None:
        deadline = time.monotonic() + timeout
        if self.dropped_points:
            self._buffer.set("summary", {"trine/dropped_points": self.dropped_points})
        sent = self._sender.flush(timeout) if self._sender.started or self._owner else True
        left = len(self._outbox)
        if self._owner:
            self._say_end(status, sent, max(0.1, deadline - time.monotonic()))
        elif left:
            _log.warning("Run %s: %d batches stay in %s.", self.id, left, self._outbox.folder)
        self._sender.close(0.1)

    def _say_end(self, status: Status, sent: bool, patience: float) -> None:
        body = {"status": status}
        try:
            if not sent or self._transport is None:
                raise self._sender.error or ConnectionFailed("Telemetry has not all arrived.")
            self._transport.request("PATCH", f"/api/v1/runs/{self.id}", json=body, patience=patience)
        except (Conflict, NotFound) as error:  # it has ended already, or is gone: nothing to say later
            _log.warning("Run %s was not set to %s: %s", self.id, status, error.detail)
        except TrineError as error:
            ended = datetime.now(UTC).isoformat()
            self._outbox.keep_finish(json.dumps({**body, "ended_at": ended}).encode())
            if self._sender.state != "offline":
                _log.warning(
                    "Run %s: %d batches and its status stay in %s (%s). `trine run sync` sends them.",
                    self.id, len(self._outbox), self._outbox.folder, error.detail,
                )  # fmt: skip
