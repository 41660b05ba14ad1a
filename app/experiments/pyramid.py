"""A chart of a long series from the extremes of its blocks. Of the points themselves only those are read that lie where
a column of the chart begins or ends: so many for so many pixels, however long the series is.

Pure, numpy only: `Pyramid.plan` says what to read, `Pyramid.points` makes points of it. What `downsample.outline` keeps
of those and of `Pyramid.extremes` is what it would have kept of all.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.experiments import chunk_codec, extremes
from app.experiments.downsample import MINIMUM_BUDGET, edges
from app.experiments.extremes import BLOCK
from app.experiments.ingest_points import Columns

WORTH = 2 * BLOCK
"""Points of a column, from which most blocks need not be read."""
Span = tuple[int, int]
"""Of bytes in a column: where it begins, and its length."""


class Outside(NamedTuple):
    """What of a merged chunk is known before its points are read."""

    points: int
    steps: bytes
    times_length: int
    values_length: int
    extremes: bytes


class Part(NamedTuple):
    """What is to be read of a chunk, or what was read, one after the other."""

    times: Sequence[Span]
    values: Sequence[Span]


class Plan(NamedTuple):
    """Blocks, by their place in the series."""

    first: int
    end: int
    """The chart lies within the blocks between."""
    read: NDArray[np.intp]
    """Of which all points are needed, ascending."""

    @property
    def is_coarse(self) -> bool:
        """Whether some are told of by their extremes: then there are more points than the budget of the chart."""
        return len(self.read) < self.end - self.first


class Pyramid:
    """Merged chunks of one series, one after the other; each of them has its extremes."""

    def __init__(self, chunks: Sequence[Outside]) -> None:
        self.chunks = chunks
        self._headers = [extremes.header_of(chunk.extremes) for chunk in chunks]
        self._records = extremes.records_of([chunk.extremes for chunk in chunks])
        even = [chunk_codec.even_steps(chunk.steps) for chunk in chunks]
        self._even = np.array([each for each in even if each], np.int64)
        self._steps: NDArray[np.int64] | None = None
        """Where not those of all chunks lie evenly apart."""
        if len(self._even) < len(chunks):
            self._steps = np.concatenate([chunk_codec.steps_of(chunk.steps, chunk.points) for chunk in chunks])
        points = np.array([chunk.points for chunk in chunks])
        blocks = -(-points // BLOCK)
        self._chunk_of = np.repeat(np.arange(len(chunks)), blocks)
        self._chunk_starts = np.cumsum(points) - points
        within = np.arange(len(self._chunk_of)) - np.repeat(np.cumsum(blocks) - blocks, blocks)
        self._starts = self._chunk_starts[self._chunk_of] + BLOCK * within
        self._points = int(points.sum())
        self._counts = np.diff(np.append(self._starts, self._points))

    @property
    def times_ascend(self) -> bool:
        """Within each chunk."""
        return all(header.times_ascend for header in self._headers)

    @property
    def first_times(self) -> NDArray[np.float64]:
        """[blocks]"""
        times: NDArray[np.float64] = self._records["first_time"]
        return times

    @property
    def first_steps(self) -> NDArray[np.int64]:
        """[blocks]"""
        return self._steps_at(self._starts, self._chunk_of)

    def spans(self) -> list[tuple[int, int, float, float]]:
        """Of each chunk its first and last step, and the times of these."""
        ends = np.append(self._chunk_starts[1:], self._points) - 1
        first = self.first_times[np.searchsorted(self._starts, self._chunk_starts)]
        last = [header.last_time for header in self._headers]
        chunks = np.arange(len(self.chunks))
        steps = (self._steps_at(places, chunks).tolist() for places in (self._chunk_starts, ends))
        return list(zip(*steps, first.tolist(), last, strict=True))

    def plan(
        self,
        x: NDArray[np.float64] | NDArray[np.int64],
        budget: int,
        within: tuple[float | None, float | None],
        ends: tuple[float, float],
    ) -> Plan:
        """Blocks begin at `x` [blocks], ascending. The chart shows what lies `within` both ends, and its columns divide
        what lies between the `ends`."""
        first, end = 0, len(x)
        if within[0] is not None:
            first = max(int(np.searchsorted(x, within[0], "left")) - 1, 0)
        if within[1] is not None:
            end = max(int(np.searchsorted(x, within[1], "right")), first)
        if self._counts[first + 1 : max(end - 1, first + 1)].sum() < WORTH * (budget // MINIMUM_BUDGET):
            return Plan(first, end, np.arange(first, end))
        # The column before ends in the block that begins before the edge. What begins at the edge is known of each.
        at = np.searchsorted(x[first:end], edges(*ends, budget), "left") - 1
        return Plan(first, end, first + np.unique(np.concatenate(([0], at[at >= 0], [end - first - 1]))))

    def parts(self, plan: Plan, *, times: bool) -> dict[int, Part]:
        """By chunk, what to read of its columns."""
        runs: dict[int, list[tuple[int, int]]] = {}
        for chunk, start, rows in self._runs(plan.read):
            runs.setdefault(chunk, []).append((start, rows))
        return {number: self._part(number, rows, times=times) for number, rows in runs.items()}

    def points(self, plan: Plan, read: Mapping[int, tuple[bytes, bytes]]) -> tuple[NDArray[np.intp], Columns]:
        """Of the blocks that were read: their places in the series, and themselves. `read` has times and values of each
        chunk as `parts` wanted them; times are 0 where they were not."""
        places = _ranges(self._starts[plan.read], self._counts[plan.read])
        steps = self._steps_at(places, np.repeat(self._chunk_of[plan.read], self._counts[plan.read]))
        return places, Columns(steps, self._decoded(plan, read, 0), self._decoded(plan, read, 1))

    def extremes(self, plan: Plan) -> tuple[NDArray[np.intp], Columns]:
        """Of the blocks that were not: the first, the least and the greatest point of each, in any order."""
        known = np.ones(plan.end - plan.first, bool)
        known[plan.read - plan.first] = False
        blocks = plan.first + np.flatnonzero(known)
        records, starts = self._records[blocks], self._starts[blocks]
        places = np.concatenate([starts, starts + records["least_at"], starts + records["greatest_at"]])
        times, values = (
            np.concatenate([records[f"{which}{what}"] for which in ("first", "least", "greatest")])
            for what in ("_time", "")
        )
        return places, Columns(self._steps_at(places, np.tile(self._chunk_of[blocks], 3)), times, values)

    def _steps_at(self, places: NDArray[np.intp], chunks: NDArray[np.intp]) -> NDArray[np.int64]:
        if self._steps is not None:
            return self._steps[places]
        first, stride = self._even.T
        return (first - stride * self._chunk_starts)[chunks] + stride[chunks] * places

    def _runs(self, read: NDArray[np.intp]) -> Iterator[tuple[int, int, int]]:
        """Of blocks that follow each other: their chunk, the place of their first point in it, and how many points."""
        if not len(read):
            return
        chunks = self._chunk_of[read]
        begins = np.flatnonzero(np.append(True, (np.diff(read) != 1) | (np.diff(chunks) != 0)))
        points = np.add.reduceat(self._counts[read], begins)
        starts = self._starts[read[begins]] - self._chunk_starts[chunks[begins]]
        yield from zip(chunks[begins].tolist(), starts.tolist(), points.tolist(), strict=True)

    def _part(self, number: int, rows: Sequence[tuple[int, int]], *, times: bool) -> Part:
        chunk, header = self.chunks[number], self._headers[number]
        return Part(
            _spans(chunk.times_length, header.times_tail, chunk.points, rows) if times else (),
            _spans(chunk.values_length, header.values_tail, chunk.points, rows),
        )

    def _tail(self, number: int, which: int) -> int:
        header = self._headers[number]
        return header.values_tail if which else header.times_tail

    def _decoded(self, plan: Plan, read: Mapping[int, tuple[bytes, bytes]], which: int) -> NDArray[np.float64]:
        """Times (0) or values (1) of all points of the blocks that were read."""
        counts, numbers = self._counts[plan.read], self._chunk_of[plan.read]
        rows = _ranges(self._starts[plan.read] - self._chunk_starts[numbers], counts)
        begins = np.flatnonzero(np.diff(numbers, prepend=-1))
        columns: list[chunk_codec.Some] = []
        points = np.add.reduceat(counts, begins) if len(begins) else counts
        for number, wanted in zip(numbers[begins].tolist(), points.tolist(), strict=True):
            data = read[number][which]
            if not data:
                return np.zeros(len(rows))
            head = len(data) - wanted * self._tail(number, which)
            columns.append(chunk_codec.Some(data[:head], data[head:], self.chunks[number].points))
        bits = chunk_codec.words_at(columns, rows, points)
        differ = np.array([chunk_codec.of_differences(column.head) for column in columns], bool)
        if differ.any():
            first = self._records[("first_time", "first")[which]][plan.read].view(np.int64)
            blocks = np.repeat(differ, np.diff(np.append(begins, len(numbers))))
            bits = np.where(np.repeat(blocks, counts), _summed(bits, counts, first), bits)
        return bits.view(np.float64)


def _spans(length: int, tail: int, count: int, rows: Sequence[tuple[int, int]]) -> list[Span]:
    head = length - tail * count
    return [(0, head), *((head + tail * start, tail * points) for start, points in rows if tail)]


def _ranges(starts: NDArray[np.intp], counts: NDArray[np.intp]) -> NDArray[np.intp]:
    """Each start and what follows it, one after the other."""
    ends = np.cumsum(counts)
    places: NDArray[np.intp] = np.arange(ends[-1] if len(ends) else 0) + np.repeat(starts - (ends - counts), counts)
    return places


def _summed(differences: NDArray[np.int64], counts: NDArray[np.intp], first: NDArray[np.int64]) -> NDArray[np.int64]:
    """Of blocks of so many points each, of which the first is known: every point. Wraps around as they did."""
    sums = chunk_codec.unzigzag(differences).cumsum()
    return sums + np.repeat(first - sums[np.cumsum(counts) - counts], counts)
