"""One study in one process tree.

`python -m tune.main`              a study that the platform launched
`python -m tune.main SPEC.yaml`    a person's own; recorded as one run where TRINE_URL and TRINE_API_KEY are set
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from trine.attempt import attempt
from trine.console import Console
from trine.failures import SpecError
from trine.specfile import check_spec, read_spec
from trine.specs.data import ArtifactData, DatasetData
from trine.specs.tuning import StudySpec
from trine.start import init
from trine.worker import Worker, enrol

if TYPE_CHECKING:
    from train.job import Tracker
    from tune.tuner import Place

study_spec: TypeAdapter[StudySpec] = TypeAdapter(StudySpec)


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0, 1 after a failure, 2 for a spec that cannot be, 130 when interrupted."""
    parser = argparse.ArgumentParser(prog="python -m tune.main", description="Run a study from a spec.")
    parser.add_argument("spec", nargs="?", type=Path, help="YAML file; without it, the platform's task")
    parser.add_argument("--storage", help="folder or URI of records; the same one again skips finished trials")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="trine-tune-", ignore_cleanup_errors=True) as scratch:
        return _own(options) if options.spec else _enrolled(Path(scratch))


def _enrolled(scratch: Path) -> int:
    worker = enrol()
    if worker is None:
        print("Give a spec (python -m tune.main SPEC.yaml), or let the platform launch the study.", file=sys.stderr)
        return 2
    enrolment = worker.enrolment
    folder = scratch if "://" in enrolment.storage else Path(enrolment.storage)

    def work() -> None:
        from tune.tuner import Place

        spec = check_spec(enrolment.spec, study_spec, "spec")
        artifact = _artifact(worker, spec, folder)
        _study(spec, Place(enrolment.storage, folder, artifact, enrolment.data_roots), worker.run, worker)

    return attempt(worker.run, work)


def _own(options: argparse.Namespace) -> int:
    try:
        spec = read_spec(options.spec, study_spec)
    except SpecError as error:
        print(error, file=sys.stderr)
        return 2
    recorded = os.environ.get("TRINE_URL") and os.environ.get("TRINE_API_KEY")
    run = init(experiment=spec.experiment, name=spec.name, config=spec.model_dump(mode="json")) if recorded else None
    unique = Path.home() / ".trine" / "studies" / f"{spec.name}-{time.strftime('%Y%m%d-%H%M%S')}"
    storage = options.storage or str(unique)

    def work() -> None:
        from tune.tuner import Place

        folder = unique if "://" in storage else Path(storage).absolute()
        _study(spec, Place(storage if "://" in storage else str(folder), folder), run or Console(), None)

    return attempt(run or Console(), work)


def _artifact(worker: Worker, spec: StudySpec, folder: Path) -> Path | None:
    data: Any = getattr(spec.base, "data", None)
    return worker.download("data", folder / "data") if isinstance(data, ArtifactData | DatasetData) else None


def _study(spec: StudySpec, place: "Place", run: "Tracker", worker: Worker | None) -> None:
    from tune.tuner import run_study

    run.summarize(run_study(spec, place, run, worker))


if __name__ == "__main__":
    sys.exit(main())
