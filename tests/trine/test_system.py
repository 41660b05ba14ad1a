import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

import trine
from tests.trine.wire import Wire
from trine.system import INTERVAL, Machine, SystemMetrics, interval_of


class Heard:
    def __init__(self) -> None:
        self.samples: list[tuple[dict[str, float], int]] = []
        self.one = threading.Event()

    def __call__(self, values: dict[str, float], step: int) -> None:
        self.samples.append((values, step))
        self.one.set()


def sampler(heard: Heard, **more: Any) -> SystemMetrics:
    return SystemMetrics(heard, run="r", interval=0.01, started=1.0, **more)


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("TRINE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_of_the_processes_of_a_run_one_tells_of_the_machine(home: Path) -> None:
    first, second, third = Heard(), Heard(), Heard()
    one, two = sampler(first), sampler(second)
    one.start()
    two.start()
    assert first.one.wait(10)
    one.stop()
    assert not second.samples
    later = sampler(third, host="node-2")
    later.start()
    assert third.one.wait(10)
    later.stop()
    two.stop()
    values, step = first.samples[0]
    assert {"system/cpu.percent", "system/memory.percent", "system/disk.percent", "system/network.sent_mib_s"} <= set(
        values
    )
    assert all(value >= 0 for value in values.values())
    assert step > 1_000_000_000, "seconds since the run started"
    assert all(name.startswith("system/node-2/") for name in third.samples[0][0])
    assert not list((home / "locks").iterdir())


def test_the_workers_of_a_job_each_tell_of_themselves_and_one_of_the_machine() -> None:
    first, second = Heard(), Heard()
    one, two = sampler(first, rank=0), sampler(second, rank=1)
    one.start()
    two.start()
    assert first.one.wait(10)
    assert second.one.wait(10)
    one.stop()
    two.stop()
    told, beside = first.samples[0][0], second.samples[0][0]
    assert {"system/cpu.percent", "system/rank-0/process.memory_mib"} <= set(told)
    assert set(beside) == {f"system/rank-1/process.{name}" for name in ("cpu_percent", "memory_mib", "threads")}


def test_without_psutil_a_little_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psutil", None)
    assert set(Machine().sample()) == {"disk.percent", "load_1m"}


@pytest.mark.parametrize(
    ("asked", "said", "seconds"),
    [
        (None, None, INTERVAL),
        (None, "off", None),
        (None, "30", 30.0),
        (None, "on", INTERVAL),
        (False, "on", None),
        (True, "off", INTERVAL),
        (5.0, None, 5.0),
        (0.001, None, 1.0),
    ],
)
def test_when_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, asked: bool | float | None, said: str | None, seconds: float | None
) -> None:
    monkeypatch.delenv("TRINE_SYSTEM_METRICS", raising=False)
    if said is not None:
        monkeypatch.setenv("TRINE_SYSTEM_METRICS", said)
    assert interval_of(asked) == seconds


def test_after_a_fork_the_child_does_not_sample_too(wire: Wire) -> None:
    program = """
import os, threading, trine
run = trine.init(capture=False)
run.log({"loss": 1.0}, step=0)
child = os.fork()
if child == 0:
    run.log({"loss": 2.0}, step=1)
    os._exit(any(thread.name == "trine-system" for thread in threading.enumerate()) or run._system is not None)
assert os.waitpid(child, 0)[1] == 0
assert [thread.name for thread in threading.enumerate()].count("trine-system") == 1
run.finish()
"""
    subprocess.run(
        [sys.executable, "-c", program], check=True, env=os.environ | {"TRINE_HOME": os.environ["TRINE_HOME"]}
    )


def test_steps_of_the_machine_are_not_those_of_the_training(wire: Wire) -> None:
    run = trine.init(capture=False, system_metrics=1.0)
    run.log({"loss": 1.0})
    wire.wait_for(lambda: any(name.startswith("system/") for name in wire.points(run.id)))
    run.log({"loss": 0.5})
    run.finish()
    assert wire.points(run.id)["loss"] == [(0, 1.0), (1, 0.5)]
    assert wire.points(run.id)["system/disk.percent"][0][0] >= 1
