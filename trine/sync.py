"""Sending what dead processes left in `$TRINE_HOME/spill`, and what began without the platform."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from trine.beginning import LOCAL, Identity, stored
from trine.errors import Conflict, NotFound, ValidationFailed
from trine.spill import FINISH, LOCK, ORIGIN, UPLOAD, flock, remove_folder, remove_kept, spill_root
from trine.system import PREFIX as SYSTEM
from trine.transport import Transport
from trine.uploads import Upload

State = Literal["sent", "in_use", "elsewhere", "refused"]


@dataclass(frozen=True)
class Synced:
    """What became of one source's folder."""

    run: str
    """Its id in the platform, where it has one."""
    source: str
    state: State
    """`in_use`: its process lives and sends it. `elsewhere`: it belongs to another platform."""
    sent: int = 0
    """Batches and uploads that the platform has now, whether or not it had them before."""
    dropped: int = 0
    """Batches and uploads that the platform found invalid; deleted."""
    reason: str = ""


def sync(transport: Transport, *, run: str | None = None) -> Iterator[Synced]:
    """Sends every folder in turn, or those of one run; creates the runs that began without the platform.

    It may be stopped at any moment and run again: nothing is lost, and nothing is there twice. Raises `TrineError`
    where the platform does not answer.
    """
    for folder in sorted(spill_root().glob("*/*/")):
        if run is None or run in (folder.parent.name, _becomes(folder.parent)):
            yield _sync_folder(transport, folder)


def reached(run: Path) -> tuple[int, int]:
    """The greatest attempt and step of what is left of a run in its folder; 0 and -1 where there is nothing."""
    attempt, step = 0, -1
    for path in run.glob("*/*.json"):
        if path.stem.isdigit():
            batch = json.loads(path.read_text(encoding="utf-8"))
            attempt = max(attempt, batch.get("attempt", 1))
            own = (series["steps"] for name, series in batch.get("metrics", {}).items() if not name.startswith(SYSTEM))
            step = max(step, max(map(max, own), default=-1))
    return attempt, step


def _becomes(run: Path) -> str | None:
    found = stored(run)
    return found[1] if found else None


def _sync_folder(transport: Transport, folder: Path) -> Synced:
    run, source = folder.parent.name, folder.name
    with open(folder / LOCK, "ab") as held:
        if not flock(held):
            return Synced(run, source, "in_use", reason="its process still runs and sends it")
        origin = _origin(folder)
        if origin not in ("", transport.url):
            return Synced(run, source, "elsewhere", reason=f"it belongs to {origin or 'an unknown platform'}")
        return _send_folder(transport, folder)


def _send_folder(transport: Transport, folder: Path) -> Synced:
    local, source = folder.parent.name, folder.name
    sent = dropped = 0
    try:
        run = _run_id(transport, folder.parent)
    except (NotFound, Conflict, ValidationFailed) as error:
        return Synced(local, source, "refused", reason=error.detail)
    if run is None:
        return Synced(local, source, "refused", reason="the process that began the run was on another machine")
    for path in _kept(folder):
        try:
            _send(transport, run, path)
            sent += 1
        except ValidationFailed:
            dropped += 1
        except (NotFound, Conflict) as error:
            return Synced(run, source, "refused", sent, dropped, error.detail)
        remove_kept(path)
    finish = folder / FINISH
    if finish.exists():
        with suppress(Conflict):  # it was given an end in the meantime
            transport.request("PATCH", f"/api/v1/runs/{run}", json=json.loads(finish.read_text()))
        finish.unlink()
    for partial in (*folder.glob(".*.json"), *folder.glob(f".*{UPLOAD}")):  # halfway when its process died
        remove_kept(partial)
    remove_folder(folder)
    return Synced(run, source, "sent", sent, dropped)


def _run_id(transport: Transport, run: Path) -> str | None:
    """Of the run in the platform, which is created where it began without one; None where nobody knows how."""
    if not run.name.startswith(LOCAL):
        return run.name
    found = stored(run)
    return Identity(run.name, found[0]).resolve(transport.request) if found else None


def _kept(folder: Path) -> list[Path]:
    """Batches, then uploads, each in the order in which they were made."""
    batches = sorted(path for path in folder.glob("*.json") if path.stem.isdigit())
    return batches + sorted(path for path in folder.glob(f"*{UPLOAD}") if path.stem.isdigit())


def _send(transport: Transport, run: str, path: Path) -> None:
    if path.suffix == UPLOAD:
        Upload.load(path).send(transport.request, run)
        return
    headers = {"Content-Type": "application/json"}
    transport.request("POST", f"/api/v1/runs/{run}/batches", content=path.read_bytes(), headers=headers)


def _origin(folder: Path) -> str | None:
    try:
        url = json.loads((folder / ORIGIN).read_text())["url"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return str(url)
