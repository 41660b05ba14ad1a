"""A language-model run through Ray Data and Ray Train: data-parallel workers, checkpoints, restarts."""

import tempfile
import time
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain
from math import ceil
from pathlib import Path
from typing import Any, cast

import numpy as np
import ray
import ray.data
import ray.train
import ray.train.torch
import torch
from ray.train.v2._internal.callbacks.datasets import DatasetsCallback
from ray.train.v2._internal.callbacks.placement_group_callback import PlacementGroupCleanerCallback

from train.ahead import Ahead
from train.blocks import Blocks, Place, shared
from train.checkpoint import read_state, write_state
from train.cluster import accelerators
from train.corpus import Corpus
from train.job import Job
from train.preparation import Preparation
from train.reporting import LAST, POINTS, Reporting, sampled
from train.sink import Loop, State, Trained
from train.world import World
from trine.specs.training import LanguageModelSpec

RESTARTS = 3
"""Within one attempt, after a worker was lost: from the last checkpoint."""
FLUSH_SECONDS = 2.0
"""Between reports; each is a meeting of all workers with the controller."""
FIRST_WINDOW, LAST_WINDOW = 4, 64
"""Groups that one dataset of Ray Data encodes."""


def run_on_ray(loop: Loop, spec: LanguageModelSpec, job: Job, preparation: Preparation) -> Trained:
    resources = spec.resources
    wanted = {"CPU": resources.cpu_per_worker, **accelerators(resources.gpu_per_worker)}
    if resources.memory_per_worker:
        wanted["memory"] = resources.memory_per_worker
    trainer = _Trainer(
        work,
        train_loop_config={"loop": loop, "spec": spec, "corpus": [preparation.corpus], "handle": job.handle},
        scaling_config=ray.train.ScalingConfig(
            num_workers=resources.workers, use_gpu="GPU" in wanted, resources_per_worker=wanted
        ),
        torch_config=ray.train.torch.TorchConfig(backend="nccl" if "GPU" in wanted else "gloo"),
        run_config=ray.train.RunConfig(
            name="train",
            storage_path=job.storage if "://" in job.storage else str(Path(job.storage).absolute()),
            failure_config=ray.train.FailureConfig(max_failures=RESTARTS),
            checkpoint_config=ray.train.CheckpointConfig(num_to_keep=spec.checkpoint.keep),
            # Type checkers see the class of Train's first version.
            callbacks=[Reporting(job.handle)],  # type: ignore[list-item]
        ),
    )
    result = trainer.fit()
    checkpoint = cast(ray.train.Checkpoint, result.checkpoint)
    with checkpoint.as_directory() as folder:
        return Trained(read_state(Path(folder)), ray.get(preparation.corpus), ray.get(preparation.sample))


class _Trainer(ray.train.torch.TorchTrainer):
    """Without two actors that Train starts for every run, each with four seconds of imports.

    One serves datasets given to the trainer; none is given. The other removes the placement group after a controller
    that died while its job lives on; here the job ends with its controller, and Ray removes it.
    """

    def _create_default_callbacks(self) -> list[Any]:
        left_out = (DatasetsCallback, PlacementGroupCleanerCallback)
        # Type checkers see the class of Train's first version.
        callbacks: list[Any] = super()._create_default_callbacks()  # type: ignore[misc]
        return [each for each in callbacks if not isinstance(each, left_out)]


def work(config: dict[str, Any]) -> None:
    """What each worker runs."""
    context = ray.train.get_context()
    # Ray says it in OMP_NUM_THREADS, which a process that has torch already does not read.
    torch.set_num_threads(max(1, int(config["spec"].resources.cpu_per_worker)))
    # In a list: Ray would wait for a bare reference before it starts the worker.
    corpus: Corpus = ray.get(config["corpus"][0])
    spec: LanguageModelSpec = config["spec"]
    world = World(context.get_world_rank(), context.get_world_size(), ray.train.torch.get_device())
    read = partial(read_epoch, corpus, spec, world)
    with sampled(config["handle"], world.rank):
        config["loop"](spec, corpus, world, read, RaySink(world))


def read_epoch(corpus: Corpus, spec: LanguageModelSpec, world: World, place: Place) -> Iterator[Blocks]:
    """The blocks of each group that this worker still has in an epoch, encoded by tasks of Ray Data, in order."""
    parts = shared(corpus.groups, world.rank, world.size, spec.seed, place)
    # The first group is encoded here: the loop has work while the tasks for the others are started.
    here = (corpus.encoder(group, order) for group, order in parts[:1])
    # Whole windows: a dataset that waits to be read keeps a thread of this process busy, one that is read is gone.
    windows = Ahead([*_encoded(corpus, part)] for part in _windows(parts[1:], _needed(corpus, spec, world, parts)))
    return chain(here, chain.from_iterable(windows))


def _needed(corpus: Corpus, spec: LanguageModelSpec, world: World, parts: Sequence[tuple[Any, int]]) -> int:
    """Groups that a run can use, at most: tasks for more would compete with the loop for its cores."""
    per_group = sum(piece.size for group, _ in parts for piece in group) / max(1, len(parts)) / corpus.bytes_per_block()
    return ceil(1.2 * spec.steps * spec.batch / world.size / max(1.0, per_group))


def _windows(parts: Sequence[Any], needed: int) -> Iterator[Sequence[Any]]:
    """Small ones first, because the loop waits for the first."""
    start, size = 0, FIRST_WINDOW
    while start < len(parts):
        size = min(size, max(1, needed))
        yield parts[start : start + size]
        start, needed, size = start + size, needed - size, min(2 * size, LAST_WINDOW)


def _encoded(corpus: Corpus, parts: Sequence[tuple[Any, int]]) -> Iterator[Blocks]:
    data_context = ray.data.DataContext.get_current()
    data_context.execution_options.preserve_order = True
    data_context.enable_progress_bars = False
    encoder = corpus.encoder

    def encode(batch: dict[str, Any]) -> dict[str, Any]:
        group, order = parts[int(batch["id"][0])]
        # One row is one group, even an empty one: the place in the data counts groups.
        return {"id": batch["id"], "tokens": [encoder(group, order).tobytes()]}

    # The job's driver holds a CPU and waits; its tasks use that one.
    rows = ray.data.from_items(
        [{"id": number} for number in range(len(parts))], override_num_blocks=len(parts)
    ).map_batches(encode, batch_size=1, num_cpus=0, compute=ray.data.TaskPoolStrategy(size=1))
    for expected, row in enumerate(rows.iter_rows()):
        if row["id"] != expected:
            raise RuntimeError(f"Ray Data returned group {row['id']} in place of {expected}")
        yield np.frombuffer(row["tokens"], dtype=np.int32).reshape(-1, encoder.context + 1)


class RaySink:
    def __init__(self, world: World) -> None:
        self._first = world.rank == 0
        self._points: list[tuple[int, dict[str, float]]] = []
        self._flushed = time.monotonic()

    def restored(self) -> State | None:
        checkpoint = ray.train.get_checkpoint()
        if checkpoint is None:
            return None
        with checkpoint.as_directory() as folder:
            return read_state(Path(folder))

    def report(self, step: int, metrics: dict[str, float]) -> None:
        self._points.append((step, metrics))

    def due(self) -> bool:
        return self._first and time.monotonic() - self._flushed > FLUSH_SECONDS

    def flush(self, step: int, state: State | None, last: bool = False) -> None:
        metrics = {"step": step, POINTS: self._points if self._first else [], LAST: last}
        with tempfile.TemporaryDirectory() as folder:
            checkpoint = None
            if state is not None and self._first:
                write_state(Path(folder), state)
                checkpoint = ray.train.Checkpoint.from_directory(folder)
            ray.train.report(metrics, checkpoint=checkpoint)
        self._points = []
        self._flushed = time.monotonic()
