"""A chart of a long series from the extremes of its blocks. Of the points themselves only those are read that lie where
a column of the chart begins or ends: so many for so many pixels, however long the series is.

Pure, numpy only: `Pyramid.plan` says what to read, `Pyramid.points` makes points of it. What `downsample.outline` keeps
of those and of `Pyramid.extremes` is what it would have kept of all.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.experiments import chunk_codec, extremes
from app.experiments.column_extremes import ColumnExtremes
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

    read: NDArray[np.intp]
    """Of which points are needed, ascending."""
    skipped: NDArray[np.intp]
    """Points of each that come before those."""
    counts: NDArray[np.intp]
    """How many of each are needed, one after the other."""
    told: NDArray[np.intp]
    """In any order those whose extremes the chart may show; of the others it shows nothing that is not read."""

    @property
    def is_coarse(self) -> bool:
        """Whether some are told of by their extremes: then there are more points than the budget of the chart."""
        return bool(len(self.told))


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
        *,
        sparse: bool,
    ) -> Plan:
        """Blocks begin at `x` [blocks], ascending. The chart shows what lies `within` both ends, and its columns divide
        what lies between the `ends`. A `sparse` one, over steps and without times, reads few points of most blocks."""
        first, end = 0, len(x)
        if within[0] is not None:
            first = max(int(np.searchsorted(x, within[0], "left")) - 1, 0)
        if within[1] is not None:
            end = max(int(np.searchsorted(x, within[1], "right")), first)
        if self._counts[first + 1 : max(end - 1, first + 1)].sum() < WORTH * (budget // MINIMUM_BUDGET):
            return self._whole(np.arange(first, end), np.empty(0, np.intp))
        between = edges(*ends, budget)
        # The column before ends in the block that begins before the edge. What begins at the edge is known of each.
        at = first + np.searchsorted(x[first:end], between, "left") - 1
        needed = np.zeros(len(x), bool)
        needed[at[at >= first]] = needed[[first, end - 1]] = True
        told = np.zeros(len(x), bool)
        told[first:end] = ~needed[first:end]
        columns = ColumnExtremes(self._records, np.flatnonzero(told), x, between)
        read = np.flatnonzero(needed)
        # Of a column that begins with a block its first point is the block's.
        told &= np.append(False, needed[:-1])
        told[columns.told] = True
        if not sparse:
            return self._whole(read, np.flatnonzero(told))
        return self._cut(self._whole(read, np.flatnonzero(told)), at, between, columns)

    def _whole(self, read: NDArray[np.intp], told: NDArray[np.intp]) -> Plan:
        return Plan(read, np.zeros(len(read), np.intp), self._counts[read], told)

    def _cut(self, plan: Plan, at: NDArray[np.intp], between: NDArray[np.float64], columns: ColumnExtremes) -> Plan:
        """Of most blocks in which one column ends and the next begins only the two points at the edge: their extremes
        are in sight of neither column, or lie on the side where they are wanted."""
        alone = np.array([header.values_alone for header in self._headers])
        others = np.diff(at, prepend=-1, append=-1) != 0
        edge = np.flatnonzero(others[:-1] & others[1:] & (at > plan.read[0]) & (at < plan.read[-1]))
        edge = edge[alone[self._chunk_of[at[edge]]]]
        if not len(edge):
            return plan
        once = at[edge]
        steps = self._steps_at(_ranges(self._starts[once], self._counts[once]), self._chunks_of(once))
        below = steps < np.repeat(between[edge], self._counts[once])
        left = np.add.reduceat(below, np.cumsum(self._counts[once]) - self._counts[once], dtype=np.intp)
        hidden = columns.hide(once, edge, left, self._counts[once])
        once, left = once[hidden], left[hidden]
        here = np.searchsorted(plan.read, once)
        plan.skipped[here] = left - 1
        plan.counts[here] = np.minimum(self._counts[once] - left, 1) + 1
        return plan._replace(told=np.concatenate([plan.told, once]))

    def parts(self, plan: Plan, *, times: bool) -> dict[int, Part]:
        """By chunk, what to read of its columns."""
        runs: dict[int, list[tuple[int, int]]] = {}
        for chunk, start, rows in self._runs(plan):
            runs.setdefault(chunk, []).append((start, rows))
        return {number: self._part(number, rows, times=times) for number, rows in runs.items()}

    def points(self, plan: Plan, read: Mapping[int, tuple[bytes, bytes]]) -> tuple[NDArray[np.intp], Columns]:
        """What was read: places in the series, and points. `read` has times and values of each chunk as `parts` wanted
        them; times are 0 where they were not."""
        places = _ranges(self._starts[plan.read] + plan.skipped, plan.counts)
        steps = self._steps_at(places, np.repeat(self._chunk_of[plan.read], plan.counts))
        if not any(times for times, _ in read.values()):
            return places, Columns(steps, np.zeros(len(places)), self._decoded(plan, read, 1))
        # Most of it is zstandard's, which lets other threads work.
        with ThreadPoolExecutor(1) as beside:
            times = beside.submit(self._decoded, plan, read, 0)
            values = self._decoded(plan, read, 1)
        return places, Columns(steps, times.result(), values)

    def extremes(self, plan: Plan) -> tuple[NDArray[np.intp], Columns]:
        """The first, the least and the greatest point of each block that is told of, in any order."""
        records, starts = self._records[plan.told], self._starts[plan.told]
        places = np.concatenate([starts, starts + records["least_at"], starts + records["greatest_at"]])
        times, values = (
            np.concatenate([records[f"{which}{what}"] for which in ("first", "least", "greatest")])
            for what in ("_time", "")
        )
        return places, Columns(self._steps_at(places, np.tile(self._chunk_of[plan.told], 3)), times, values)

    def _chunks_of(self, blocks: NDArray[np.intp]) -> NDArray[np.intp]:
        """Of each of their points."""
        return np.repeat(self._chunk_of[blocks], self._counts[blocks])

    def _steps_at(self, places: NDArray[np.intp], chunks: NDArray[np.intp]) -> NDArray[np.int64]:
        if self._steps is not None:
            return self._steps[places]
        first, stride = self._even.T
        return (first - stride * self._chunk_starts)[chunks] + stride[chunks] * places

    def _runs(self, plan: Plan) -> Iterator[tuple[int, int, int]]:
        """Of points that follow each other: their chunk, the place of the first in it, and how many."""
        if not len(plan.read):
            return
        chunks, starts = self._chunk_of[plan.read], self._starts[plan.read] + plan.skipped
        follow = (starts[1:] == starts[:-1] + plan.counts[:-1]) & (chunks[1:] == chunks[:-1])
        begins = np.flatnonzero(np.append(True, ~follow))
        points = np.add.reduceat(plan.counts, begins)
        starts = starts[begins] - self._chunk_starts[chunks[begins]]
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
        """Times (0) or values (1) of what was read."""
        counts, numbers = plan.counts, self._chunk_of[plan.read]
        rows = _ranges(self._starts[plan.read] - self._chunk_starts[numbers] + plan.skipped, counts)
        begins = np.flatnonzero(np.diff(numbers, prepend=-1))
        columns: list[chunk_codec.Some] = []
        points = np.add.reduceat(counts, begins) if len(begins) else counts
        for number, wanted in zip(numbers[begins].tolist(), points.tolist(), strict=True):
            data = read[number][which]
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
