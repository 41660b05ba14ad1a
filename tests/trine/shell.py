"""The command line as a shell runs it, in a process of its own: a fork of one that has imported it.

To import it anew is 0.6 seconds of CPU a command.
"""

import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path

from train.forkserver import ForkServer

ROOT = Path(__file__).parents[2]
_PROGRAM = str(ROOT / "trine/__main__.py")
_servers: list[ForkServer] = []


def execute(
    *arguments: str, environment: Mapping[str, str], folder: str | Path = ROOT, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """Help is in the language of these tests: it is made when the commands are imported."""
    if not _servers:
        server = ForkServer()
        server.start(early=["trine.cli"], late=[])
        _servers.append(server)
    return subprocess.run(
        [*shlex.split(_servers[0].command), _PROGRAM, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        input=stdin,
        env=environment,
    )


def close() -> None:
    """Ends what served, if anything did."""
    while _servers:
        _servers.pop().close()
