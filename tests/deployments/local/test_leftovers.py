import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from deployments.local import ray
from deployments.local.environment import MARK
from deployments.local.home import Home
from deployments.local.process import Mark
from deployments.local.state import Process

SLEEP = ["sleep", "300"]


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def spawn(stack: ExitStack, **options: Any) -> subprocess.Popen[bytes]:
    child = subprocess.Popen(SLEEP, start_new_session=True, **options)
    stack.callback(child.wait)
    stack.callback(child.kill)
    return child


def test_what_an_earlier_run_left_is_found_and_ended_and_nothing_else(home: Home, stack: ExitStack) -> None:
    log = stack.enter_context((home.ray / "worker.log").open("wb"))
    marked = spawn(stack, env={MARK: str(home.root)})
    writer = spawn(stack, env={}, stdout=log)
    recorded = spawn(stack)
    stranger = spawn(stack, env={MARK: "/another/home"})
    log.close()
    mark = Mark.of(recorded.pid)
    assert mark is not None

    ended, remaining = ray.stop_all(home, [Process.of("raylet", mark)])

    assert (ended, remaining) == (3, set())
    assert [child.poll() is None for child in (marked, writer, recorded, stranger)] == [False, False, False, True]


def test_a_recorded_pid_that_is_anothers_now_is_left_alone(home: Home, stack: ExitStack) -> None:
    other = spawn(stack)
    mark = Mark.of(other.pid)
    assert mark is not None
    stale = Process(name="raylet", pid=mark.pid, ticks=mark.ticks - 100, boot=mark.boot)
    assert ray.stop_all(home, [stale]) == (0, set())
    assert other.poll() is None


def test_who_asks_is_spared(home: Home) -> None:
    mark = Mark.of(os.getpid())
    assert mark is not None
    assert ray.processes(home, [Process.of("raylet", mark)]) == set()
