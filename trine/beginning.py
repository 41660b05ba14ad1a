"""The beginning of a run: what the platform is told to create it, once, however often and whenever it is told.

A run that began without the platform has a name of this machine, `offline-…`, until it is created. What to tell is kept
in `$TRINE_HOME/spill/<name>/run.json`, and with it, afterwards, which run it became.
"""

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from trine.errors import TrineError
from trine.spill import RUN, RUN_LOCK, flock, spill_root
from trine.uploads import Call

LOCAL = "offline-"


@dataclass(frozen=True)
class Beginning:
    """Everything that any process needs to create the run, or to learn which it is. Picklable, and holds no secret."""

    name: str
    experiment: str = "default"
    project: str = ""
    """Empty for the project of whichever key creates it."""
    tags: dict[str, str] = field(default_factory=dict)
    started: float = 0.0
    """Seconds since 1970 (UTC); 0 for when it is created."""
    key: str = field(default_factory=lambda: uuid4().hex)
    """`Idempotency-Key`: two processes with the same one, and the same of everything else, have one run."""
    local: str = field(default_factory=lambda: LOCAL + secrets.token_hex(8))

    def create(self, call: Call) -> str:
        """The id of the run, created where it was not. Raises a `TrineError`."""
        project = self.project or default_project(call)
        place = f"/api/v1/projects/{project}/experiments"
        experiment = call("POST", place, json={"name": self.experiment}).json()
        body: dict[str, Any] = {"name": self.name, "tags": self.tags, "params": {}}
        if self.started:
            body["started_at"] = datetime.fromtimestamp(self.started, UTC).isoformat()
        headers = {"Idempotency-Key": self.key}
        run = call("POST", f"/api/v1/experiments/{experiment['id']}/runs", json=body, headers=headers).json()
        return str(run["id"])


class Identity:
    """Which run this is: one that the platform has, or one that it will have."""

    def __init__(self, run_id: str, beginning: Beginning | None = None) -> None:
        self._known = None if beginning else run_id
        self.beginning = beginning
        self.local = run_id
        """Names the run's folder on this machine."""

    @property
    def id(self) -> str:
        return self._known or self.local

    @property
    def is_local(self) -> bool:
        return self._known is None

    def keep(self) -> None:
        """Writes down what to create, so that `trine run sync` can. Raises `OSError`."""
        folder = spill_root() / self.local
        if self.beginning is not None and not (folder / RUN).exists():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write(folder / RUN, asdict(self.beginning) | {"run_id": None})

    def resolve(self, call: Call) -> str:
        """The run's id, after creating the run where nobody has. Raises a `TrineError`."""
        if self._known is None and self.beginning is not None:
            with _held(spill_root() / self.local) as folder:
                self._known = _resolved(folder, self.beginning, call)
        return self.id


def stored(folder: Path) -> tuple[Beginning, str | None] | None:
    """What `run.json` of a run's folder says, and which run it became; None where there is no such file."""
    try:
        found = json.loads((folder / RUN).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    known = {each.name for each in fields(Beginning)}
    return Beginning(**{key: value for key, value in found.items() if key in known}), found["run_id"]


def default_project(call: Call) -> str:
    """The project of the API key. Raises `TrineError` where it has none."""
    project = call("GET", "/api/v1/auth/me").json().get("default_project_id")
    if not project:
        raise TrineError(
            "No project was named, and the credential has no default project.",
            code="no_project",
            advice="Give a project, or set TRINE_PROJECT.",
        )
    return str(project)


def _resolved(folder: Path | None, beginning: Beginning, call: Call) -> str:
    """Without a folder nothing is written down: the key still makes it one run."""
    found = stored(folder) if folder else None
    if found and found[1]:
        return found[1]
    run_id = beginning.create(call)
    if folder:
        _write(folder / RUN, asdict(beginning) | {"run_id": run_id})
    return run_id


@contextmanager
def _held(folder: Path) -> Iterator[Path | None]:
    """One process at a time; None where the folder cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = open(folder / RUN_LOCK, "ab")  # noqa: SIM115 — closed below
    except OSError:
        yield None
        return
    with lock:
        flock(lock, wait=True)
        yield folder


def _write(path: Path, content: dict[str, Any]) -> None:
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    partial.write_text(json.dumps(content), encoding="utf-8")
    partial.replace(path)
