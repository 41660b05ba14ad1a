"""What a language-model run knows before its first step: tokenizer, held-out blocks, groups of training data."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import tokenizers

from train.blocks import Blocks, Encoder, cut, groups
from train.data import Piece, read
from train.split import Split
from train.tokenizer import byte_lengths, encode, train_tokenizer
from trine.failures import DataError
from trine.specs.training import LanguageModelSpec

SAMPLE_CHARACTERS = 4_000_000
"""Training text that the tokenizer and the bigram baseline are fitted to, at most."""


@dataclass(frozen=True)
class Corpus:
    """Picklable; made once by the driver and sent to every worker."""

    encoder: Encoder
    groups: tuple[tuple[Piece, ...], ...]
    vocabulary: int
    """Tokens that the tokenizer really has."""
    held_out: Blocks
    held_out_bytes: int
    """Bytes of text that the targets of `held_out` stand for."""

    def bytes_per_block(self) -> float:
        return self.held_out_bytes / len(self.held_out)


def prepare(spec: LanguageModelSpec, pieces: Sequence[Piece], *, workers: int) -> tuple[Corpus, list[str]]:
    """The corpus, and the sample of training text that its tokenizer was trained on. Raises DataError."""
    split = Split(spec.validation_fraction, spec.data_fraction, spec.seed)
    # Every token stands for at least one byte, and English or code for three to four.
    sample, held_out = _scan(pieces, split, held_out_characters=spec.validation_tokens * 4)
    if not sample:
        raise DataError("data: no training text was found; use more data or a larger data_fraction")
    tokenizer = train_tokenizer(sample, spec.vocabulary)
    context = spec.shape.context
    blocks = cut(encode(tokenizer, held_out), context)[: max(1, spec.validation_tokens // context)]
    if not len(blocks):
        raise DataError(
            f"data: the held-out documents ({len(held_out)}) hold less than one block of {context} tokens; "
            "use more data, a larger validation_fraction or a shorter shape.context"
        )
    corpus = Corpus(
        encoder=Encoder(tokenizer.to_str(), split, context, spec.seed),
        groups=groups(pieces, spec.seed, at_least=4 * workers),
        vocabulary=tokenizer.get_vocab_size(),
        held_out=blocks,
        held_out_bytes=int(byte_lengths(tokenizer)[blocks[:, 1:]].sum()),
    )
    return corpus, sample


def sample_tokens(corpus: Corpus, sample: list[str]) -> npt.NDArray[np.int32]:
    return encode(tokenizers.Tokenizer.from_str(corpus.encoder.tokenizer), sample)


def _scan(pieces: Sequence[Piece], split: Split, held_out_characters: int) -> tuple[list[str], list[str]]:
    """Documents of both sides until there are enough of each, in an order that names alone determine."""
    # Not the order of the names itself: neighbours in a folder are alike.
    order = np.random.default_rng(0).permutation(len(pieces))
    sides: dict[str, list[str]] = {"train": [], "held_out": []}
    missing = {"train": SAMPLE_CHARACTERS, "held_out": held_out_characters}
    for index in order:
        for text in read(pieces[index]):
            side = split.side(text)
            if missing.get(side, 0) > 0:
                sides[side].append(text)
                missing[side] -= len(text)
            if max(missing.values()) <= 0:
                return sides["train"], sides["held_out"]
    return sides["train"], sides["held_out"]
