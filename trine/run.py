"""Runs: what training says about itself.

A `Run` belongs to one process. It cannot be pickled: send `run.handle()` and call `Run.attach(handle)` there.
After a fork the child's run goes on under a source of its own; what the parent had logged is the parent's to send.
"""

import atexit
import logging
import os
import socket
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, NoReturn, Self
from uuid import uuid4

from trine.artifacts import ArtifactType, upload
from trine.buffer import Buffer
from trine.errors import Conflict, ConnectionFailed, NotFound, TrineError
from trine.home import credentials
from trine.sender import Sender
from trine.specs.telemetry import Failure
from trine.spill import Outbox, spill_root
from trine.system import facts
from trine.transport import Transport

Status = Literal["running", "succeeded", "failed", "cancelled"]

EXIT_TIMEOUT = 15.0
"""Seconds that the end of a person's process waits for telemetry; what is left is sent by `trine run sync`."""
WORKER_EXIT_TIMEOUT = 120.0
"""A worker waits longer: nobody looks at its disk later, and a platform that is upgraded is away for a minute."""

_log = logging.getLogger("trine")


@dataclass(frozen=True)
class RunHandle:
    """Everything another process needs to write to a run. Picklable."""

    url: str
    run_id: str
    token: str = field(repr=False)
    attempt: int = 1
    worker: bool = False
    """The token is a workload's: the controller sets the status, and nobody can use the token later."""


class Run:
    """Writes to one run. Nothing here but `log_artifact` ever raises or waits for the network."""

    def __init__(self, handle: RunHandle) -> None:
        self.id = handle.run_id
        self._handle = handle
        self._ended = False
        self._open()
        _runs.add(self)

    @classmethod
    def attach(cls, handle: RunHandle) -> Self:
        """The same run in another process; it only flushes at the end, the status belongs to who started the run."""
        run = cls(handle)
        run._owner = False
        return run

    def handle(self) -> RunHandle:
        return self._handle

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

    def config(self, params: Mapping[str, Any]) -> None:
        """What the run was started with."""
        self._set(lambda: self._buffer.set("params", params))

    def tag(self, tags: Mapping[str, str] | None = None, **more: str) -> None:
        self._set(lambda: self._buffer.set("tags", {**(tags or {}), **more}))

    def summarize(self, values: Mapping[str, Any]) -> None:
        """Results that are one value for the whole run."""
        self._set(lambda: self._buffer.set("summary", values))

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
    ) -> str:
        """Uploads a file or folder and returns the artifact's identifier.

        Waits until the platform has it. Raises `FileNotFoundError`, or a `TrineError` where the upload failed.
        """
        source = Path(path)
        return upload(
            self._transport, self.id, source, name=name or source.resolve().name, type=type, metadata=metadata or {}
        )

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
            longest = WORKER_EXIT_TIMEOUT if self._handle.worker else EXIT_TIMEOUT
            self._close(status, longest if timeout is None else timeout)
        except Exception as error:  # noqa: BLE001 — telemetry must not end training
            _log.warning("The end of run %s was not reported: %s", self.id, error)
        finally:
            self._transport.close()
            _runs.discard(self)

    @property
    def dropped_points(self) -> int:
        """Points that were lost to full buffers or to a refusal."""
        return self._buffer.dropped_points + self._outbox.dropped_points

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

    def _open(self) -> None:
        handle = self._handle
        source = f"{socket.gethostname()[:32]}-{os.getpid()}-{uuid4().hex[:8]}"
        self._owner = not handle.worker
        self._failed = False
        self._buffer = Buffer()
        self._outbox = Outbox(spill_root() / handle.run_id / source, handle.url)
        self._transport = Transport(handle.url, handle.token)
        self._sender = Sender(
            self._transport,
            self._buffer,
            self._outbox,
            run=handle.run_id,
            source=source,
            attempt=handle.attempt,
            keep_refused=not handle.worker,
        )

    def _set(self, change: Any) -> None:
        try:
            change()
        except Exception as error:  # noqa: BLE001 — telemetry must not end training
            self._sender.warn("fact", "Not logged: %s: %s", type(error).__name__, error)
            return
        self._notice()

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
        _flush_with_multiprocessing()

    def _close(self, status: Status, timeout: float) -> None:
        deadline = time.monotonic() + timeout
        if self.dropped_points:
            self._buffer.set("summary", {"trine/dropped_points": self.dropped_points})
        sent = self._sender.flush(timeout) if self._sender.started or self._owner else True
        left = len(self._outbox)
        if self._owner:
            body = {"status": status}
            try:
                if not sent:
                    raise self._sender.error or ConnectionFailed("Telemetry has not all arrived.")
                self._transport.request(
                    "PATCH", f"/api/v1/runs/{self.id}", json=body, patience=max(0.1, deadline - time.monotonic())
                )
            except (Conflict, NotFound) as error:  # it has ended already, or is gone: nothing to say later
                _log.warning("Run %s was not set to %s: %s", self.id, status, error.detail)
            except TrineError as error:
                self._outbox.keep_finish(b'{"status": "%s"}' % status.encode())
                _log.warning(
                    "Run %s: %d batches and its status stay in %s (%s). `trine run sync` sends them.",
                    self.id, left, self._outbox.folder, error.detail,
                )  # fmt: skip
        elif left:
            _log.warning("Run %s: %d batches stay in %s.", self.id, left, self._outbox.folder)
        self._sender.close(0.1)


def init(
    project: str | None = None,
    experiment: str = "default",
    name: str | None = None,
    config: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
) -> Run:
    """Starts a run in the platform named by `TRINE_URL` and `TRINE_API_KEY`, or by `$TRINE_HOME/credentials.json`.

    `project` defaults to `TRINE_PROJECT`, then to the project of the credentials, then to the key's. Raises a
    `TrineError` where the run cannot be started: no credentials, no answer, a bad key, an unknown project.
    """
    found = credentials()
    transport = Transport(found.url, found.api_key)
    try:
        chosen = project or found.project or default_project(transport)
        answer = transport.request("POST", f"/api/v1/projects/{chosen}/experiments", json={"name": experiment}).json()
        known = facts()
        body = {
            "name": name or f"{known['program']}-{time.strftime('%m%d-%H%M%S')}",
            "tags": known | dict(tags or {}),
            "params": {},
        }
        created = transport.request("POST", f"/api/v1/experiments/{answer['id']}/runs", json=body).json()
    finally:
        transport.close()
    run = Run(RunHandle(url=transport.url, run_id=str(created["id"]), token=found.api_key))
    if config:
        run.config(config)
    return run


def default_project(transport: Transport) -> str:
    """The project of the API key. Raises `TrineError` where it has none."""
    project = transport.request("GET", "/api/v1/auth/me").json().get("default_project_id")
    if not project:
        raise TrineError(
            "No project was named, and the credential has no default project.",
            code="no_project",
            advice="Give a project, or set TRINE_PROJECT.",
        )
    return str(project)


_runs: set[Run] = set()
"""Not weak: a run that went out of scope still has something to say at the end."""


def _finish_all() -> None:
    broken = getattr(sys, "last_value", None)
    for run in list(_runs):
        status: Status = "succeeded" if broken is None and not run._failed else "failed"
        run.finish("cancelled" if isinstance(broken, KeyboardInterrupt) else status)


def _after_fork() -> None:
    for run in list(_runs):
        owner_outbox = run._outbox
        owner_outbox.abandon()
        run._open()
        run._owner = False


def _flush_with_multiprocessing() -> None:
    """A child of multiprocessing leaves through `os._exit`, past atexit, but runs its finalizers."""
    process = sys.modules.get("multiprocessing.process")
    util = sys.modules.get("multiprocessing.util")
    if process is not None and util is not None and process.parent_process() is not None:
        util.Finalize(None, _finish_all, exitpriority=100)


atexit.register(_finish_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
