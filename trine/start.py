"""`trine.init`: a run that starts, that goes on, or that this process joins."""

import hashlib
import logging
import os
import socket
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Literal, cast

from trine.beginning import LOCAL, Beginning, stored
from trine.capture import environment_upload, facts
from trine.errors import ConnectionFailed, NotConfigured, RateLimited, ServerError, TrineError
from trine.handle import RUN_ID, RunHandle
from trine.home import Credentials, credentials
from trine.run import Run
from trine.spill import spill_root
from trine.sync import reached, sync
from trine.system import interval_of
from trine.transport import Transport

Mode = Literal["online", "offline"]

MODE = "TRINE_MODE"
RUN_KEY = "TRINE_RUN_KEY"
"""Processes that call `trine.init()` with the same one, within a day, have one run; that of rank 0 owns it."""
CAPTURE = "TRINE_CAPTURE"
PATIENCE = 10.0
"""Seconds that the start of a run waits for a platform that does not answer."""

_log = logging.getLogger("trine")


def init(
    project: str | None = None,
    experiment: str = "default",
    name: str | None = None,
    config: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    *,
    mode: Mode | None = None,
    resume: str | None = None,
    system_metrics: bool | float | None = None,
    capture: bool | None = None,
) -> Run:
    """Starts a run in the platform named by `TRINE_URL` and `TRINE_API_KEY`, or by `$TRINE_HOME/credentials.json`.

    `project` defaults to `TRINE_PROJECT`, then to the project of the credentials, then to the key's. `mode` (or
    `TRINE_MODE`) `offline` needs no platform: `trine run sync` creates the run later, once. So it is where the platform
    does not answer; it is asked again while the run goes on. `resume` goes on with a run that broke off, as another
    attempt: it sends what was left behind on this machine first. `system_metrics` says how many seconds are between
    two samples of the machine (15), or False for none (`TRINE_SYSTEM_METRICS`); `capture=False` leaves out packages and
    code (`TRINE_CAPTURE=off`).

    A process with `TRINE_RUN_ID` in its environment joins that run, as those of `torchrun` on one machine join one.
    Raises a `TrineError` for what waiting does not cure: no credentials, a bad key, an unknown project or run.
    """
    start = _start(_mode(mode), resume, project or "", experiment, name, dict(tags or {}))
    run = Run(start.handle) if start.owner else Run.attach(start.handle)
    run.go_on_at(start.next_step)
    for values, known in ((run.config, start.params), (run.tags, start.tags)):
        if known:
            values.know(known)
    if start.owner:
        run.tags.update(start.facts)
        run.config.update(config or {})
        if os.environ.get(CAPTURE, "on") != "off" if capture is None else capture:
            run.hand_over(environment_upload)
    seconds = interval_of(system_metrics)
    if seconds is not None:
        run.sample_system(seconds)
    return run


@dataclass(frozen=True)
class _Start:
    handle: RunHandle
    owner: bool = True
    next_step: int = 0
    params: Mapping[str, Any] = field(default_factory=dict)
    """Known to the platform."""
    tags: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)
    """Tags that are still to be told."""


def _start(
    mode: Mode, resume: str | None, project: str, experiment: str, name: str | None, tags: dict[str, str]
) -> _Start:
    found = _credentials(mode)
    place: dict[str, Any] = {"url": found.url.rstrip("/"), "token": found.api_key, "offline": mode == "offline"}
    joined = os.environ.get(RUN_ID)
    if resume is None and joined:
        return _Start(RunHandle(run_id=joined, begins=_begun(joined)[0], **place), owner=False)
    if resume is not None:
        return _resumed(resume, place)
    key, owner = shared_key()
    known = facts()
    if key is None:
        called = name or f"{known['program']}-{time.strftime('%m%d-%H%M%S')}"
        begins = Beginning(name=called, tags=known | tags, started=time.time())
    else:  # every process says the same, whatever its own facts are
        called = name or f"{known['program']}-{key[:8]}"
        begins = Beginning(name=called, tags=tags, key=key, local=LOCAL + key[:16])
    begins = replace(begins, project=project or found.project, experiment=experiment)
    return _Start(_started(begins, place), owner=owner, tags=begins.tags, facts={} if key is None else known)


def _started(beginning: Beginning, place: dict[str, Any]) -> RunHandle:
    more = {"host": socket.gethostname(), "started": beginning.started or time.time(), **place}
    if not place["offline"]:
        with closing(Transport(place["url"], place["token"])) as transport:
            try:
                run_id = beginning.create(partial(transport.request, patience=PATIENCE))
            except (ConnectionFailed, ServerError, RateLimited) as error:
                _log.warning("The run begins without the platform, which is to create it later: %s", error.detail)
            else:
                return RunHandle(run_id=run_id, **more)
    return RunHandle(run_id=beginning.local, begins=beginning, **more)


def _resumed(run_id: str, place: dict[str, Any]) -> _Start:
    begins, became = _begun(run_id)
    if begins is not None and became is None:
        attempt, step = reached(spill_root() / run_id)
        handle = RunHandle(
            run_id=run_id,
            begins=begins,
            attempt=attempt + 1,
            host=socket.gethostname(),
            started=begins.started,
            **place,
        )
        return _Start(handle, next_step=step + 1, tags=begins.tags)
    run_id = became or run_id
    if place["offline"]:
        raise TrineError(
            f"Run {run_id} cannot be resumed offline: how far it got, the platform alone knows.",
            code="resume_offline",
            advice="Resume it with a connection, or start another run.",
        )
    with closing(Transport(place["url"], place["token"])) as transport:
        for _ in sync(transport, run=run_id):
            pass
        answer = transport.request("POST", f"/api/v1/runs/{run_id}:resume").json()
        detail = transport.request("GET", f"/api/v1/runs/{run_id}").json()
    started = datetime.fromisoformat(answer["started_at"]).timestamp() if answer["started_at"] else 0.0
    handle = RunHandle(run_id=run_id, attempt=answer["attempt"], host=socket.gethostname(), started=started, **place)
    return _Start(handle, next_step=answer["next_step"], params=detail["params"], tags=detail["tags"])


def _begun(run_id: str) -> tuple[Beginning | None, str | None]:
    """Of a run that began without the platform: how, and which run it became, if it did by now."""
    if not run_id.startswith(LOCAL):
        return None, None
    found = stored(spill_root() / run_id)
    if found is None:
        raise TrineError(
            f"Nothing of the run {run_id} is on this machine.",
            code="unknown_run",
            advice="`trine run sync` may have sent it: resume it by the id that it was given then.",
        )
    return found


def shared_key() -> tuple[str | None, bool]:
    """The key of the run that this process has together with others, and whether it owns the run."""
    owner = os.environ.get("RANK", "0") == "0"
    named = os.environ.get(RUN_KEY) or _torchrun()
    return (hashlib.sha256(f"run\n{named}".encode()).hexdigest()[:32], owner) if named else (None, True)


def _torchrun() -> str | None:
    """Names the agent of torchrun that started this process, where all of its processes are on this machine."""
    here, everywhere = os.environ.get("LOCAL_WORLD_SIZE"), os.environ.get("WORLD_SIZE", "1")
    if "TORCHELASTIC_RUN_ID" not in os.environ or everywhere == "1" or here != everywhere:
        return None
    agent = os.getppid()
    try:
        # Its start, in ticks since the machine's: process ids come again.
        begun = Path(f"/proc/{agent}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        begun = os.environ.get("MASTER_PORT", "")
    return f"{os.environ['TORCHELASTIC_RUN_ID']}/{socket.gethostname()}/{agent}/{begun}"


def _mode(mode: Mode | None) -> Mode:
    chosen = mode or os.environ.get(MODE) or "online"
    if chosen not in ("online", "offline"):
        raise TrineError(f"{MODE} is online or offline, not {chosen!r}.", code="bad_mode", advice="")
    return cast("Mode", chosen)


def _credentials(mode: Mode) -> Credentials:
    try:
        return credentials()
    except NotConfigured:
        if mode == "offline":
            return Credentials(url="", api_key="")
        raise
