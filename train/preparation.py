"""The corpus of a run through Ray, made in a task beside the start of everything else."""

from dataclasses import dataclass
from typing import Any

import ray
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from train.cluster import connect, settle_train
from train.corpus import Corpus, prepare
from train.data import Piece, pieces
from train.job import Job
from trine.specs.training import LanguageModelSpec


@dataclass(frozen=True)
class Preparation:
    corpus: "ray.ObjectRef[Corpus]"
    sample: "ray.ObjectRef[list[str]]"


def start_preparing(spec: LanguageModelSpec, job: Job) -> Preparation:
    """Connects to Ray and returns at once; this module imports neither torch nor Ray Train. Raises DataError."""
    # Opens no document, so that a wrong path ends the run before anything is started.
    found = pieces(spec.data, artifact=job.artifact, roots=job.roots)
    connect(early=["train.recipes.lm", "torch._dynamo"], late=["train.trainer"])
    here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=True)
    # The job's driver holds a CPU and waits; its tasks use that one.
    common = {"num_cpus": 0, "scheduling_strategy": here, "runtime_env": {"env_vars": settle_train()}}
    task: Any = ray.remote(_prepare)
    corpus, sample = task.options(num_returns=2, **common).remote(spec, found)
    return Preparation(corpus, sample)


def _prepare(spec: LanguageModelSpec, found: tuple[Piece, ...]) -> tuple[Corpus, list[str]]:
    return prepare(spec, found, workers=spec.resources.workers)
