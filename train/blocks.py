"""Blocks of tokens, the rows that a language model trains on, and the place that a worker has reached in them.

The pieces of the data are dealt to groups once; a worker owns every `size`-th group and reads its groups in an order
that (seed, epoch) determines. So a place is three numbers, the same on every machine, and a resumed worker reads on at
the very next block without encoding what it has already seen.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from train.data import Piece, read
from train.split import Split
from train.tokenizer import encode
from trine.failures import DataError

GROUP_BYTES = 256 * 1024
"""Text whose blocks are shuffled together; also what one data task encodes."""

Blocks = npt.NDArray[np.int32]
"""[N, context + 1]: inputs and, shifted by one, targets."""


@dataclass(frozen=True)
class Place:
    """The next block that a worker reads."""

    epoch: int = 0
    group: int = 0
    """Groups of this worker that were read to the end in this epoch."""
    block: int = 0
    """Blocks read of the current group."""


EpochReader = Callable[[Place], Iterable[Blocks]]
"""From a place: the blocks of the group it is in (from that group's start), then of each group left in the epoch."""


@dataclass(frozen=True)
class Encoder:
    """Turns groups of pieces into shuffled blocks. Picklable; its tokenizer is text."""

    tokenizer: str
    """`tokenizer.json`."""
    split: Split
    context: int
    seed: int

    def __call__(self, group: Sequence[Piece], order: int) -> Blocks:
        """The training blocks of a group; `order` shuffles them, the remainder of less than a block is left out."""
        import tokenizers

        tokenizer = tokenizers.Tokenizer.from_str(self.tokenizer)
        texts = [text for piece in group for text in read(piece) if self.split.side(text) == "train"]
        blocks = cut(encode(tokenizer, texts), self.context)
        return blocks[np.random.default_rng((self.seed, 2, order)).permutation(len(blocks))]


def cut(tokens: npt.NDArray[np.int32], context: int) -> Blocks:
    """Every target is predicted once: neighbours share one token."""
    count = max(0, (len(tokens) - 1) // context)
    starts = np.arange(count)[:, None] * context
    return tokens[starts + np.arange(context + 1)] if count else np.empty((0, context + 1), dtype=np.int32)


def groups(pieces: Sequence[Piece], seed: int, at_least: int) -> tuple[tuple[Piece, ...], ...]:
    """Pieces in a random order, dealt to groups of about GROUP_BYTES, or smaller so that there are `at_least`."""
    total = sum(piece.size for piece in pieces)
    limit = min(GROUP_BYTES, max(1, total // max(1, at_least)))
    found: list[tuple[Piece, ...]] = []
    current: list[Piece] = []
    size = 0
    for index in np.random.default_rng((seed, 0)).permutation(len(pieces)):
        current.append(pieces[index])
        size += pieces[index].size
        if size >= limit:
            found.append(tuple(current))
            current, size = [], 0
    if current:
        found.append(tuple(current))
    return tuple(found)


def shared(
    groups: Sequence[tuple[Piece, ...]], rank: int, size: int, seed: int, place: Place
) -> tuple[tuple[tuple[Piece, ...], int], ...]:
    """The groups that a worker still reads in the epoch of `place`, each with the number that shuffles it."""
    # With fewer groups than workers, workers share a group; their shuffles differ.
    own = range(rank, len(groups), size) if len(groups) >= size else range(len(groups))
    order = np.random.default_rng((seed, 1, place.epoch, rank)).permutation(len(own))
    numbers = [(own[index], (place.epoch * len(groups) + own[index]) * size + rank) for index in order]
    return tuple((groups[index], shuffle) for index, shuffle in numbers[place.group :])


def read_blocks(
    encoder: Encoder, groups: Sequence[tuple[Piece, ...]], rank: int, size: int, place: Place
) -> Iterator[Blocks]:
    """The blocks of each group that is left in an epoch, in this process; the first group from the start."""
    for group, order in shared(groups, rank, size, encoder.seed, place):
        yield encoder(group, order)


class Batches:
    """An endless stream of batches [batch, context + 1] and the place behind the last one."""

    def __init__(self, epochs: EpochReader, batch: int, place: Place) -> None:
        self._epochs = epochs
        self._batch = batch
        self.place = place
        self._groups: Iterator[Blocks] = iter(())
        self._current: Blocks | None = None
        self._open()

    def __next__(self) -> Blocks:
        parts: list[Blocks] = []
        missing = self._batch
        empty_epochs = 0
        while missing:
            if self._current is None:
                empty_epochs = self._next_group(empty_epochs)
                continue
            part = self._current[self.place.block : self.place.block + missing]
            missing -= len(part)
            if len(part):
                parts.append(part)
                empty_epochs = 0
            self.place = replace(self.place, block=self.place.block + len(part))
            if self.place.block >= len(self._current):
                self.place = Place(self.place.epoch, self.place.group + 1, 0)
                self._current = None
        return np.concatenate(parts) if len(parts) > 1 else parts[0]

    def __iter__(self) -> "Batches":
        return self

    def _open(self) -> None:
        self._groups = iter(self._epochs(self.place))

    def _next_group(self, empty_epochs: int) -> int:
        self._current = next(self._groups, None)
        if self._current is not None:
            return empty_epochs
        if empty_epochs > 1:
            raise DataError("data: a worker found no block of training text; use more data or a shorter shape.context")
        self.place = Place(self.place.epoch + 1)
        self._open()
        return empty_epochs + 1
