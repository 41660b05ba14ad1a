"""A run that nobody records: its numbers go to the terminal."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trine.artifacts import ArtifactType
from trine.specs.telemetry import Failure


class Console:
    """Lines on standard output, from the first of several processes only."""

    def __init__(self) -> None:
        self._quiet = int(os.environ.get("RANK", "0")) > 0

    def log(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        self._print(f"step {step}: " + ", ".join(f"{name} {value:.6g}" for name, value in metrics.items()))

    def config(self, params: Mapping[str, Any]) -> None:
        """The person wrote them."""

    def summarize(self, values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            self._print(f"{name}: {value:.6g}" if isinstance(value, float) else f"{name}: {value}")

    def fail(self, failure: Failure) -> None:
        print(f"{failure.kind.value}: {failure.message}", file=sys.stderr, flush=True)

    def flush(self, timeout: float = 15.0) -> bool:
        sys.stdout.flush()
        return True

    def log_artifact(
        self,
        path: str | Path,
        *,
        name: str | None = None,
        type: ArtifactType = "file",  # noqa: A002 — the word of the API
        metadata: Mapping[str, Any] | None = None,
    ) -> str:
        self._print(f"{name or type}: {path}")
        return str(path)

    def _print(self, line: str) -> None:
        if not self._quiet:
            print(line, flush=True)
