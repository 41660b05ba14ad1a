"""Tells Ray, which exports the metrics of every process of a node to Prometheus."""

from collections.abc import Mapping
from typing import Any

import ray.util.metrics

from app.metrics import PROCESS


class RaySink:
    """Works in processes of a cluster only."""

    def __init__(self, process: str) -> None:
        """`process` is the label that tells the platform's processes apart."""
        self._process = {PROCESS: process}
        self._made: dict[str, Any] = {}

    def increase(self, name: str, what: str, labels: Mapping[str, str], by: float) -> None:
        self._metric(ray.util.metrics.Counter, name, what, labels).inc(by, {**labels, **self._process})

    def set(self, name: str, what: str, labels: Mapping[str, str], value: float) -> None:
        self._metric(ray.util.metrics.Gauge, name, what, labels).set(value, {**labels, **self._process})

    def _metric(self, kind: type[Any], name: str, what: str, labels: Mapping[str, str]) -> Any:
        if name not in self._made:
            self._made[name] = kind(name, what, (*labels, PROCESS))
        return self._made[name]
