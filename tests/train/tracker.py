"""A tracker that remembers."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trine.specs.telemetry import Failure


class Memory:
    """What recipes were told to log, in memory: a run without a platform and without a terminal."""

    def __init__(self) -> None:
        self.points: list[tuple[int | None, dict[str, float]]] = []
        self.failures: list[Failure] = []

    def series(self, name: str) -> list[float]:
        return [metrics[name] for _, metrics in self.points if name in metrics]

    def log(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        self.points.append((step, dict(metrics)))

    def config(self, params: Mapping[str, Any]) -> None: ...

    def summarize(self, values: Mapping[str, Any]) -> None: ...

    def fail(self, failure: Failure) -> None:
        self.failures.append(failure)

    def flush(self, timeout: float = 15.0) -> bool:
        return True

    def log_artifact(self, path: str | Path, **_: Any) -> str:
        return str(path)
