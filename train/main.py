"""One training job in one process tree.

`python -m train.main`              a job that the platform launched: task and credential come with the enrolment
`python -m train.main SPEC.yaml`    a person's own run, through Ray; recorded where TRINE_URL and TRINE_API_KEY are set
`python -m train.main SPEC.yaml --local`   the same without Ray; also under `torchrun`
"""

import argparse
import os
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path
from typing import Any

from train.job import Job, Outcome
from trine.attempt import attempt
from trine.console import Console
from trine.failures import SpecError
from trine.specfile import check_spec, read_spec
from trine.specs.data import ArtifactData, DatasetData
from trine.specs.training import training_spec
from trine.start import init
from trine.worker import Worker, enrol


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0, 1 after a failure, 2 for a spec that cannot be, 130 when interrupted."""
    options = _options(arguments)
    if options.spec is not None:
        return _own(options)
    with tempfile.TemporaryDirectory(prefix="trine-train-", ignore_cleanup_errors=True) as scratch:
        return _enrolled(Path(scratch))


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m train.main", description="Train a model from a spec.")
    parser.add_argument("spec", nargs="?", type=Path, help="YAML file; without it, the platform's task")
    parser.add_argument("--local", action="store_true", help="without Ray, in this process or under torchrun")
    parser.add_argument("--storage", help="folder or URI of checkpoints; the same one again goes on from the last")
    parser.add_argument("--output", type=Path, help="folder for the trained model")
    return parser.parse_args(arguments)


def _enrolled(scratch: Path) -> int:
    worker = enrol()
    if worker is None:
        print("Give a spec (python -m train.main SPEC.yaml), or let the platform launch the job.", file=sys.stderr)
        return 2
    run, enrolment = worker.run, worker.enrolment

    def work() -> None:
        spec = check_spec(enrolment.spec, training_spec, "spec")
        artifact = _artifact(worker, spec, scratch)
        _train(spec, Job(run, run.handle(), enrolment.storage, scratch, artifact=artifact, roots=enrolment.data_roots))

    return attempt(run, work)


def _own(options: argparse.Namespace) -> int:
    try:
        spec = read_spec(options.spec, training_spec)
    except SpecError as error:
        print(error, file=sys.stderr)
        return 2
    first = int(os.environ.get("RANK", "0")) == 0
    recorded = first and os.environ.get("TRINE_URL") and os.environ.get("TRINE_API_KEY")
    run = init(experiment=spec.experiment, name=spec.name, config=spec.model_dump(mode="json")) if recorded else None
    unique = f"{spec.name}-{time.strftime('%Y%m%d-%H%M%S')}"
    storage = options.storage or str(Path.home() / ".trine" / "training" / unique)
    folder = options.output or Path(unique if "://" in storage else storage) / "result"
    job = Job(run or Console(), run.handle() if run else None, storage, folder.absolute(), local=options.local)
    return attempt(run or Console(), lambda: _train(spec, job))


def _artifact(worker: Worker, spec: Any, scratch: Path) -> Path | None:
    if not isinstance(getattr(spec, "data", None), ArtifactData | DatasetData):
        return None
    storage = worker.enrolment.storage
    # Data tasks may run on another node: what they read must be where all of them can see it.
    return worker.download("data", scratch / "data" if "://" in storage else Path(storage) / "data")


def _train(spec: Any, job: Job) -> None:
    begun = {}
    if spec.recipe == "lm" and not job.local:
        from train.preparation import start_preparing

        # In a task, while this process and Ray Train's import torch for seconds.
        begun = {"preparation": start_preparing(spec, job)}
    outcome: Outcome | None = import_module(f"train.recipes.{spec.recipe}").train(spec, job, **begun)
    if outcome is not None:
        job.run.summarize(outcome.summary)
        job.run.log_artifact(outcome.folder, name="model", type="model", metadata=outcome.metadata)


if __name__ == "__main__":
    sys.exit(main())
