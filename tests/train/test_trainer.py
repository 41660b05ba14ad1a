"""Through Ray Data and Ray Train: the same numbers as without, and nothing lost when a worker is killed."""

import os
import signal
from functools import partial
from pathlib import Path

import pytest

from tests.fixtures.cluster import RayCluster
from tests.train.tiny import tiny_spec, write_sentences
from tests.train.tracker import Memory
from train.blocks import EpochReader
from train.corpus import Corpus
from train.job import Job
from train.local import run_local
from train.recipes.lm import loop
from train.sink import Loop, Sink, Trained
from train.world import World
from trine.failures import DataError, classify
from trine.specs.telemetry import FailureClass
from trine.specs.training import LanguageModelSpec

pytestmark = pytest.mark.ray


@pytest.fixture(scope="module")
def sentences(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sentences(tmp_path_factory.mktemp("data"))


def job(storage: Path) -> Job:
    return Job(Memory(), None, str(storage), storage / "result")


def same(first: Trained, second: Trained) -> bool:
    # Two processes add gradients in another order than one, so only equal worlds are equal bit by bit.
    import torch

    return all(torch.equal(first.state["model"][name], second.state["model"][name]) for name in first.state["model"])


def test_ray_trains_what_one_process_trains(ray_cluster: RayCluster, sentences: Path, tmp_path: Path) -> None:
    spec = tiny_spec(sentences, resources={"workers": 1})
    alone = run_local(loop, spec, job(tmp_path / "local"))

    trained = through_ray(loop, spec, tmp_path / "ray")

    assert alone is not None
    assert same(alone, trained)


def test_a_killed_worker_loses_nothing(ray_cluster: RayCluster, sentences: Path, tmp_path: Path) -> None:
    spec = tiny_spec(sentences)
    killed = tmp_path / "killed"
    whole = through_ray(loop, spec, tmp_path / "whole")

    interrupted = through_ray(partial(dying_loop, killed), spec, tmp_path / "interrupted")
    again = through_ray(loop, spec, tmp_path / "interrupted")

    assert killed.exists()
    assert same(whole, interrupted)
    assert again.state["step"] == 20
    assert same(whole, again)


def test_an_error_that_would_come_again_is_not_tried_again(
    ray_cluster: RayCluster, sentences: Path, tmp_path: Path
) -> None:
    attempts = tmp_path / "attempts"

    with pytest.raises(Exception, match="broken on purpose") as caught:
        through_ray(partial(failing_loop, attempts), tiny_spec(sentences, resources={"workers": 1}), tmp_path)

    assert classify(caught.value).kind is FailureClass.DATA
    assert attempts.read_text() == "1"


def through_ray(loop: Loop, spec: LanguageModelSpec, storage: Path) -> Trained:
    from train.preparation import start_preparing
    from train.trainer import run_on_ray

    return run_on_ray(loop, spec, job(storage), start_preparing(spec, job(storage)))


def dying_loop(
    killed: Path, spec: LanguageModelSpec, corpus: Corpus, world: World, read: EpochReader, sink: Sink
) -> None:
    loop(spec, corpus, world, read, Dying(sink, world.rank, killed))


class Dying:
    """A sink that kills worker 1 at step 15, once."""

    def __init__(self, sink: Sink, rank: int, killed: Path) -> None:
        self._killed = killed
        self._rank = rank
        self.restored, self.due, self.flush = sink.restored, sink.due, sink.flush
        self._report = sink.report

    def report(self, step: int, metrics: dict[str, float]) -> None:
        if step == 15 and self._rank == 1 and not self._killed.exists():
            self._killed.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        self._report(step, metrics)


def failing_loop(attempts: Path, *_: object) -> None:
    with attempts.open("a") as file:
        file.write("1")
    raise DataError("rows.jsonl: broken on purpose")
