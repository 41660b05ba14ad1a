"""Stands for a fork of the fork server: `python forkclient.py SOCKET ARGUMENTS...`; see `train/forkserver.py`.

Only what starts at once is imported: this file runs before every worker.
"""

import array
import json
import os
import socket
import sys


def main() -> None:
    path, arguments = sys.argv[1], sys.argv[2:]
    request = json.dumps({"arguments": arguments, "environment": dict(os.environ), "folder": os.getcwd()}).encode()
    server = socket.socket(socket.AF_UNIX)
    try:
        server.connect(path)
        files = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0, 1, 2]))
        server.sendmsg([len(request).to_bytes(8, "big")], [files])
        server.sendall(request)
    except OSError:
        os.execv(sys.executable, [sys.executable, *arguments])  # noqa: S606 — the command is Ray's own
    status = server.recv(4)
    # Without a status the server is gone, and its forks with the job.
    sys.exit(int.from_bytes(status, "big", signed=True) if status else 1)


if __name__ == "__main__":
    main()
