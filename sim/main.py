"""One simulation in one job.

`python -m sim.main`             a simulation that the platform launched: task and credential come with the enrolment
`python -m sim.main SPEC.yaml`   a person's own, through Ray; recorded where TRINE_URL and TRINE_API_KEY are set
`python -m sim.main SPEC.yaml --local`   the same in this process, without Ray
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

import ray
from pydantic import TypeAdapter

from sim.recording import record
from sim.report import headline, write_report
from sim.rollout import roll_out
from trine.attempt import attempt
from trine.console import Console
from trine.failures import SpecError
from trine.run import Run
from trine.specfile import check_spec, read_spec
from trine.specs.simulation import ModelPolicy, SimulationSpec
from trine.start import init
from trine.worker import Worker, enrol

_ADAPTER = TypeAdapter(SimulationSpec)


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0, 1 after a failure, 2 for a spec that cannot be, 130 when interrupted."""
    options = _options(arguments)
    if options.spec is not None:
        return _own(options)
    with tempfile.TemporaryDirectory(prefix="trine-sim-", ignore_cleanup_errors=True) as scratch:
        return _enrolled(Path(scratch))


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sim.main", description="Simulate a policy in an environment.")
    parser.add_argument("spec", nargs="?", type=Path, help="YAML file; without it, the platform's task")
    parser.add_argument("--local", action="store_true", help="without Ray, in this process")
    parser.add_argument("--policy", type=Path, help="folder of the model, for a spec whose policy is one")
    parser.add_argument("--output", type=Path, default=Path("report"), help="folder for the report")
    return parser.parse_args(arguments)


def _enrolled(scratch: Path) -> int:
    worker = enrol()
    if worker is None:
        print("Give a spec (python -m sim.main SPEC.yaml), or let the platform launch it.", file=sys.stderr)
        return 2

    def work() -> None:
        spec = check_spec(worker.enrolment.spec, _ADAPTER, "spec")
        simulate(spec, worker.run, scratch / "report", policy=_policy(worker, spec, scratch))

    return attempt(worker.run, work)


def _own(options: argparse.Namespace) -> int:
    try:
        spec = read_spec(options.spec, _ADAPTER)
    except SpecError as error:
        print(error, file=sys.stderr)
        return 2
    recorded = os.environ.get("TRINE_URL") and os.environ.get("TRINE_API_KEY")
    config = spec.model_dump(mode="json")
    run = init(experiment=spec.experiment, name=spec.name, config=config) if recorded else Console()
    return attempt(run, lambda: simulate(spec, run, options.output, policy=options.policy, local=options.local))


def simulate(
    spec: SimulationSpec, run: Run | Console, output: Path, *, policy: Path | None = None, local: bool = False
) -> None:
    """Runs the episodes, writes the report to `output` and hands it to `run`, and again when episodes are recorded.

    They are recorded last: drawing may end this process natively, as no worker's end can, and the report is safe then.
    """
    if not local and not ray.is_initialized():
        ray.init(configure_logging=False, log_to_driver=True)
    result = roll_out(spec, run, folder=policy, local=local)
    report = write_report(result, output)
    summary = headline(report)
    run.summarize(summary)
    metadata = {"environment": spec.environment, "policy": report["policy"]["label"], "metrics": summary}
    run.log_artifact(output, name="report", type="report", metadata=metadata)
    run.flush()
    if record(result, output, policy=policy):
        run.log_artifact(output, name="report", type="report", metadata=metadata)


def _policy(worker: Worker, spec: SimulationSpec, scratch: Path) -> Path | None:
    return worker.download("policy", scratch / "policy") if isinstance(spec.policy, ModelPolicy) else None


if __name__ == "__main__":
    sys.exit(main())
