"""What is counted and measured: gathered in memory, so that a request pays for a dictionary, and told now and then.

The metrics are of the process, like its logs. Which there are is `app/metrics.py`; whom they are told is a `Sink`.
"""

import asyncio
from abc import ABC, abstractmethod
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Protocol

import structlog

log = structlog.get_logger(__name__)

TELL_SECONDS = 5.0
"""Ray hands what it was told on every ten seconds, and forgets a gauge that it is not told again."""

Labels = tuple[str, ...]
"""Values, in the order of the metric's labels. Each label must have few of them."""


class Sink(Protocol):
    """Whom metrics are told. `RaySink`, and what a test reads."""

    def increase(self, name: str, what: str, labels: Mapping[str, str], by: float) -> None: ...

    def set(self, name: str, what: str, labels: Mapping[str, str], value: float) -> None: ...


class Metric(ABC):
    kind = ""
    suffixes: tuple[str, ...] = ("",)
    """Of the names under which Prometheus finds it."""

    def __init__(self, name: str, what: str, labels: Labels = ()) -> None:
        self.name = name
        self.what = what
        self.labels = labels

    @abstractmethod
    def tell(self, sink: Sink) -> Iterator[None]:
        """Pauses after each series: an application with thousands of them goes on answering."""

    def named(self, values: Labels) -> dict[str, str]:
        return dict(zip(self.labels, values, strict=True))


class Counter(Metric):
    kind, suffixes = "counter", ("_total",)

    def __init__(self, name: str, what: str, labels: Labels = ()) -> None:
        super().__init__(name, what, labels)
        self._totals: dict[Labels, float] = {}
        self._told: dict[Labels, float] = {}

    def add(self, *labels: str, by: float = 1) -> None:
        self._totals[labels] = self._totals.get(labels, 0) + by

    def total(self, *labels: str) -> float:
        return self._totals.get(labels, 0)

    def tell(self, sink: Sink) -> Iterator[None]:
        for labels, total in list(self._totals.items()):
            if grown := total - self._told.get(labels, 0):
                sink.increase(self.name, self.what, self.named(labels), grown)
                self._told[labels] = total
                yield


class Gauge(Metric):
    """Read when it is told, by a reading of the `Exporter`; what is not read any more is gone."""

    kind = "gauge"

    def __init__(self, name: str, what: str, labels: Labels = ()) -> None:
        super().__init__(name, what, labels)
        self._values: dict[Labels, float] = {}

    def set(self, value: float, *labels: str) -> None:
        self._values[labels] = value

    def value(self, *labels: str) -> float | None:
        return self._values.get(labels)

    def clear(self) -> None:
        self._values.clear()

    def tell(self, sink: Sink) -> Iterator[None]:
        for labels, value in list(self._values.items()):
            sink.set(self.name, self.what, self.named(labels), value)
            yield


class Histogram(Metric):
    """Told as the three series that Prometheus knows, each a gauge.

    From a histogram of its own Ray 2.60 keeps the counts of the buckets and makes up the values again, one by one, from
    their middles (`_private/telemetry/open_telemetry_metric_recorder.py`): sums would be guesses.
    """

    kind, suffixes = "histogram", ("_bucket", "_sum", "_count")

    def __init__(self, name: str, what: str, labels: Labels = (), *, bounds: Sequence[float]) -> None:
        """`bounds` are the upper ends of the buckets, in order; the last bucket has none."""
        super().__init__(name, what, labels)
        self.bounds = tuple(bounds)
        self._ends = (*(f"{bound:g}" for bound in self.bounds), "+Inf")
        self._series: dict[Labels, list[float]] = {}
        """Counts of the buckets, then the sum."""

    def observe(self, value: float, *labels: str) -> None:
        series = self._series.get(labels)
        if series is None:
            series = self._series[labels] = [0] * (len(self._ends) + 1)
        series[bisect_left(self.bounds, value)] += 1
        series[-1] += value

    def count(self, *labels: str) -> int:
        return int(sum(self._series.get(labels, (0,))[:-1]))

    def sum(self, *labels: str) -> float:
        return self._series.get(labels, (0,))[-1]

    def tell(self, sink: Sink) -> Iterator[None]:
        for labels, (*counts, total) in list(self._series.items()):
            named = self.named(labels)
            for end, below in zip(self._ends, accumulate(counts), strict=True):
                sink.set(f"{self.name}_bucket", self.what, named | {"le": end}, below)
            sink.set(f"{self.name}_sum", self.what, named, total)
            sink.set(f"{self.name}_count", self.what, named, sum(counts))
            yield


class Exporter:
    """Reads the gauges of one application and tells all metrics, until it is stopped."""

    def __init__(self, metrics: Iterable[Metric], sink: Sink | None = None) -> None:
        """Without a `sink` nobody is told."""
        self._metrics = tuple(metrics)
        self._sink = sink
        self._readings: list[Callable[[], None]] = []
        self._task: asyncio.Task[None] | None = None

    def reads(self, reading: Callable[[], None]) -> None:
        """`reading` sets gauges; it is called before they are told."""
        self._readings.append(reading)

    def start(self) -> None:
        if self._sink:
            self._task = asyncio.create_task(self._run(self._sink))

    async def stop(self) -> None:
        """What came since the last time is told."""
        if self._task and self._sink:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            await self._tell(self._sink)

    def read(self) -> None:
        for metric in self._metrics:
            if isinstance(metric, Gauge):
                metric.clear()
        for reading in self._readings:
            reading()

    async def _run(self, sink: Sink) -> None:
        while True:
            try:
                await self._tell(sink)
            except Exception:
                log.exception("metrics.not_told")
            await asyncio.sleep(TELL_SECONDS)

    async def _tell(self, sink: Sink) -> None:
        self.read()
        for metric in self._metrics:
            for _ in metric.tell(sink):
                await asyncio.sleep(0)
