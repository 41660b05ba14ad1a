"""What the end of a process, and a fork, mean for its runs."""

import atexit
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trine.run import Run

runs: set["Run"] = set()
"""Not weak: a run that went out of scope still has something to say at the end."""


def finish_all() -> None:
    broken = getattr(sys, "last_value", None)
    for run in list(runs):
        run.finish_at_exit(broken)


def flush_with_multiprocessing() -> None:
    """A child of multiprocessing leaves through `os._exit`, past atexit, but runs its finalizers."""
    process = sys.modules.get("multiprocessing.process")
    util = sys.modules.get("multiprocessing.util")
    if process is not None and util is not None and process.parent_process() is not None:
        util.Finalize(None, finish_all, exitpriority=100)


def _after_fork() -> None:
    for run in list(runs):
        run.go_on_after_fork()


atexit.register(finish_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
