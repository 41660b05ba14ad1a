"""Through Ray Data and Ray Train: the same numbers as without, and nothing lost when a worker is killed."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.cluster import RayCluster
from tests.train.tiny import tiny_spec, write_sentences
from tests.train.tracker import Memory
from train.blocks import EpochReader
from train.corpus import Corpus
from train.job import Job
from train.local import run_local
from train.recipes.lm import loop
from train.sink import Sink, Trained
from train.world import World
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
    from train.trainer import run_on_ray

    spec = tiny_spec(sentences, resources={"workers": 1})
    alone = run_local(loop, spec, job(tmp_path / "local"))

    through_ray = run_on_ray(loop, spec, job(tmp_path / "ray"))

    assert alone is not None
    assert same(alone, through_ray)


def test_a_killed_worker_loses_nothing(ray_cluster: RayCluster, sentences: Path, tmp_path: Path) -> None:
    from train.trainer import run_on_ray

    spec = tiny_spec(sentences)
    killed = tmp_path / "killed"

    def dying(spec: LanguageModelSpec, corpus: Corpus, world: World, read: EpochReader, sink: Sink) -> None:
        class Dying:
            def __getattr__(self, name: str) -> Any:
                return getattr(sink, name)

            def report(self, step: int, metrics: dict[str, float]) -> None:
                if step == 15 and world.rank == 1 and not killed.exists():
                    killed.touch()
                    os.kill(os.getpid(), signal.SIGKILL)
                sink.report(step, metrics)

        loop(spec, corpus, world, read, Dying())

    whole = run_on_ray(loop, spec, job(tmp_path / "whole"))
    interrupted = run_on_ray(dying, spec, job(tmp_path / "interrupted"))
    again = run_on_ray(loop, spec, job(tmp_path / "interrupted"))

    assert killed.exists()
    assert same(whole, interrupted)
    assert again.state["step"] == 20
    assert same(whole, again)
