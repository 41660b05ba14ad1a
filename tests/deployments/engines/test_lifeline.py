"""Real processes: a parent, its child, and what the child forks."""

import subprocess
import sys
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[3]

CHILD = """
import os, sys
from deployments.engines.lifeline import die_with
die_with(int(sys.argv[1]))
forked = os.fork()
if forked:
    print(os.getpid(), forked, flush=True)
sys.stdin.read()
"""
PARENT = """
import os, subprocess, sys
subprocess.run([sys.executable, "-c", sys.argv[1], str(os.getpid())])
"""


def test_nothing_outlives_a_parent_that_is_killed() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True
    )
    with parent:
        assert parent.stdout is not None
        family = [psutil.Process(int(pid)) for pid in parent.stdout.readline().split()]
        assert len(family) == 2
        parent.kill()
    gone, alive = psutil.wait_procs(family, timeout=30)

    assert (len(gone), alive) == (2, [])


def test_a_process_whose_parent_is_already_gone_ends() -> None:
    orphan = subprocess.run([sys.executable, "-c", CHILD, "1"], cwd=ROOT, stdin=subprocess.DEVNULL, check=False)

    assert orphan.returncode == 1
