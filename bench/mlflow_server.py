"""A real MLflow tracking server in a virtual environment of its own, as `mlflow server` starts it."""

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

from deployments.local.ports import free

VERSION = "3.17.0"
WITHIN_S = 300


@dataclass(frozen=True)
class MlflowServer:
    url: str
    database: Path

    @property
    def bytes(self) -> int:
        """Of the database, with what is still in its journal."""
        return sum(each.stat().st_size for each in self.database.parent.glob(f"{self.database.name}*"))


@contextlib.contextmanager
def mlflow_server(python: str | None = None, *, workers: int = 4) -> Iterator[MlflowServer]:
    """Over SQLite as `mlflow server` has it: rollback journal, `synchronous=FULL`, so that a commit is on the disk.

    `python` is of an environment that has MLflow; without one it is made in a temporary folder, which goes at the end.
    `workers` are processes, four by default as MLflow has it.
    """
    folder = Path(tempfile.mkdtemp(prefix="bench-mlflow-"))
    try:
        binary = Path(python) if python else _environment(folder)
        port = free(15_500)
        database = folder / "mlflow.db"
        command = [str(binary), "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port)]
        command += ["--backend-store-uri", f"sqlite:///{database}", "--artifacts-destination", str(folder / "files")]
        command += ["--workers", str(workers)]
        # Its queue of jobs, which nobody here asks for, takes a package that the small MLflow comes without.
        given = os.environ | {
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "DO_NOT_TRACK": "true",
            "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        }
        with (folder / "log").open("wb") as output:
            process = subprocess.Popen(
                command, cwd=folder, env=given, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
            )
        try:
            _wait(process, f"http://127.0.0.1:{port}", folder / "log")
            yield MlflowServer(f"http://127.0.0.1:{port}", database)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, 15)
            process.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _environment(folder: Path) -> Path:
    subprocess.run(["uv", "venv", "--quiet", str(folder / "venv")], check=True)
    python = folder / "venv" / "bin" / "python"
    subprocess.run(["uv", "pip", "install", "--quiet", "--python", str(python), f"mlflow=={VERSION}"], check=True)
    return python


def _wait(process: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    end = time.monotonic() + WITHIN_S
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"{url}/health", timeout=2, trust_env=False).is_success:
                return
        time.sleep(0.2)
    raise RuntimeError(f"MLflow did not start:\n{log.read_text()[-2000:]}")
