"""What the columns of a chart show at least, known before any point is read: pure, numpy only."""

import numpy as np
from numpy.typing import NDArray

from app.experiments.downsample import first_equal


class ColumnExtremes:
    """Of each column the least and the greatest value in the blocks that lie in it."""

    def __init__(
        self,
        records: NDArray[np.void],
        known: NDArray[np.intp],
        x: NDArray[np.float64] | NDArray[np.int64],
        between: NDArray[np.float64],
    ) -> None:
        """Blocks `known` lie in one column each, which begin and end at the edges."""
        # NaN counts for nothing.
        self._low = np.where(np.isnan(records["least"]), np.inf, records["least"])
        self._high = np.where(np.isnan(records["greatest"]), -np.inf, records["greatest"])
        self._least_at, self._greatest_at = records["least_at"], records["greatest_at"]
        column = np.searchsorted(between, x[known], "right")
        starts = np.flatnonzero(np.diff(column, prepend=-1))
        ends = np.append(starts[1:], len(known))
        self._least = np.full(len(between) + 1, np.inf)
        self._greatest = np.full(len(between) + 1, -np.inf)
        self.told = np.empty(0, np.intp)
        """Of the blocks those that have an extreme of their column first."""
        if len(known):
            low, high = self._low[known], self._high[known]
            least, greatest = first_equal(low, np.minimum, starts, ends), first_equal(high, np.maximum, starts, ends)
            self._least[column[starts]], self._greatest[column[starts]] = low[least], high[greatest]
            self.told = known[np.concatenate([least, greatest])]

    def hide(
        self, blocks: NDArray[np.intp], edge: NDArray[np.intp], left: NDArray[np.intp], counts: NDArray[np.intp]
    ) -> NDArray[np.bool_]:
        """Which of these blocks, of whose `counts` points so many lie `left` of an edge, have nothing that is not known
        and may be an extreme: on the side of an extreme it is the extreme, and what is on the other side is not beyond
        it. Of equal points the first counts, which is left."""
        low, high = self._low[blocks], self._high[blocks]
        least_left, greatest_left = self._least_at[blocks] < left, self._greatest_at[blocks] < left
        ends_here = left == counts
        least = np.where(least_left, ends_here | (low > self._least[edge + 1]), low >= self._least[edge])
        greatest = np.where(greatest_left, ends_here | (high < self._greatest[edge + 1]), high <= self._greatest[edge])
        return least & greatest
