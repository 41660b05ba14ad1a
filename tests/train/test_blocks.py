from functools import partial
from pathlib import Path

import numpy as np
import pytest

from tests.train.tiny import tiny_spec, write_sentences
from train import blocks as module
from train.blocks import Batches, Place, cut, groups, read_blocks, shared
from train.corpus import Corpus, prepare
from train.data import pieces
from trine.failures import DataError


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    folder = write_sentences(tmp_path_factory.mktemp("data"))
    spec = tiny_spec(folder)
    return prepare(spec, pieces(spec.data), workers=2)[0]


def batches(corpus: Corpus, place: Place, rank: int = 0) -> Batches:
    return Batches(partial(read_blocks, corpus.encoder, corpus.groups, rank, 2), 3, place)


def test_every_target_is_cut_once() -> None:
    blocks = cut(np.arange(10, dtype=np.int32), 3)

    assert blocks.tolist() == [[0, 1, 2, 3], [3, 4, 5, 6], [6, 7, 8, 9]]
    assert cut(np.arange(3, dtype=np.int32), 3).shape == (0, 4)


def test_groups_hold_every_piece_once(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    every = [piece for group in corpus.groups for piece in group]

    assert len(set(every)) == len(every) == 120
    assert len(corpus.groups) >= 8
    monkeypatch.setattr(module, "GROUP_BYTES", 1)
    assert len(groups(every, 0, at_least=1)) == 120


def test_workers_share_an_epoch_without_overlap(corpus: Corpus) -> None:
    mine, yours = ({group for group, _ in shared(corpus.groups, rank, 2, 0, Place())} for rank in (0, 1))

    assert mine.isdisjoint(yours)
    assert mine | yours == set(corpus.groups)


def test_a_stream_goes_on_exactly_from_any_place_and_over_epochs(corpus: Corpus) -> None:
    whole = batches(corpus, Place())
    read, places = [], []
    for _ in range(400):
        read.append(next(whole))
        places.append(whole.place)

    assert whole.place.epoch >= 1
    for start in (0, 7, 50, 350):
        resumed = batches(corpus, places[start])
        for expected in read[start + 1 : start + 40]:
            assert np.array_equal(next(resumed), expected)


def test_held_out_text_is_never_trained_on(corpus: Corpus) -> None:
    trained = {block.tobytes() for group in corpus.groups for block in corpus.encoder(group, 0)}

    assert len(corpus.held_out)
    assert not trained & {block.tobytes() for block in corpus.held_out}


def test_too_little_data_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a few words")
    spec = tiny_spec(tmp_path)

    with pytest.raises(DataError, match="data:"):
        prepare(spec, pieces(spec.data), workers=1)
