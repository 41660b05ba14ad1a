from pathlib import Path

from trine.specs.telemetry import FailureClass
from tune.ledger import Entry, Ledger
from tune.tuner import best_of


def test_entries_survive(tmp_path: Path) -> None:
    entry = Entry(3, {"hidden": 8}, "stopped", 0.5)
    Ledger(str(tmp_path)).put(entry)

    assert Ledger(str(tmp_path)).entries() == {3: entry}


def test_a_trial_that_the_infrastructure_failed_is_not_final(tmp_path: Path) -> None:
    ledger = Ledger(str(tmp_path))
    for number, kind in enumerate((FailureClass.NODE_LOST, FailureClass.DATA)):
        ledger.put(Entry(number, {}, "failed", None, "lost", kind))

    assert [entry.is_final for entry in ledger.entries().values()] == [False, True]


def test_the_best_is_the_earliest_of_equals_and_never_a_failure() -> None:
    entries = {
        0: Entry(0, {}, "failed", 0.9),
        1: Entry(1, {}, "stopped", 0.8),
        2: Entry(2, {}, "succeeded", 0.8),
        3: Entry(3, {}, "succeeded", None),
    }

    assert best_of(entries, "max") == entries[1]
    assert best_of({0: entries[0]}, "max") is None
    assert best_of(entries | {4: Entry(4, {}, "succeeded", 0.1)}, "min").value == 0.1  # type: ignore[union-attr]
