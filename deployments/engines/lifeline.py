"""Ties a process, and what it forks or spawns, to the life of the process that started it (Linux)."""

import ctypes
import os
import signal

PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None, use_errno=True)
_forking = 0


def die_with(parent: int) -> None:
    """From now on the kernel kills this process when the thread of `parent` that started it ends, however it ends.

    The setting does not survive a fork, so every later fork sets it again; a spawned process has to call this itself.
    """
    _arm(parent)
    os.register_at_fork(before=_remember, after_in_child=_arm_fork)


def _arm(parent: int) -> None:
    if _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() != parent:  # it ended before the kernel knew
        os._exit(1)


def _remember() -> None:
    global _forking
    _forking = os.getpid()


def _arm_fork() -> None:
    _arm(_forking)
