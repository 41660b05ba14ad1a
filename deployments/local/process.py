"""Processes by pid and start time: a pid alone names whoever got it last (another program after a reboot)."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psutil


@dataclass(frozen=True)
class Mark:
    """One process for all time: its pid, the clock ticks after boot at which it started, and that boot."""

    pid: int
    ticks: int
    boot: str

    @classmethod
    def of(cls, pid: int) -> Self | None:
        """None when no such process runs (a zombie runs no more)."""
        try:
            # the name, in parentheses, may itself hold spaces and parentheses
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return None
        state, ticks = fields[0], int(fields[19])
        return None if state in "ZX" else cls(pid, ticks, boot_id())

    def alive(self) -> bool:
        return Mark.of(self.pid) == self

    @property
    def started_at(self) -> float:
        """Seconds since 1970, for people; it moves when the clock is set, so processes are not compared by it."""
        return psutil.boot_time() + self.ticks / os.sysconf("SC_CLK_TCK")


def boot_id() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def descendants(processes: Iterable[psutil.Process]) -> set[psutil.Process]:
    """The processes with all their children, their children's children and so on."""
    found: set[psutil.Process] = set()
    for process in processes:
        found.add(process)
        try:
            found.update(process.children(recursive=True))
        except psutil.NoSuchProcess:
            continue
    return found


def own_line() -> set[int]:
    """This process and its ancestors: never to be stopped by a `down` that runs inside them."""
    return {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}


def environment_of(pid: int) -> dict[str, str]:
    """Empty where it cannot be read (another user's process) or was overwritten by a new process title."""
    try:
        raw = Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return {}
    pairs = (entry.partition("=") for entry in raw.decode(errors="replace").split("\0") if "=" in entry)
    return {name: value for name, _, value in pairs}


def writes_below(pid: int, folders: Iterable[Path]) -> bool:
    """True when the process holds a file open for writing, or a named socket of its own, below one of the folders."""
    prefixes = tuple(f"{folder}/" for folder in folders)
    try:
        descriptors = list(Path(f"/proc/{pid}/fd").iterdir())
    except OSError:
        return False
    for descriptor in descriptors:
        try:
            if not str(descriptor.readlink()).startswith(prefixes):
                continue
            flags = Path(f"/proc/{pid}/fdinfo/{descriptor.name}").read_text().split("flags:")[1].split()[0]
        except OSError:
            continue
        if int(flags, 8) & os.O_ACCMODE != os.O_RDONLY:
            return True
    return False


def stop(processes: Iterable[psutil.Process], *, grace: float) -> set[psutil.Process]:
    """TERM, `grace` seconds to obey, then KILL. Returns those that remain (in uninterruptible sleep, or foreign)."""
    waiting = set(processes)
    for process in waiting:
        signal_quietly(process, "terminate")
    _, alive = psutil.wait_procs(waiting, timeout=grace)
    for process in alive:
        signal_quietly(process, "kill")
    _, alive = psutil.wait_procs(alive, timeout=5)
    return {process for process in alive if process.is_running() and process.status() != psutil.STATUS_ZOMBIE}


def signal_quietly(process: psutil.Process, verb: str) -> None:
    """psutil compares the start time first; that the process ended meanwhile is what was wanted."""
    try:
        getattr(process, verb)()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return
