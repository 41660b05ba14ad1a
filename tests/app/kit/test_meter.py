"""What is gathered is told: all of it, once, and what is gone no more."""

from collections import defaultdict
from collections.abc import Mapping

from app.kit.meter import Counter, Exporter, Gauge, Histogram

Series = tuple[str, tuple[tuple[str, str], ...]]


class Told:
    """A sink that adds up what Prometheus would see."""

    def __init__(self) -> None:
        self.counts: dict[Series, float] = defaultdict(float)
        self.values: dict[Series, float] = {}

    def increase(self, name: str, what: str, labels: Mapping[str, str], by: float) -> None:
        assert by > 0
        self.counts[name, tuple(labels.items())] += by

    def set(self, name: str, what: str, labels: Mapping[str, str], value: float) -> None:
        self.values[name, tuple(labels.items())] = value


async def told(exporter: Exporter, sink: Told) -> Told:
    exporter.start()
    await exporter.stop()
    return sink


async def test_a_counter_tells_what_came_since_the_last_time() -> None:
    counter = Counter("answers", "Answers.", ("route", "status"))
    sink = Told()
    exporter = Exporter([counter], sink)
    counter.add("/a", "2xx")
    counter.add("/a", "2xx", by=2)
    await told(exporter, sink)
    assert sink.counts == {("answers", (("route", "/a"), ("status", "2xx"))): 3}
    counter.add("/b", "5xx")
    await told(exporter, sink)
    assert sink.counts[("answers", (("route", "/a"), ("status", "2xx")))] == 3
    assert sink.counts[("answers", (("route", "/b"), ("status", "5xx")))] == 1
    assert counter.total("/a", "2xx") == 3


async def test_a_histogram_is_the_three_series_of_prometheus() -> None:
    histogram = Histogram("seconds", "Seconds.", ("route",), bounds=(0.1, 1))
    for seconds in (0.05, 0.1, 0.5, 7):
        histogram.observe(seconds, "/a")
    sink = await told(Exporter([histogram], sink := Told()), sink)
    buckets = {labels[1]: value for (name, labels), value in sink.values.items() if name == "seconds_bucket"}
    assert buckets == {("le", "0.1"): 2, ("le", "1"): 3, ("le", "+Inf"): 4}
    assert sink.values["seconds_sum", (("route", "/a"),)] == 7.65
    assert sink.values["seconds_count", (("route", "/a"),)] == 4
    assert (histogram.count("/a"), histogram.sum("/a"), histogram.count("/b")) == (4, 7.65, 0)


async def test_a_gauge_is_read_when_it_is_told_and_gone_when_it_is_not() -> None:
    gauge = Gauge("waiting", "Waiting.", ("lane",))
    lanes = {"a": 3, "b": 1}
    exporter = Exporter([gauge])

    def read() -> None:
        for lane, waiting in lanes.items():
            gauge.set(waiting, lane)

    exporter.reads(read)
    exporter.read()
    assert (gauge.value("a"), gauge.value("b")) == (3, 1)
    del lanes["b"]
    exporter.read()
    assert (gauge.value("a"), gauge.value("b")) == (3, None)


async def test_without_a_sink_nothing_is_told() -> None:
    counter = Counter("answers", "Answers.")
    counter.add()
    exporter = Exporter([counter])
    read: list[None] = []
    exporter.reads(lambda: read.append(None))
    exporter.start()
    await exporter.stop()
    assert read == []
    sink = await told(Exporter([counter], sink := Told()), sink)
    assert sink.counts == {("answers", ()): 1}, "it was not taken as told"
