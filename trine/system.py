"""What the machine does while a run goes on: CPU, memory, disk, network, GPUs, every few seconds, beside the training.

One process of a run tells of a machine, and no other; the workers of a distributed job each tell of themselves.
`psutil` and `nvidia-ml-py` are used where they are installed (`trine[system]`); without them the load and the free
space of the disk are told.
"""

import logging
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Event, Thread
from typing import IO, Any

from trine import gpus
from trine.home import home
from trine.spill import flock

PREFIX = "system/"
INTERVAL = 15.0
SHORTEST = 1.0
SWITCH = "TRINE_SYSTEM_METRICS"

_MIB = 1024 * 1024
_log = logging.getLogger("trine")


def interval_of(asked: bool | float | None) -> float | None:
    """Seconds between samples; None for no samples. What was not asked, the environment says."""
    if asked is None:
        said = os.environ.get(SWITCH, "on").lower()
        if said in ("off", "0", "false", "no"):
            return None
        try:
            asked = float(said)
        except ValueError:
            asked = True
    if asked is False:
        return None
    return INTERVAL if asked is True else max(SHORTEST, float(asked))


class SystemMetrics:
    """A thread that logs at steps that are seconds since the run started, so that a run that resumes goes on."""

    def __init__(
        self,
        log: Callable[[dict[str, float], int], None],
        *,
        run: str,
        interval: float,
        started: float,
        host: str = "",
        rank: int | None = None,
    ) -> None:
        """`host` is named in the metrics of a machine that the run was not started on, `rank` in those of a process
        that is one of many: it tells of itself beside the one that tells of the machine."""
        self._log = log
        self._path = home() / "locks" / f"system-{run}"
        self._interval = interval
        self._started = started or time.time()
        self._prefix = f"{PREFIX}{host}/" if host else PREFIX
        self._ranked = rank is not None
        self._own_prefix = self._prefix if rank is None else f"{PREFIX}rank-{rank}/"
        self._stopped = Event()
        self._lock: IO[bytes] | None = None

    def start(self) -> None:
        """A process without a rank does nothing where another of the run samples this machine. Never raises."""
        if not self._take() and not self._ranked:
            return
        try:
            Thread(target=self._loop, name="trine-system", daemon=True).start()
        except RuntimeError as error:
            _log.warning("The machine's metrics are not logged: %s.", error)

    def stop(self) -> None:
        self._stopped.set()
        if self._lock is not None:
            self._path.unlink(missing_ok=True)
            self._lock.close()
            self._lock = None

    def abandon(self) -> None:
        """In the child of a fork, where there is no thread, and the lock is the parent's."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _take(self) -> bool:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock = self._path.open("ab")
        except OSError:
            return False
        if flock(self._lock):
            return True
        self._lock.close()
        self._lock = None
        return False

    def _loop(self) -> None:
        with ExitStack() as held:
            whole = self._lock is not None
            nvml = held.enter_context(gpus.driver()) if whole else None
            machine = Machine()
            while not self._stopped.wait(self._interval):
                try:
                    values = machine.sample() if whole else {}
                    values |= gpus.sample(nvml) if nvml is not None else {}
                    own = machine.own()
                except Exception:  # noqa: BLE001 — a counter that cannot be read must not end the others
                    _log.debug("system metrics", exc_info=True)
                    continue
                named = {self._prefix + name: value for name, value in values.items()}
                named |= {self._own_prefix + name: value for name, value in own.items()}
                self._log(named, max(0, int(time.time() - self._started)))


class Machine:
    """Rates are those since the sample before."""

    def __init__(self) -> None:
        try:
            import psutil
        except ImportError:
            self._psutil: Any = None
            return
        self._psutil = psutil
        self._process = psutil.Process()
        self._psutil.cpu_percent()
        self._process.cpu_percent()
        self._counted = (time.monotonic(), dict(self._counters()))

    def sample(self) -> dict[str, float]:
        found = {"disk.percent": _disk()}
        if self._psutil is None:
            return found | {"load_1m": os.getloadavg()[0]}
        memory = self._psutil.virtual_memory()
        found |= {
            "cpu.percent": self._psutil.cpu_percent(),
            "memory.percent": memory.percent,
            "memory.available_mib": memory.available / _MIB,
        }
        return found | self._rates()

    def own(self) -> dict[str, float]:
        """Of this process."""
        if self._psutil is None:
            return {}
        return {
            "process.cpu_percent": self._process.cpu_percent(),
            "process.memory_mib": self._process.memory_info().rss / _MIB,
            "process.threads": float(self._process.num_threads()),
        }

    def _rates(self) -> dict[str, float]:
        (before, old), now, new = self._counted, time.monotonic(), dict(self._counters())
        self._counted = (now, new)
        elapsed = max(now - before, 1e-3)
        # A counter that a driver reset began again: there is no rate.
        return {name: (new[name] - old[name]) / _MIB / elapsed for name in new if new[name] >= old.get(name, 0)}

    def _counters(self) -> Iterator[tuple[str, int]]:
        """Bytes since the machine started; rates of them are MiB a second."""
        network = self._psutil.net_io_counters()
        if network is not None:
            yield "network.sent_mib_s", network.bytes_sent
            yield "network.received_mib_s", network.bytes_recv
        try:
            disk = self._psutil.disk_io_counters()
        except (OSError, RuntimeError):  # a container without /proc/diskstats
            disk = None
        if disk is not None:
            yield "disk.read_mib_s", disk.read_bytes
            yield "disk.written_mib_s", disk.write_bytes


def _disk() -> float:
    """Of the working directory."""
    use = shutil.disk_usage(Path.cwd())
    return 100.0 * use.used / use.total
