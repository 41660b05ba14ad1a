"""A study: many trials of one training spec, some at once, the worse ones stopped early."""

import time
from pathlib import Path
from typing import Any, Literal, NamedTuple

import ray.tune

from train.cluster import accelerators, connect
from train.job import Tracker
from trine.failures import WorkError
from trine.specs.telemetry import FailureClass
from trine.specs.tuning import StudySpec
from trine.worker import Worker
from tune.ledger import Entry, Ledger
from tune.recording import Recording
from tune.search import configured, draw
from tune.stopping import scheduler
from tune.trial import run_trial


class StudyFailed(WorkError):
    """No trial of the study came to a result. Its class is that of the study's first failure."""

    def __init__(self, message: str, kind: FailureClass) -> None:
        super().__init__(message)
        self.kind = kind


class Place(NamedTuple):
    """Where a study works."""

    storage: str
    """Records of finished trials; the same one again goes on."""
    folder: Path
    """What trials write."""
    artifact: Path | None = None
    roots: tuple[str, ...] | None = None


def run_study(spec: StudySpec, place: Place, run: Tracker, worker: Worker | None) -> dict[str, Any]:
    """The summary. Trials that an earlier attempt has finished are not run again, those that are asked for meanwhile
    follow. Raises StudyFailed if all fail."""
    ledger = Ledger(place.storage)
    known = ledger.entries().items()
    entries = {number: entry for number, entry in known if number < spec.trials and entry.is_final}

    def changed(entry: Entry) -> None:
        entries[entry.number] = entry
        best = best_of(entries, spec.mode)
        if best is not None and best.value is not None:
            run.log({f"best/{spec.metric}": best.value, "trials/finished": len(entries)}, step=len(entries))

    trials, tried = spec.trials, set[int]()
    while missing := [number for number in range(trials) if number not in entries and number not in tried]:
        connect()
        recording = Recording(spec.metric, ledger, worker, changed)
        _tuner(spec, place, missing, recording).fit()
        tried.update(missing)
        # Somebody may have asked for more meanwhile.
        trials = worker.wanted_trials() if worker else trials
    best = best_of(entries, spec.mode)
    if best is None:
        first, *_ = (entries[number] for number in sorted(entries))
        reasons = "; ".join(sorted({entry.message for entry in entries.values()})[:3])
        told = f"none of {len(entries)} trials reported {spec.metric!r}: {reasons}"
        raise StudyFailed(told, first.kind or FailureClass.USER_CODE)
    counts = {f"trials/{status}": _count(entries, status) for status in ("succeeded", "stopped", "failed")}
    return {"best/trial": best.number, "best/value": best.value, "best/params": best.params, **counts}


def best_of(entries: dict[int, Entry], mode: Literal["min", "max"]) -> Entry | None:
    """Early-stopped trials included, failed ones not; of two that are equal the earlier one."""
    sign = 1 if mode == "min" else -1
    valued = [entry for entry in entries.values() if entry.value is not None and entry.status != "failed"]
    return min(valued, key=lambda entry: (sign * (entry.value or 0.0), entry.number), default=None)


def _tuner(spec: StudySpec, place: Place, numbers: list[int], recording: Recording) -> ray.tune.Tuner:
    trials = []
    for number in numbers:
        params = draw(spec, number)
        trials.append({"number": number, "params": params, "spec": configured(spec, params)})
    common = {
        "metric": spec.metric,
        "folder": str(place.folder),
        "artifact": str(place.artifact) if place.artifact else None,
        "roots": place.roots,
    }
    return ray.tune.Tuner(
        ray.tune.with_resources(run_trial, _resources(spec)),
        param_space=ray.tune.grid_search([{**common, **trial} for trial in trials]),
        tune_config=ray.tune.TuneConfig(
            max_concurrent_trials=spec.concurrent,
            scheduler=scheduler(spec),
            # A new process imports torch again: seconds, for trials that may take one.
            reuse_actors=True,
        ),
        run_config=ray.tune.RunConfig(
            name=f"study-{time.time_ns()}",
            storage_path=str(place.folder / "tune"),
            callbacks=[recording],
            failure_config=ray.tune.FailureConfig(max_failures=0),
            verbose=0,
        ),
    )


def _resources(spec: StudySpec) -> ray.tune.PlacementGroupFactory:
    """A trial trains in one process with what all of its workers would have; simulators are actors of their own."""
    each = spec.base.resources
    worker = {"CPU": each.cpu_per_worker, **accelerators(each.gpu_per_worker)}
    if spec.base.recipe == "ppo":
        return ray.tune.PlacementGroupFactory([{}, *([worker] * each.workers)])
    return ray.tune.PlacementGroupFactory([{name: amount * each.workers for name, amount in worker.items()}])


def _count(entries: dict[int, Entry], status: str) -> int:
    return sum(entry.status == status for entry in entries.values())
