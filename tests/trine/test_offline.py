"""Runs that begin without the platform, and runs that go on after a crash."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import trine
from tests.trine.wire import KEY, Wire, problem
from trine.errors import AuthenticationError, TrineError
from trine.spill import spill_root
from trine.sync import sync
from trine.transport import Transport


def synced(wire: Wire) -> list[str]:
    transport = Transport(wire.url, KEY)
    try:
        return [each.state for each in sync(transport)]
    finally:
        transport.close()


def test_offline_needs_nothing_and_sync_creates_the_run_with_all_it_told(
    wire: Wire, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("TRINE_URL")
    monkeypatch.delenv("TRINE_API_KEY")
    (tmp_path / "weights").write_bytes(b"w" * 100_000)
    with trine.init(name="far away", config={"lr": 0.1}, tags={"kind": "test"}, mode="offline") as run:
        local = run.id
        for step in range(100):
            run.log({"loss": float(step)}, step=step)
        run.log_text("said", "hello", step=5)
        assert run.log_artifact(tmp_path / "weights", type="model") == ""
        (tmp_path / "weights").write_bytes(b"other")
        run.summary["best"] = 1.0
    assert local.startswith("offline-")
    assert not wire.requests
    assert synced(wire) == ["sent"]
    ((run_id, record),) = wire.runs.items()
    assert (record["name"], record["status"], record["tags"]["kind"]) == ("far away", "succeeded", "test")
    assert wire.points(run_id) == {"loss": [(step, float(step)) for step in range(100)]}
    assert [entry["key"] for entry in wire.media] == ["said"]
    (model,) = [each for each in wire.artifacts if each["type"] == "model"]
    assert wire.blobs[model["files"][0]["sha256"]] == b"w" * 100_000
    assert synced(wire) == []
    assert not list(spill_root().iterdir())


def test_a_run_that_began_while_the_platform_was_away_is_created_when_it_answers(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trine.start.PATIENCE", 0.1)
    wire.stop()
    run = trine.init(name="early")
    run.log({"loss": 1.0}, step=0)
    assert run.id.startswith("offline-")
    assert not run.flush(timeout=0.3)
    wire.start()
    assert run.flush(timeout=30)
    assert wire.points(run.id) == {"loss": [(0, 1.0)]}
    run.finish()
    assert [record["status"] for record in wire.runs.values()] == ["succeeded"]
    assert not list(spill_root().iterdir())


def test_what_waiting_does_not_cure_still_raises(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRINE_API_KEY", "wrong")
    with pytest.raises(AuthenticationError):
        trine.init()
    with pytest.raises(TrineError, match="online or offline"):
        trine.init(mode="sideways")  # type: ignore[arg-type]
    assert not spill_root().exists()


def test_a_run_whose_creation_was_answered_into_the_void_is_one_run(wire: Wire) -> None:
    trine.init(mode="offline").finish()
    wire.faults.append(lambda: problem(401, "unauthenticated", "created, and then the answer was another"))
    with pytest.raises(AuthenticationError):
        synced(wire)
    assert synced(wire) == ["sent"]
    assert len(wire.runs) == 1


def test_sync_may_die_at_any_moment(wire: Wire, tmp_path: Path) -> None:
    """Killed after each number of requests in turn, until one of them comes to an end."""
    with trine.init(mode="offline", capture=False) as run:
        for step in range(12):
            run.log({"loss": float(step)}, step=step)
            run.log_text("said", f"text {step}", step=step)
            run.flush(timeout=5)
    program = """
import os, signal, sys
from trine.sync import sync
from trine.transport import Transport
class Mortal(Transport):
    left = int(sys.argv[2])
    def attempt(self, *arguments, **options):
        answer = super().attempt(*arguments, **options)
        self.left -= 1
        if self.left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer
list(sync(Mortal(sys.argv[1], os.environ["TRINE_API_KEY"])))
"""
    died = 0
    while spill_root().exists() and list(spill_root().iterdir()):
        done = subprocess.run([sys.executable, "-c", program, wire.url, str(died % 4)], check=False)
        died += done.returncode == -signal.SIGKILL
        assert done.returncode in (0, -signal.SIGKILL)
        assert died < 200
    assert died > 3
    assert len(wire.runs) == 1
    ((run_id, record),) = wire.runs.items()
    assert wire.points(run_id) == {"loss": [(step, float(step)) for step in range(12)]}
    assert sorted(entry["step"] for entry in wire.media) == list(range(12))
    assert record["status"] == "succeeded"


def test_after_kill_9_a_run_resumes_where_it_was(wire: Wire) -> None:
    program = """
import os, signal, trine
run = trine.init(config={"lr": 0.1}, capture=False)
print(run.id, flush=True)
for step in range(50):
    run.log({"loss": 1.0}, step=step)
assert run.flush()
os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, check=False)
    assert done.returncode == -signal.SIGKILL
    run = trine.init(resume=done.stdout.strip())
    assert run.handle().attempt == 2
    assert dict(run.config) == {"lr": 0.1}
    run.log({"loss": 2.0})
    run.finish()
    assert wire.points(run.id)["loss"][-2:] == [(49, 1.0), (50, 2.0)]
    assert wire.runs[run.id]["status"] == "succeeded"
    assert [batch.attempt for batch in wire.batches.values() if batch.metrics][-1] == 2


def test_resuming_sends_first_what_was_left_behind(wire: Wire) -> None:
    run = trine.init(capture=False)
    wire.stop()
    run.log({"loss": 1.0}, step=41)
    run.finish(timeout=0.3)
    wire.start()
    resumed = trine.init(resume=run.id)
    resumed.log({"loss": 2.0})
    resumed.finish()
    assert wire.points(run.id) == {"loss": [(41, 1.0), (42, 2.0)]}
    assert not list(spill_root().iterdir())


def test_a_run_resumes_offline_too_where_it_began_so(wire: Wire) -> None:
    with trine.init(mode="offline", capture=False) as run:
        run.log({"loss": 1.0}, step=3)
    with trine.init(mode="offline", resume=run.id) as again:
        again.log({"loss": 2.0})
    assert again.id == run.id
    assert set(synced(wire)) == {"sent"}
    assert len(wire.runs) == 1
    (points,) = wire.points(next(iter(wire.runs))).values()
    assert sorted(points) == [(3, 1.0), (4, 2.0)]
    with pytest.raises(TrineError, match="cannot be resumed offline"):
        trine.init(mode="offline", resume=next(iter(wire.runs)))
    with pytest.raises(TrineError, match="Nothing of the run"):
        trine.init(resume="offline-unknown")


def test_a_program_that_is_started_joins_the_run(wire: Wire) -> None:
    run = trine.init(capture=False)
    run.log({"parent": 1.0}, step=0)
    program = "import trine; run = trine.init(); run.log({'child': 1.0}, step=4); print(run.id)"
    joining = os.environ | run.environment()
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=joining,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == run.id
    assert wire.runs[run.id]["status"] == "queued", "it is the parent's to end"
    run.finish()
    assert wire.points(run.id) == {"parent": [(0, 1.0)], "child": [(4, 1.0)]}
    assert len(wire.runs) == 1


@pytest.mark.parametrize("mode", ["online", "offline"])
def test_processes_with_one_key_have_one_run(wire: Wire, mode: str) -> None:
    program = """
import os, trine
run = trine.init(name="together", mode=os.environ["MODE"])
run.log({"loss": 1.0}, step=int(os.environ["RANK"]))
"""
    shared = os.environ | {"TRINE_RUN_KEY": "night 7", "WORLD_SIZE": "4", "MODE": mode}
    started = [subprocess.Popen([sys.executable, "-c", program], env=shared | {"RANK": str(rank)}) for rank in range(4)]
    assert [process.wait() for process in started] == [0, 0, 0, 0]
    if mode == "offline":
        assert synced(wire) == ["sent"] * 4
    ((run_id, record),) = wire.runs.items()
    assert sorted(wire.points(run_id)["loss"]) == [(rank, 1.0) for rank in range(4)]
    assert record["status"] == "succeeded"
    assert [each["name"] for each in wire.artifacts] == ["environment"], "that of rank 0"
