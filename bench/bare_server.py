"""vLLM's own API server, as its documentation starts it."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import psutil


class BareServer:
    """A context: starts on entry without waiting, leaves no process behind."""

    def __init__(self, folder: Path, *, context: int, concurrent: int, cache_gib: float, extra: Sequence[str]) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._command = [
            *(sys.executable, "-m", "vllm.entrypoints.openai.api_server", "--model", str(folder)),
            *("--served-model-name", "bare", "--host", "127.0.0.1", "--port", str(self.port)),
            *("--max-model-len", str(context), "--max-num-seqs", str(concurrent)),
            *("--kv-cache-memory-bytes", str(int(cache_gib * 1024**3)), *extra),
        ]
        self.log: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed on exit

    def __enter__(self) -> "BareServer":
        self._process = subprocess.Popen(
            self._command, stdout=self.log, stderr=subprocess.STDOUT, env={**os.environ, "VLLM_NO_USAGE_STATS": "1"}
        )
        return self

    def __exit__(self, *_: object) -> None:
        family = [psutil.Process(self._process.pid), *psutil.Process(self._process.pid).children(recursive=True)]
        self._process.send_signal(signal.SIGTERM)
        for process in psutil.wait_procs(family, timeout=15)[1]:  # its worker is known to stay
            process.kill()
        self._process.wait()
        self.log.close()

    def check(self) -> None:
        """Raises RuntimeError with the end of its log when it has ended."""
        if self._process.poll() is not None:
            self.log.seek(0)
            raise RuntimeError(f"the bare server ended:\n{self.log.read()[-3000:].decode(errors='replace')}")
