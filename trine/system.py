"""What a run can cheaply say about the process that made it."""

import platform
import shlex
import socket
import subprocess
import sys
from pathlib import Path

_NOTED = ("torch", "ray", "transformers", "numpy", "gymnasium", "sklearn", "jax", "tensorflow")


def facts() -> dict[str, str]:
    """Tags for a run: program, command, host, interpreter, versions of loaded libraries, commit of the folder."""
    known = {
        "program": Path(sys.argv[0]).stem if sys.argv and sys.argv[0] not in ("", "-c", "-m") else "python",
        "command": shlex.join(sys.argv)[:500],
        "host": socket.gethostname(),
        "python": platform.python_version(),
    }
    for name in _NOTED:
        version = getattr(sys.modules.get(name), "__version__", None)
        if isinstance(version, str):
            known[f"version.{name}"] = str(version)
    commit = _git("rev-parse", "HEAD")
    if commit:
        known["git.commit"] = commit
    return known


def _git(*arguments: str) -> str | None:
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, text=True, timeout=2, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
