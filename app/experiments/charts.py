"""What a chart shows of a series: pure. `drawn` looks at all points, `Sketch` at those that a pyramid leaves to be
read; what they show is the same."""

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.experiments.downsample import MINIMUM_BUDGET, edges, in_order, merge, outline, thin
from app.experiments.ingest_points import Columns, joined
from app.experiments.pyramid import WORTH, Part, Pyramid
from app.experiments.schemas import Axis
from app.experiments.smoothing import smoothed

MILLISECONDS = 3
"""Decimals."""

X = NDArray[np.float64] | NDArray[np.int64]


class View(NamedTuple):
    """How a chart looks at series."""

    points: int
    """Budget of each."""
    axis: Axis = Axis.STEP
    smoothing: float = 0.0
    first: float | None = None
    """Of the axis: a step, seconds since 1970, or seconds since the run began; both ends belong to what is shown."""
    last: float | None = None

    @property
    def summarized_from(self) -> int | None:
        """Points of a series from which its extremes should be asked before its points; None where they say nothing."""
        return None if self.smoothing else WORTH * (self.points // MINIMUM_BUDGET)


class Curve(NamedTuple):
    points: Columns
    x: X
    """Where they lie on the axis."""
    total: int
    """How many points there are in what is looked at."""

    def rounded(self, view: View) -> X:
        """Times to the millisecond; of a thinned curve to what moves no point by more than a hundredth of a column,
        because times to the millisecond are half of such an answer."""
        if view.axis is Axis.STEP:
            return self.points.steps
        decimals = MILLISECONDS
        if self.total > view.points:
            first, last = _ends(float(self.x[0]), float(self.x[-1]), view)
            finest = (last - first) / (view.points // MINIMUM_BUDGET) / 50
            decimals = min(decimals, math.ceil(-math.log10(finest))) if finest else decimals
        return self.x.round(decimals)


def drawn(parts: Sequence[tuple[int, Columns]], view: View, began: float) -> Curve:
    """Of points with their attempt, in the order in which they were written, of a run that began then."""
    pieces = [columns for _, columns in parts]
    if view.axis is Axis.STEP and not view.smoothing and in_order(pieces):
        return _outlined(pieces, view)
    points = merge(parts)
    points = points._replace(values=smoothed(points.values, view.smoothing))
    x = _x(points, view, began)
    if not (x[1:] >= x[:-1]).all():
        # Clocks go back, and late steps are logged early.
        order = np.argsort(x, kind="stable")
        points, x = points.at(order), x[order]
    within = _within(x, view)
    points, x = points.at(within), x[within]
    if not len(x):
        return Curve(points, x, 0)
    kept = thin(x, points.values, view.points, _ends(x[0], x[-1], view))
    return Curve(points.at(kept), x[kept], len(x))


class OutOfOrder(ValueError):
    """Only all points tell what a chart shows: some step is said twice, or times do not ascend with the steps."""


class Sketch:
    """A chart of a series whose merged chunks are known by their extremes alone."""

    def __init__(
        self, pyramid: Pyramid, others: Sequence[Columns], view: View, began: float, *, times: bool = True
    ) -> None:
        """`others` are the points that are not in merged chunks, in ascending order each; without `times` those of the
        points may be wrong. Raises `OutOfOrder`."""
        self._pyramid, self._others, self._view, self._began = pyramid, others, view, began
        self._times = times
        assert times or view.axis is Axis.STEP, "any other axis needs times"
        spans = sorted([*pyramid.spans(), *(_span(piece) for piece in others)])
        apart = all(before[1] < after[0] for before, after in itertools.pairwise(spans))
        if not apart or not all((piece.steps[1:] > piece.steps[:-1]).all() for piece in others):
            raise OutOfOrder("steps are said twice")
        if view.axis is Axis.STEP:
            x: X = pyramid.first_steps
            self._ends = _ends(float(spans[0][0]), float(spans[-1][1]), view)
        else:
            x = pyramid.first_times - self._origin
            self._ends = _ends(spans[0][2] - self._origin, spans[-1][3] - self._origin, view)
            ascend = all(before[3] <= after[2] for before, after in itertools.pairwise(spans))
            within = all((piece.times[1:] >= piece.times[:-1]).all() for piece in others)
            if not (ascend and within and pyramid.times_ascend):
                raise OutOfOrder("times do not ascend with the steps")
        # Times are told as differences, which say nothing of a point without those before it.
        self._plan = pyramid.plan(x, view.points, (view.first, view.last), self._ends, sparse=not times)

    def parts(self) -> dict[int, Part]:
        """By chunk of the pyramid, what is to be read."""
        return self._pyramid.parts(self._plan, times=self._times)

    def drawn(self, read: Mapping[int, tuple[bytes, bytes]]) -> Curve:
        """`read` has what `parts` wanted."""
        pieces, total = self._merged(read)
        for piece in self._others:
            shown = piece.at(_within(_x(piece, self._view, self._began), self._view))
            pieces.append(shown)
            total += len(shown.steps)
        points = joined(pieces)
        if len(pieces) > 1:
            points = points.at(np.unique(points.steps, return_index=True)[1])
        if total > self._view.points:
            points = self._outlined(points)
        return Curve(points, _x(points, self._view, self._began), total)

    def _merged(self, read: Mapping[int, tuple[bytes, bytes]]) -> tuple[list[Columns], int]:
        """Of the pyramid what may be shown, in any order and some of it twice, and how many points that stands for."""
        places, points = self._pyramid.points(self._plan, read)
        within = _within(_x(points, self._view, self._began), self._view)
        places, points = places[within], points.at(within)
        if not self._plan.is_coarse:
            return [points], len(places)
        known, extremes = self._pyramid.extremes(self._plan)
        ends = np.concatenate((places[:1], places[-1:], known))
        return [self._outlined(points), extremes], int(ends.max() - ends.min()) + 1

    def _outlined(self, points: Columns) -> Columns:
        if not len(points.steps):
            return points
        x = _x(points, self._view, self._began)
        return points.at(outline(x, points.values, edges(*self._ends, self._view.points)))

    @property
    def _origin(self) -> float:
        return self._began if self._view.axis is Axis.RELATIVE else 0.0


def _outlined(pieces: Sequence[Columns], view: View) -> Curve:
    """As `drawn`, piece by piece: of a long curve most of the time goes into moving all of its points about."""
    pieces = [piece for piece in (each.at(_within(each.steps, view)) for each in pieces) if len(piece.steps)]
    total = sum(len(piece.steps) for piece in pieces)
    if total > view.points:
        between = edges(*_ends(float(pieces[0].steps[0]), float(pieces[-1].steps[-1]), view), view.points)
        pieces = [piece.at(outline(piece.steps, piece.values, between)) for piece in pieces]
        points = joined(pieces)
        points = points.at(outline(points.steps, points.values, between))
    else:
        points = joined(pieces)
    return Curve(points, points.steps, total)


def _x(points: Columns, view: View, began: float) -> X:
    if view.axis is Axis.STEP:
        return points.steps
    return points.times - began if view.axis is Axis.RELATIVE else points.times


def _span(piece: Columns) -> tuple[int, int, float, float]:
    return int(piece.steps[0]), int(piece.steps[-1]), float(piece.times[0]), float(piece.times[-1])


def _within(x: NDArray[Any], view: View) -> slice:
    return slice(
        0 if view.first is None else int(np.searchsorted(x, view.first, "left")),
        len(x) if view.last is None else int(np.searchsorted(x, view.last, "right")),
    )


def _ends(first: float, last: float, view: View) -> tuple[float, float]:
    return first if view.first is None else view.first, last if view.last is None else view.last
