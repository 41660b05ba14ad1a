"""Starts the engine process of a replica and ends it. The replica imports neither vLLM nor torch, and never forks."""

import asyncio
import os
import shutil
import socket
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from subprocess import DEVNULL, PIPE, STDOUT, Popen, TimeoutExpired
from typing import Protocol

ROOT = Path(__file__).parents[2]
REMEMBERED_LINES = 200
TERMINATION_S = 5.0


class Launcher(Protocol):
    """Where an engine runs decides what its process finds in its environment."""

    def environment(self) -> dict[str, str]: ...


@dataclass(frozen=True)
class CpuLauncher:
    """A plain process that imports vLLM once and forks its engine. `cpu` is what the replica asked Ray for."""

    cpu: float

    def environment(self) -> dict[str, str]:
        threads = str(max(1, int(self.cpu)))
        return {
            "CUDA_VISIBLE_DEVICES": "",
            "OMP_NUM_THREADS": threads,
            "OMP_WAIT_POLICY": "passive",
            "VLLM_CPU_OMP_THREADS_BIND": "nobind",
            # The first request for logprobs would wait fifteen seconds for inductor, and everybody else with it.
            "TORCH_COMPILE_DISABLE": "1",
            "TOKENIZERS_PARALLELISM": "false",
            **_preloads(),
        }


@dataclass(frozen=True)
class GpuLauncher:
    """vLLM's own processes, on the GPUs that Ray reserved for the replica and named in CUDA_VISIBLE_DEVICES."""

    def environment(self) -> dict[str, str]:
        return {"VLLM_WORKER_MULTIPROC_METHOD": "spawn", "TOKENIZERS_PARALLELISM": "false"}


class EngineChild:
    """A running engine process, the socket to it, and its last lines of output.

    It, and whatever it starts, dies with the thread that makes this object: make it on the event loop's.
    """

    def __init__(self, launcher: Launcher) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="trine-engine-"))  # 0700; the engine's sockets and scratch files
        self.socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        self.output: deque[str] = deque(maxlen=REMEMBERED_LINES)
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("RAY_", "TRINE_"))}
        path = os.pathsep.join((str(ROOT), *filter(None, [inherited.get("PYTHONPATH")])))
        own = {"PYTHONPATH": path, "TMPDIR": str(self.folder), "VLLM_NO_USAGE_STATS": "1", "PYTHONUNBUFFERED": "1"}
        command = (sys.executable, "-m", "deployments.engines.engine_process", str(theirs.fileno()), str(os.getpid()))
        with theirs:
            self.process = Popen(
                command,
                env={**inherited, **launcher.environment(), **own},
                pass_fds=(theirs.fileno(),),
                stdin=DEVNULL,
                stdout=PIPE,
                stderr=STDOUT,
                cwd=self.folder,
                text=True,
                errors="replace",
            )
        threading.Thread(target=self._relay, args=(self.process.stdout,), daemon=True).start()

    @property
    def last_error(self) -> str:
        """The line of its output that most likely says why it ended."""
        return root_cause(self.output)

    async def end(self) -> int:
        """Lets it finish for a few seconds, then kills it; returns its exit status."""
        self.process.terminate()
        with suppress(TimeoutExpired):
            await asyncio.to_thread(self.process.wait, TERMINATION_S)
        return self.close()

    def close(self) -> int:
        """Kills it if it still runs, and removes its folder. Safe to call twice."""
        self.process.kill()
        status = self.process.wait()
        self.socket.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        return status

    def _relay(self, lines: Iterable[str] | None) -> None:
        for line in lines or ():
            self.output.append(line.rstrip())
            sys.stderr.write(line)


def root_cause(lines: Iterable[str]) -> str:
    """The last `SomeError: …` of some output that is not merely a consequence; empty if there is none."""
    found = ""
    for line in lines:
        text = line.split("] ", 1)[-1].strip()
        name, separator, message = text.partition(": ")
        named = bool(separator) and name.endswith(("Error", "Exception")) and " " not in name
        if named and "See root cause above" not in message:
            found = text
    return found


def _preloads() -> dict[str, str]:
    """vLLM's allocator and torch's OpenMP, which its worker process would have been given at its own start."""
    libraries: list[Path] = []
    for package, patterns in (("vllm", ("libs/libtcmalloc*.so*",)), ("torch", ("lib/libgomp*.so*",))):
        spec = find_spec(package)
        if spec is not None and spec.origin is not None:
            folder = Path(spec.origin).parent
            libraries += [path for pattern in patterns for path in sorted(folder.glob(pattern))[:1]]
    return {"LD_PRELOAD": ":".join(map(str, libraries))} if libraries else {}
