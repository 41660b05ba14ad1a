from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.cluster import RayCluster
from tests.train.tracker import Memory
from trine.specs.tuning import StudySpec
from tune.ledger import Entry, Ledger
from tune.tuner import Place, StudyFailed, run_study

pytestmark = pytest.mark.ray


def study(**changes: Any) -> StudySpec:
    fields: dict[str, Any] = {
        "name": "study",
        "base": {"recipe": "classify", "name": "digits", "epochs": 6},
        "space": {"learning_rate": {"kind": "log_uniform", "low": 1e-5, "high": 1e-2}},
        "trials": 4,
        "stopping": {"kind": "asha", "grace": 1, "reduction": 2},
    }
    return StudySpec.model_validate(fields | changes)


def test_a_study_finds_the_best_trial_and_is_not_run_twice(ray_cluster: RayCluster, tmp_path: Path) -> None:
    ledger = Ledger(str(tmp_path))
    ledger.put(Entry(0, {"learning_rate": 1e-5}, "succeeded", 0.05))
    run = Memory()

    summary = run_study(study(), Place(str(tmp_path), tmp_path), run, None)

    entries = ledger.entries()
    assert set(entries) == {0, 1, 2, 3}
    assert entries[0].value == 0.05
    assert summary["best/value"] == max(entry.value or 0 for entry in entries.values()) > 0.05
    assert summary["best/params"] == entries[summary["best/trial"]].params
    assert len(run.series("best/validation/accuracy")) == 3
    # Finished: nothing is left to run, and no cluster is asked.
    assert run_study(study(), Place(str(tmp_path), tmp_path), run, None) == summary


def test_failed_trials_are_recorded_and_only_all_of_them_fail_the_study(
    ray_cluster: RayCluster, tmp_path: Path
) -> None:
    space = {"hidden": {"kind": "choice", "values": [16, 0]}}
    some = study(space=space, trials=6, base={"recipe": "classify", "name": "digits", "epochs": 2})

    summary = run_study(some, Place(str(tmp_path / "some"), tmp_path / "some"), Memory(), None)

    assert summary["trials/failed"] > 0
    assert summary["best/params"] == {"hidden": 16}
    every = study(space={"hidden": {"kind": "choice", "values": [0]}}, trials=1)
    with pytest.raises(StudyFailed, match=r"none of 1 trials .* hidden: Input should be greater than or equal to 1"):
        run_study(every, Place(str(tmp_path / "every"), tmp_path / "every"), Memory(), None)
