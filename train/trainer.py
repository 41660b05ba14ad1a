"""A language-model run through Ray Data and Ray Train: data-parallel workers, checkpoints, restarts."""

import tempfile
import time
from collections.abc import Iterator
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

from train.ahead import Ahead
from train.blocks import Blocks, Place, shared
from train.checkpoint import read_state, write_state
from train.cluster import accelerators, settle_train
from train.corpus import Corpus
from train.job import Job
from train.preparation import Preparation
from train.reporting import LAST, POINTS, Reporting
from train.sink import Loop, State, Trained
from train.world import World
from trine.specs.training import LanguageModelSpec

RESTARTS = 3
"""Within one attempt, after a worker was lost: from the last checkpoint."""
FLUSH_SECONDS = 2.0
"""Between reports; each is a meeting of all workers with the controller."""


def run_on_ray(loop: Loop, spec: LanguageModelSpec, job: Job, preparation: Preparation) -> Trained:
    settle_train()
    resources = spec.resources
    wanted = {"CPU": resources.cpu_per_worker, **accelerators(resources.gpu_per_worker)}
    if resources.memory_per_worker:
        wanted["memory"] = resources.memory_per_worker
    trainer = ray.train.torch.TorchTrainer(
        work,
        train_loop_config={"loop": loop, "spec": spec, "corpus": [preparation.corpus]},
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


def work(config: dict[str, Any]) -> None:
    """What each worker runs."""
    context = ray.train.get_context()
    # In a list: Ray would wait for a bare reference before it starts the worker.
    corpus: Corpus = ray.get(config["corpus"][0])
    spec: LanguageModelSpec = config["spec"]
    world = World(context.get_world_rank(), context.get_world_size(), ray.train.torch.get_device())
    read = partial(read_epoch, corpus, spec, world)
    config["loop"](spec, corpus, world, read, RaySink(world))


def read_epoch(corpus: Corpus, spec: LanguageModelSpec, world: World, place: Place) -> Iterator[Blocks]:
    """The blocks of each group that this worker still has in an epoch, encoded by tasks of Ray Data, in order."""
    todo = shared(corpus.groups, world.rank, world.size, spec.seed, place)
    per_group = sum(piece.size for group, _ in todo for piece in group) / max(1, len(todo)) / corpus.bytes_per_block()
    # Tasks run ahead of the loop and compete with it for cores, so each dataset is as long as one run can need.
    window = max(1, ceil(1.2 * spec.steps * spec.batch / world.size / max(1.0, per_group)))
    windows = (todo[start : start + window] for start in range(1, len(todo), window))
    rest = Ahead(blocks for part in windows for blocks in _encoded(corpus, part))
    # The first group is encoded here: the loop has work while the tasks for the others are started.
    return chain((corpus.encoder(group, order) for group, order in todo[:1]), rest)


def _encoded(corpus: Corpus, todo: tuple[tuple[Any, int], ...]) -> Iterator[Blocks]:
    data_context = ray.data.DataContext.get_current()
    data_context.execution_options.preserve_order = True
    data_context.enable_progress_bars = False
    encoder = corpus.encoder

    def encode(batch: dict[str, Any]) -> dict[str, Any]:
        group, order = todo[int(batch["id"][0])]
        # One row is one group, even an empty one: the place in the data counts groups.
        return {"id": batch["id"], "tokens": [encoder(group, order).tobytes()]}

    # The job's driver holds a CPU and waits; its tasks use that one.
    rows = ray.data.from_items(
        [{"id": number} for number in range(len(todo))], override_num_blocks=len(todo)
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
