import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import psutil

from deployments.local.process import Mark, stop, writes_below


def test_a_mark_survives_neither_its_process_nor_a_reuse_of_its_pid() -> None:
    mark = Mark.of(os.getpid())
    assert mark is not None
    assert mark.alive()
    assert not dataclasses.replace(mark, ticks=mark.ticks - 1).alive()
    assert not dataclasses.replace(mark, boot="another boot").alive()


def test_a_zombie_runs_no_more() -> None:
    child = subprocess.Popen(["true"])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert Mark.of(child.pid) is None
    child.wait()


def test_what_ignores_term_is_killed() -> None:
    script = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); signal.pause()"
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        assert stop([psutil.Process(child.pid)], grace=0.1) == set()
        assert not psutil.pid_exists(child.pid) or Mark.of(child.pid) is None


def test_readers_do_not_count_as_writers(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.touch()
    with path.open("rb"):
        assert not writes_below(os.getpid(), [tmp_path])
    with path.open("ab"):
        assert writes_below(os.getpid(), [tmp_path])
