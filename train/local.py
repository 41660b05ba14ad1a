"""A language-model run without Ray: in this process, or in those of `torchrun`."""

from functools import partial
from pathlib import Path

from train.blocks import read_blocks
from train.checkpoint import Shelf, read_state
from train.corpus import prepare
from train.data import pieces
from train.job import Job, Tracker
from train.sink import Loop, State, Trained
from train.world import World, launched
from trine.failures import SpecError
from trine.specs.training import LanguageModelSpec


def run_local(loop: Loop, spec: LanguageModelSpec, job: Job) -> Trained | None:
    """None on all but the first of several processes."""
    if "://" in job.storage:
        raise SpecError(f"--storage: {job.storage} is not a folder; a run with --local keeps its checkpoints in one")
    with launched() as world:
        if spec.batch % world.size:
            raise SpecError(f"batch ({spec.batch}) must be a multiple of the number of processes ({world.size})")
        prepared = None
        if world.rank == 0:
            found = pieces(spec.data, artifact=job.artifact, roots=job.roots)
            prepared = prepare(spec, found, workers=world.size)
        corpus, sample = world.broadcast(prepared)
        sink = LocalSink(job.run, Shelf(Path(job.storage) / "checkpoints", spec.checkpoint.keep), world)
        read = partial(read_blocks, corpus.encoder, corpus.groups, world.rank, world.size)
        loop(spec, corpus, world, read, sink)
        state = sink.restored() if world.rank == 0 else None
        return Trained(state, corpus, sample) if state else None


class LocalSink:
    def __init__(self, run: Tracker, shelf: Shelf, world: World) -> None:
        self._run = run
        self._shelf = shelf
        self._first = world.rank == 0

    def restored(self) -> State | None:
        newest = self._shelf.newest()
        return read_state(newest) if newest else None

    def report(self, step: int, metrics: dict[str, float]) -> None:
        if self._first:
            self._run.log(metrics, step=step)

    def due(self) -> bool:
        return False

    def flush(self, step: int, state: State | None, last: bool = False) -> None:
        if self._first and state is not None:
            self._shelf.put(step, state)
