import json
import math
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import trine
from tests.trine.wire import KEY, Wire, problem
from trine.errors import AuthenticationError, NotFound
from trine.handle import RunHandle
from trine.run import Run
from trine.specs.telemetry import Failure, FailureClass
from trine.spill import spill_root
from trine.sync import sync
from trine.transport import Transport


def attached(wire: Wire, run_id: str = "r", *, worker: bool = False) -> Run:
    return Run.attach(RunHandle(url=wire.url, run_id=run_id, token=wire.token, worker=worker))


def test_a_run_from_start_to_end(wire: Wire) -> None:
    with trine.init(name="first", config={"lr": 0.1}, tags={"kind": "test"}) as run:
        for step in range(10):
            run.log({"loss": 1 / (step + 1)}, step=step)
        run.log({"loss": math.nan, "accuracy": math.inf})
        run.log_output("hello\nwor")
        run.log_output("ld")
        run.summarize({"best": -math.inf, "path": Path("x")})
    record = wire.runs[run.id]
    assert (record["name"], record["status"], record["tags"]["kind"]) == ("first", "succeeded", "test")
    points = wire.points(run.id)
    assert [step for step, _ in points["loss"]] == list(range(11))
    assert math.isnan(points["loss"][-1][1])
    assert points["accuracy"] == [(10, math.inf)]
    batches = list(wire.batches.values())
    assert "".join(chunk.text for batch in batches for chunk in batch.logs) == "hello\nworld"
    assert [batch.params for batch in batches if batch.params] == [{"lr": 0.1}]
    assert [batch.summary for batch in batches if batch.summary] == [{"best": "-Infinity", "path": "x"}]
    assert not list(spill_root().glob("*"))


def test_an_exception_inside_the_run_makes_it_failed(wire: Wire) -> None:
    def train() -> None:
        with run:
            run.log({"loss": 1})
            run.fail(Failure(kind=FailureClass.USER_CODE, message="division by zero"))
            raise ZeroDivisionError

    run = trine.init()
    with pytest.raises(ZeroDivisionError):
        train()
    assert wire.runs[run.id]["status"] == "failed"
    assert [batch.failure.message for batch in wire.batches.values() if batch.failure] == ["division by zero"]


def test_starting_with_a_bad_key_raises(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRINE_API_KEY", "wrong")
    with pytest.raises(AuthenticationError) as caught:
        trine.init()
    assert caught.value.status == 401
    assert "trine login" in str(caught.value)


def test_an_unknown_project_is_named(wire: Wire) -> None:
    with pytest.raises(NotFound, match="no project 'nowhere'"):
        trine.init(project="nowhere")


def test_a_value_that_is_no_number_never_raises(wire: Wire, caplog: pytest.LogCaptureFixture) -> None:
    run = attached(wire)
    run.log({"loss": "high"})  # type: ignore[dict-item]
    run.log({"loss": 1.0}, step=-1)
    run.log({"": 1.0})
    run.log_output("x", stream="nowhere")
    run.log({"loss": 2.0}, step=3)
    run.finish()
    assert wire.points("r") == {"loss": [(3, 2.0)]}
    assert "could not convert string to float" in caplog.text


def test_while_the_platform_is_away_nothing_is_lost_and_nothing_doubled(wire: Wire) -> None:
    run = attached(wire)
    run.log({"loss": 0.0}, step=0)
    assert run.flush()
    wire.stop()
    for step in range(1, 500):
        run.log({"loss": float(step)}, step=step)
    assert not run.flush(timeout=0.5)
    assert list(spill_root().glob("r/*/*.json"))
    wire.faults.append(lambda: problem(500, "internal", "applied, but the answer was lost"))
    wire.refusals.append(lambda: problem(429, "rate", "slow down", headers={"Retry-After": "0"}))
    wire.refusals.append(lambda: problem(503, "unavailable", "starting"))
    wire.start()
    for step in range(500, 600):
        run.log({"loss": float(step)}, step=step)
    assert run.flush(timeout=30)
    run.finish()
    assert wire.points("r") == {"loss": [(step, float(step)) for step in range(600)]}
    assert [key[2] for key in wire.order] == list(range(len(wire.order)))
    assert not list(spill_root().glob("*"))


def test_large_histories_are_split(wire: Wire) -> None:
    run = attached(wire)
    for step in range(30_000):
        run.log({"loss": step / 7, "x" * 250: 1e-300 / 3}, step=2**52 + step)
    run.log_output("\x1b[31m" * 100_000)
    run.finish()
    assert wire.largest <= 500_000
    points = wire.points("r")
    assert [len(series) for series in points.values()] == [30_000, 30_000]


def test_after_kill_9_the_rest_is_sent_by_sync(wire: Wire, tmp_path: Path) -> None:
    program = """
import os, sys, trine
run = trine.init(name="victim")
run.log({"loss": 0.0}, step=0)
assert run.flush()
print(run.id, flush=True)
sys.stdin.readline()
for step in range(1, 200):
    run.log({"loss": float(step)}, step=step)
run.flush(timeout=0.2)
print("spilled", flush=True)
sys.stdin.readline()
"""
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ.copy()
    )
    assert process.stdin is not None
    assert process.stdout is not None
    run_id = process.stdout.readline().strip()
    wire.stop()
    process.stdin.write("\n")
    process.stdin.flush()
    assert process.stdout.readline() == "spilled\n"
    wire.start()
    transport = Transport(wire.url, KEY)
    assert [result.state for result in sync(transport)] in ([], ["in_use"])
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdin.close()
    process.stdout.close()
    results = list(sync(transport))
    assert [result.state for result in results] in ([], ["sent"])
    assert wire.points(run_id) == {"loss": [(step, float(step)) for step in range(200)]}
    assert not list(spill_root().glob("*"))
    transport.close()


def test_a_run_that_ends_while_the_platform_is_away_is_finished_by_sync(wire: Wire) -> None:
    run = trine.init(capture=False)
    wire.stop()
    run.log({"loss": 1.0}, step=0)
    run.finish("failed", timeout=0.3)
    wire.start()
    transport = Transport(wire.url, KEY)
    assert [(result.state, result.sent) for result in sync(transport)] == [("sent", 1)]
    transport.close()
    assert wire.runs[run.id]["status"] == "failed"
    assert wire.points(run.id) == {"loss": [(0, 1.0)]}


def test_a_platform_that_owns_the_batches_elsewhere_gets_none(wire: Wire) -> None:
    run = attached(wire)
    wire.stop()
    run.log({"loss": 1.0})
    run.finish(timeout=0.3)
    wire.start()
    other = Wire(token=KEY)
    other.start()
    transport = Transport(other.url, KEY)
    assert [result.state for result in sync(transport)] == ["elsewhere"]
    transport.close()
    other.stop()
    assert not other.batches


def test_a_token_is_never_written_to_disk(wire: Wire) -> None:
    wire.token = "secret-token-of-a-worker"
    run = attached(wire, worker=True)
    wire.stop()
    run.log({"loss": 1.0})
    run.config({"a": 1})
    run.finish(timeout=0.3)
    files = [path for path in spill_root().rglob("*") if path.is_file()]
    assert files
    assert not any(b"secret-token" in path.read_bytes() for path in files)


def test_a_superseded_attempt_stops_and_leaves_nothing(wire: Wire) -> None:
    run = attached(wire, worker=True)
    wire.refusals.append(lambda: problem(409, "superseded", "attempt 2 runs"))
    run.log({"loss": 1.0})
    assert not run.flush()
    run.log({"loss": 2.0})
    run.finish()
    assert run.dropped_points == 2
    assert not wire.batches
    assert not list(spill_root().glob("*"))


def test_a_revoked_key_keeps_the_batches_for_a_better_one(wire: Wire) -> None:
    run = attached(wire)
    wire.token = "another"
    run.log({"loss": 1.0}, step=0)
    assert not run.flush()
    run.log({"loss": 2.0}, step=1)
    run.finish(timeout=2)
    assert not wire.batches
    transport = Transport(wire.url, "another")
    assert [result.state for result in sync(transport)] == ["sent"]
    transport.close()
    assert wire.points("r") == {"loss": [(0, 1.0), (1, 2.0)]}


def test_an_invalid_batch_does_not_hold_up_the_next(wire: Wire) -> None:
    run = attached(wire)
    wire.refusals.append(lambda: problem(422, "invalid", "no", errors=[{"field": "metrics", "message": "bad"}]))
    run.log({"loss": 1.0}, step=0)
    run.flush()
    run.log({"loss": 2.0}, step=1)
    run.finish()
    assert wire.points("r") == {"loss": [(1, 2.0)]}
    assert run.dropped_points == 1


def test_a_home_that_cannot_be_written_keeps_telemetry_in_memory(
    wire: Wire, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TRINE_HOME", str(tmp_path / "file"))
    run = attached(wire)
    run.log({"loss": 1.0}, step=0)
    run.finish()
    assert wire.points("r") == {"loss": [(0, 1.0)]}


def test_a_run_is_not_pickled_but_its_handle_is(wire: Wire) -> None:
    run = attached(wire)
    with pytest.raises(TypeError, match=r"run\.handle"):
        pickle.dumps(run)
    handle = pickle.loads(pickle.dumps(run.handle()))  # noqa: S301 — made one line above
    assert handle == run.handle()
    assert wire.token not in repr(handle)
    run.finish()


def _log_in_child(handle: RunHandle) -> None:
    run = Run.attach(handle)
    run.log({"child": 1.0}, step=5)


def test_processes_share_a_run(wire: Wire) -> None:
    run = attached(wire)
    run.log({"parent": 1.0}, step=0)
    child = multiprocessing.get_context("spawn").Process(target=_log_in_child, args=(run.handle(),))
    child.start()
    child.join()
    run.finish()
    assert wire.points("r") == {"parent": [(0, 1.0)], "child": [(5, 1.0)]}
    assert len({key[1] for key in wire.order}) == 2


def test_a_forked_child_goes_on_under_its_own_source(wire: Wire) -> None:
    program = """
import os, trine
run = trine.init()
run.log({"parent": 1.0}, step=0)
child = os.fork()
if child == 0:
    run.log({"child": 1.0}, step=1)
    run.finish()
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
run.finish()
print(run.id)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    run_id = done.stdout.strip()
    assert wire.points(run_id) == {"parent": [(0, 1.0)], "child": [(1, 1.0)]}
    assert wire.runs[run_id]["status"] == "succeeded"


@pytest.mark.parametrize(("ending", "status"), [("", "succeeded"), ("raise ValueError('x')", "failed")])
def test_the_end_of_the_process_finishes_the_run(wire: Wire, ending: str, status: str) -> None:
    program = f"import trine\nrun = trine.init()\nprint(run.id)\nrun.log({{'loss': 1.0}}, step=0)\n{ending}\n"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    run_id = done.stdout.strip()
    assert wire.runs[run_id]["status"] == status
    assert wire.points(run_id) == {"loss": [(0, 1.0)]}


def test_spilled_bodies_are_batches(wire: Wire) -> None:
    run = attached(wire)
    wire.stop()
    run.log({"loss": math.nan}, step=0)
    run.flush(timeout=0.3)
    body = json.loads(next(spill_root().glob("r/*/0*.json")).read_text())
    assert body["metrics"]["loss"]["values"] == ["NaN"]
    wire.start()
    run.finish()
