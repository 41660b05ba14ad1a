import hashlib
import os
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.trine.wire import Wire, problem
from trine.errors import DigestMismatch, EnrolmentError, TrineError
from trine.worker import Worker, enrol


def enrolled(wire: Wire, monkeypatch: pytest.MonkeyPatch, **fields: Any) -> Worker:
    wire.token = "trw_worker"
    wire.enrolments["code"] = {
        "kind": "training",
        "spec": {"recipe": "classify", "name": "x"},
        "subject_id": str(uuid4()),
        "run_id": str(uuid4()),
        "project": "demo",
        "attempt": 2,
        "token": wire.token,
        "storage": "/somewhere",
    } | fields
    monkeypatch.setenv("TRINE_ENROLMENT", "code")
    worker = enrol()
    assert worker is not None
    return worker


def link(wire: Wire, path: str, content: bytes, **wrong: Any) -> dict[str, Any]:
    name = uuid4().hex
    wire.links[name] = content
    entry = {
        "path": path,
        "url": f"/signed/{name}",
        "sha256": hashlib.sha256(content).hexdigest(),
        "size": len(content),
    }
    return entry | wrong


def test_no_code_means_no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRINE_ENROLMENT", raising=False)
    assert enrol() is None


def test_the_code_leaves_the_environment_and_the_run_reports(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    worker = enrolled(wire, monkeypatch)
    assert "TRINE_ENROLMENT" not in os.environ
    assert wire.token not in repr(worker)
    worker.run.log({"loss": 1.0}, step=1)
    worker.close()
    assert [batch.attempt for batch in wire.batches.values()] == [2]
    assert wire.points(worker.run.id) == {"loss": [(1, 1.0)]}
    assert worker.run.id not in wire.runs  # its status is the controller's to set


def test_a_code_that_was_used_is_an_enrolment_error(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRINE_ENROLMENT", "used")
    with pytest.raises(EnrolmentError, match="has been used"):
        enrol()


def test_a_code_whose_answer_was_lost_is_not_sent_again(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    wire.faults.append(lambda: problem(502, "bad_gateway", "lost"))
    with pytest.raises(EnrolmentError):
        enrolled(wire, monkeypatch)
    assert [path for _, path, _ in wire.requests] == ["/api/v1/enrolments"]


def test_inputs_are_downloaded_and_verified(wire: Wire, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    files = [link(wire, "a.txt", b"alpha"), link(wire, "deep/b.bin", b"\0" * 3_000_000)]
    worker = enrolled(wire, monkeypatch, inputs={"data": files})
    folder = worker.download("data", tmp_path / "data")
    assert (folder / "a.txt").read_bytes() == b"alpha"
    assert (folder / "deep/b.bin").stat().st_size == 3_000_000
    with pytest.raises(TrineError, match=r"no input 'policy'; it has \['data'\]"):
        worker.download("policy", tmp_path)
    worker.close()


@pytest.mark.parametrize(
    ("path", "wrong", "error"),
    [("a", {"sha256": "0" * 64}, DigestMismatch), ("../out", {}, TrineError), ("/etc/out", {}, TrineError)],
)
def test_a_damaged_or_hostile_input_is_refused(
    wire: Wire,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    path: str,
    wrong: dict[str, Any],
    error: type[Exception],
) -> None:
    worker = enrolled(wire, monkeypatch, inputs={"data": [link(wire, path, b"x", **wrong)]})
    with pytest.raises(error):
        worker.download("data", tmp_path / "data")
    assert not [each for each in tmp_path.rglob("*") if each.is_file() and "home" not in each.parts]
    worker.close()


def test_trials_are_runs_of_their_own(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    worker = enrolled(wire, monkeypatch)
    trial = worker.start_trial(3, {"learning_rate": 0.1})
    trial.run.log({"validation/accuracy": 0.9}, step=1)
    trial.finish("succeeded", 0.9)
    failed = worker.start_trial(4, {"learning_rate": 10.0})
    failed.finish("failed", float("nan"))
    assert wire.points(trial.run.id) == {"validation/accuracy": [(1, 0.9)]}
    assert [(kept["number"], kept["status"], kept["value"]) for kept in wire.trials.values()] == [
        (3, "succeeded", 0.9),
        (4, "failed", None),
    ]
    worker.close()
