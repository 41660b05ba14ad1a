"""Our language-model job through Ray Train against `torchrun` with the same loop on the same two cores.

`python -m bench.training [--rounds 3] [--steps 120] [--workers 2]`

The platform must run (`make up`), in both cases; the address of Ray's dashboard comes from `--dashboard`, its token
from RAY_AUTH_TOKEN or RAY_AUTH_TOKEN_PATH. Rounds alternate between the two. Measured: seconds from the submission of
the job (over HTTP) or the start of `torchrun` to the end of the first step, and steps per second from the first step to
the last, with no validation and no checkpoint between them.
"""

import argparse
import importlib.metadata
import os
import platform
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import yaml

from bench.ratio import ratio

ROOT = Path(__file__).parents[1]
POLL_S = 2.0
LIMIT_S = 600


@dataclass
class Figures:
    """One value a round."""

    first: list[float] = field(default_factory=list)
    """Seconds to the end of the first step."""
    speed: list[float] = field(default_factory=list)
    """Steps per second after it."""
    loss: list[float] = field(default_factory=list)

    def add(self, began: float, storage: Path, steps: int) -> None:
        results = _results(storage)
        self.first.append(results["first_step_at"] - began)
        self.speed.append((steps - 1) / (results["last_step_at"] - results["first_step_at"]))
        self.loss.append(results["validation/loss"])


def main() -> None:
    options = _options()
    ours, theirs = Figures(), Figures()
    with tempfile.TemporaryDirectory(prefix="trine-bench-") as folder:
        spec = Path(folder, "spec.yaml")
        spec.write_text(yaml.safe_dump(_spec(options.steps, options.workers)))
        for number in range(options.rounds):
            for figures, run in ((theirs, _torchrun), (ours, _ray)):
                storage = Path(folder, f"{run.__name__}-{number}")
                began = time.time()
                run(spec, storage, options)
                figures.add(began, storage, options.steps)
                print(f"round {number} {run.__name__[1:]}: {figures.first[-1]:.1f} s, {figures.speed[-1]:.2f} steps/s")
    _print(ours, theirs, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=120)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--dashboard", default="http://127.0.0.1:8265")
    return parser.parse_args()


def _spec(steps: int, workers: int) -> dict[str, Any]:
    return {
        "recipe": "lm",
        "name": "bench",
        "steps": steps,
        "validation_tokens": 16_384,
        "validate_every": steps,
        "checkpoint": {"every_steps": steps},
        "resources": {"workers": workers},
    }


def _torchrun(spec: Path, storage: Path, options: argparse.Namespace) -> None:
    command = [
        *(str(Path(sys.executable).with_name("torchrun")), "--standalone", f"--nproc-per-node={options.workers}", "-m"),
        *("--", "train.main", str(spec), "--local", "--storage", str(storage)),
    ]
    # What Ray gives a worker of one CPU, and torchrun by default.
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=LIMIT_S)
    if done.returncode:
        sys.exit(f"torchrun failed:\n{done.stdout}\n{done.stderr}")


def _ray(spec: Path, storage: Path, options: argparse.Namespace) -> None:
    words = [sys.executable, "-m", "train.main", str(spec), "--storage", str(storage)]
    body = {"entrypoint": f"cd {shlex.quote(str(ROOT))} && exec {shlex.join(words)}", "entrypoint_num_cpus": 1}
    with httpx.Client(base_url=options.dashboard, headers=_authorization(), timeout=60) as client:
        answer = client.post("/api/jobs/", json=body)
        answer.raise_for_status()
        job = answer.json()["submission_id"]
        deadline = time.monotonic() + LIMIT_S
        while (status := client.get(f"/api/jobs/{job}").json()["status"]) not in ("SUCCEEDED", "FAILED", "STOPPED"):
            if time.monotonic() > deadline:
                sys.exit(f"the job {job} was not done after {LIMIT_S} s")
            time.sleep(POLL_S)
        if status != "SUCCEEDED":
            sys.exit(f"the job failed:\n{client.get(f'/api/jobs/{job}/logs').json()['logs']}")


def _authorization() -> dict[str, str]:
    path = os.environ.get("RAY_AUTH_TOKEN_PATH")
    token = os.environ.get("RAY_AUTH_TOKEN") or (Path(path).read_text().strip() if path else "")
    return {"Authorization": f"Bearer {token}"} if token else {}


def _results(storage: Path) -> dict[str, float]:
    from train.checkpoint import read_state

    states = [read_state(file.parent) for file in storage.rglob("state.pt")]
    results: dict[str, float] = max(states, key=lambda state: state["step"])["results"]
    return results


def _print(ours: Figures, theirs: Figures, options: argparse.Namespace) -> None:
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("ray", "torch", "tokenizers"))
    print(f"\n{versions}, Python {platform.python_version()}, {os.cpu_count()} cores, {options.workers} workers")
    print(f"{'':34}{'ours':>10}{'torchrun':>10}  ratio (median of {options.rounds} rounds, 95 % interval)")
    for name, mine, other in (
        ("submission to first step, s", ours.first, theirs.first),
        ("steps per second", ours.speed, theirs.speed),
        ("held-out loss after the last step", ours.loss, theirs.loss),
    ):
        medians = f"{statistics.median(mine):>10.2f}{statistics.median(other):>10.2f}"
        print(f"{name:34}{medians}  {ratio(mine, other)}")


if __name__ == "__main__":
    main()
