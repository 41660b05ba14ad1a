"""Sending what dead processes left in `$TRINE_HOME/spill`."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from trine.errors import Conflict, NotFound, ValidationFailed
from trine.spill import FINISH, LOCK, ORIGIN, lock, remove_folder, spill_root
from trine.transport import Transport

State = Literal["sent", "in_use", "elsewhere", "refused"]


@dataclass(frozen=True)
class Synced:
    """What became of one source's folder."""

    run: str
    source: str
    state: State
    """`in_use`: its process lives and sends it. `elsewhere`: it belongs to another platform."""
    sent: int = 0
    """Batches that the platform has now, whether or not it had them before."""
    dropped: int = 0
    """Batches that the platform found invalid; deleted."""
    reason: str = ""


def sync(transport: Transport, *, run: str | None = None) -> Iterator[Synced]:
    """Sends every folder in turn, or those of one run. Raises `TrineError` where the platform does not answer."""
    root = spill_root()
    for folder in sorted(root.glob(f"{run or '*'}/*/")):
        yield _sync_folder(transport, folder)


def _sync_folder(transport: Transport, folder: Path) -> Synced:
    run, source = folder.parent.name, folder.name
    with open(folder / LOCK, "ab") as held:
        if not lock(held):
            return Synced(run, source, "in_use", reason="its process still runs and sends it")
        origin = _origin(folder)
        if origin != transport.url:
            return Synced(run, source, "elsewhere", reason=f"it belongs to {origin or 'an unknown platform'}")
        return _send_folder(transport, folder)


def _send_folder(transport: Transport, folder: Path) -> Synced:
    run, source = folder.parent.name, folder.name
    sent = dropped = 0
    for path in sorted(each for each in folder.glob("*.json") if each.stem.isdigit()):
        try:
            transport.request(
                "POST",
                f"/api/v1/runs/{run}/batches",
                content=path.read_bytes(),
                headers={"Content-Type": "application/json"},
            )
            sent += 1
        except ValidationFailed:
            dropped += 1
        except (NotFound, Conflict) as error:
            return Synced(run, source, "refused", sent, dropped, error.detail)
        path.unlink()
    finish = folder / FINISH
    if finish.exists():
        with suppress(Conflict):  # it was given an end in the meantime
            transport.request("PATCH", f"/api/v1/runs/{run}", json=json.loads(finish.read_text()))
        finish.unlink()
    for partial in folder.glob(".*.json"):  # written halfway when its process died
        partial.unlink()
    remove_folder(folder)
    return Synced(run, source, "sent", sent, dropped)


def _origin(folder: Path) -> str | None:
    try:
        url = json.loads((folder / ORIGIN).read_text())["url"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return str(url)
