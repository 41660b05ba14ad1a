"""Entry of the engine process: `python -m deployments.engines.engine_process SOCKET_FD PARENT_PID`.

vLLM is imported while the replica still fetches the model. Where vLLM spawns (on GPUs), each of its processes imports
this module again, as `__mp_main__`, and so ties itself to its parent, too.
"""

import asyncio
import importlib
import os
import socket
import sys
import traceback
from typing import Any

from deployments.engines.lifeline import die_with

UNUSED_LIBRARIES = ("sklearn", "pandas")
"""transformers imports them if it can, for three seconds, to score drafts of assisted generation."""

if __name__ in ("__main__", "__mp_main__"):
    die_with(int(sys.argv[2]) if __name__ == "__main__" else os.getppid())


def main() -> None:
    connection = socket.socket(fileno=int(sys.argv[1]))
    os.register_at_fork(after_in_child=connection.close)
    modules: dict[str, Any] = sys.modules
    modules.update(dict.fromkeys(UNUSED_LIBRARIES))
    host = importlib.import_module("deployments.engines.engine_host")
    status = 0
    try:
        asyncio.run(host.serve(connection))
    except Exception:  # noqa: BLE001 - printed, and told by the exit status
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)  # what the libraries would still do at exit takes a second and reports leaks


if __name__ == "__main__":
    main()
