"""What must hold before anything is started: room in memory and on the disk, a system that can run it."""

import re
import shutil
import sys
from pathlib import Path

import psutil

from deployments.local.errors import LocalError
from deployments.local.home import Home

GIB = 1024**3
MEMORY_NEEDED = 3 * GIB
DISK_NEEDED = 5 * GIB
# version 2, version 1
CGROUPS = (
    ("memory.max", "memory.current", "memory.stat"),
    ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes", "memory/memory.stat"),
)


def check(home: Home) -> None:
    """Raises:
    LocalError: the platform could not run here; it says what is short and what to do.
    """
    if sys.platform != "linux":
        raise LocalError("system.unsupported", system=sys.platform)
    check_memory(available_memory())
    check_disk(home.root)


def check_memory(available: int) -> None:
    if available < MEMORY_NEEDED:
        raise LocalError(
            "memory.short", available=gib(available), needed=gib(MEMORY_NEEDED), largest=largest_processes()
        )


def check_disk(folder: Path, needed: int = DISK_NEEDED) -> None:
    available = shutil.disk_usage(folder).free
    if available < needed:
        raise LocalError("disk.short", available=gib(available), needed=gib(needed), folder=folder)


def available_memory(group: Path = Path("/sys/fs/cgroup")) -> int:
    """Bytes that can still be had: the machine's, or the container's where that is less (caches can be dropped)."""
    machine = psutil.virtual_memory().available
    for limit, usage, statistics in CGROUPS:
        if not ((group / limit).exists() and (group / usage).exists()):
            continue
        allowed = (group / limit).read_text().strip()
        if allowed != "max":
            cached = re.findall(r"^(?:total_)?inactive_file (\d+)$", (group / statistics).read_text(), re.MULTILINE)
            used = int((group / usage).read_text()) - (int(cached[-1]) if cached else 0)
            return min(machine, int(allowed) - used)
    return machine


def largest_processes() -> str:
    found = [
        (info.info["memory_info"].rss, info.info["name"], info.pid)
        for info in psutil.process_iter(["memory_info", "name"])
        if info.info["memory_info"]
    ]
    return ", ".join(f"{name} (pid {pid}) {gib(size)}" for size, name, pid in sorted(found, reverse=True)[:2])


def gib(size: int) -> str:
    return f"{size / GIB:.1f} GiB"
