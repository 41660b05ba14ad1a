"""What surrounds a recipe: where it reads, writes and reports. `recipe.train(spec, job) -> Outcome | None`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from trine.artifacts import ArtifactType
from trine.handle import RunHandle
from trine.specs.telemetry import Failure


class Tracker(Protocol):
    """What recipes use of `trine.run.Run`; `trine.console.Console` is the same without a platform."""

    def log(self, metrics: Mapping[str, float], step: int | None = None) -> None: ...
    def config(self, params: Mapping[str, Any]) -> None: ...
    def summarize(self, values: Mapping[str, Any]) -> None: ...
    def fail(self, failure: Failure) -> None: ...
    def flush(self, timeout: float = 15.0) -> bool: ...
    def log_artifact(
        self,
        path: str | Path,
        *,
        name: str | None = None,
        type: ArtifactType = "file",  # noqa: A002 — the word of the API
        metadata: Mapping[str, Any] | None = None,
    ) -> str: ...


@dataclass(frozen=True)
class Job:
    run: Tracker
    handle: RunHandle | None
    """For other processes that report to the same run; None without a platform."""
    storage: str
    """Checkpoints and other state that another attempt goes on from: a folder or `s3://…`."""
    folder: Path
    """Scratch of this attempt; the result is written below it."""
    local: bool = False
    """Without Ray, in this process."""
    artifact: Path | None = None
    """Folder of the artifact that the spec names as data."""
    roots: tuple[str, ...] | None = None
    """Folders that paths of the spec must lie below; None allows any."""


@dataclass(frozen=True)
class Outcome:
    """A trained model."""

    folder: Path
    metadata: dict[str, Any]
    """`framework`, `metrics`, `signature`."""
    summary: dict[str, Any] = field(default_factory=dict)
