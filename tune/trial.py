"""What one trial of a study runs, in a process of Ray Tune."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import ray.tune

from train.job import Job
from trine.artifacts import ArtifactType
from trine.failures import SpecError
from trine.specfile import check_spec
from trine.specs.telemetry import Failure
from trine.specs.training import training_spec

POINTS = "points"
"""Key of a report: [(step, metrics), …] since the report before."""
SUMMARY = "summary"


def run_trial(config: dict[str, Any]) -> None:
    """Trains `config["spec"]` in this process and reports `config["metric"]` to the scheduler whenever it is logged."""
    spec = check_spec(config["spec"], training_spec, f"trial {config['number']}")
    reports = Reports(config["metric"])
    folder = Path(config["folder"], f"{config['number']:05d}")
    artifact = Path(config["artifact"]) if config["artifact"] else None
    job = Job(reports, None, str(folder), folder, local=True, artifact=artifact, roots=config["roots"])
    outcome = import_module(f"train.recipes.{spec.recipe}").train(spec, job)
    reports.end(outcome.summary if outcome else {})


class Reports:
    """A tracker: every point goes along with the next report of the study's metric."""

    def __init__(self, metric: str) -> None:
        self._metric = metric
        self._points: list[tuple[int | None, dict[str, float]]] = []
        self._value: float | None = None
        self._known: set[str] = set()

    def log(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        self._points.append((step, dict(metrics)))
        self._known.update(metrics)
        if self._metric in metrics:
            self._value = float(metrics[self._metric])
            ray.tune.report({self._metric: self._value, POINTS: self._take()})

    def end(self, summary: dict[str, Any]) -> None:
        if self._value is None:
            raise SpecError(f"metric: {self._metric!r} was never logged; this recipe logs {sorted(self._known)}")
        ray.tune.report({self._metric: self._value, POINTS: self._take(), SUMMARY: summary})

    def config(self, params: Mapping[str, Any]) -> None:
        """The platform knows them."""

    def summarize(self, values: Mapping[str, Any]) -> None:
        """`end` does."""

    def fail(self, failure: Failure) -> None:
        """The driver hears of the exception itself."""

    def flush(self, timeout: float = 15.0) -> bool:
        return True

    def log_artifact(
        self,
        path: str | Path,
        *,
        name: str | None = None,
        type: ArtifactType = "file",  # noqa: A002 — the word of the API
        metadata: Mapping[str, Any] | None = None,
    ) -> str:
        return str(path)

    def _take(self) -> list[tuple[int | None, dict[str, float]]]:
        points, self._points = self._points, []
        return points
