"""Ray's worker processes as forks of one that has imported what they need.

Ray starts each process of a job from nothing, and each of Ray Train's imports for seven seconds of CPU: with few cores
that is most of the time from a job's submission to its first step. Here one process imports, and a worker is a fork of
it. Ray's `py_executable` names `train/forkclient.py` in place of Python; it hands command, environment and open files
to the server, and stays until the fork ends. Where no server answers it becomes the ordinary Python.

For one machine: the server listens on a Unix socket. A server belongs to one job and ends with it.
"""

import array
import json
import os
import runpy
import selectors
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any, cast

CLIENT = Path(__file__).with_name("forkclient.py")
_HEAD = 8
"""Bytes before a request that say how long it is."""
_FILES = 3
"""Standard input, output and error."""


class ForkServer:
    """The driver's side. Clients may come before `start`: the socket listens from the beginning."""

    def __init__(self) -> None:
        # Removed by the server, which sees the end of this process however it comes.
        self._folder = Path(tempfile.mkdtemp(prefix="trine-fork-"))
        path = str(self._folder / "socket")
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(path)
        self._listener.listen(64)
        self.command = shlex.join([sys.executable, "-S", "-E", str(CLIENT), path])
        """What Ray executes in place of Python."""

    def start(self, early: Sequence[str], late: Sequence[str]) -> None:
        """Imports the modules in a process of its own, and serves from then on until this process ends.

        Ray's library reads what its raylet tells a worker from the environment, once, when it is loaded. So only `late`
        modules may load it: they are imported when the first client has brought that environment.
        """
        # The server ends when this pipe does, with this process.
        self.process = subprocess.Popen(
            [sys.executable, "-m", "train.forkserver", str(self._listener.fileno()), ",".join(early), ",".join(late)],
            stdin=subprocess.PIPE,
            pass_fds=[self._listener.fileno()],
            start_new_session=True,
        )
        self._listener.close()

    def close(self) -> None:
        """Ends the server; its forks go on."""
        cast(IO[bytes], self.process.stdin).close()
        self.process.wait()


@dataclass(frozen=True)
class _Request:
    client: socket.socket
    files: list[int]
    arguments: list[str]
    environment: dict[str, str]
    folder: str


def main() -> None:
    listener = socket.socket(fileno=int(sys.argv[1]))
    folder = Path(listener.getsockname()).parent
    early, late = ([name for name in argument.split(",") if name] for argument in sys.argv[2:])
    for module in early:
        import_module(module)
    arguments = _serve(listener, late)
    if arguments is None:
        shutil.rmtree(folder, ignore_errors=True)
        return
    sys.argv = arguments
    runpy.run_path(arguments[0], run_name="__main__")


def _serve(listener: socket.socket, late: Sequence[str]) -> list[str] | None:
    """Returns in each fork, with what it shall execute; in the server itself when the driver is gone."""
    awake, waker = os.pipe()
    for end in (awake, waker):
        os.set_blocking(end, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(waker)
    clients: dict[int, socket.socket] = {}
    with selectors.DefaultSelector() as selector:
        for source in (listener, sys.stdin, awake):
            selector.register(source, selectors.EVENT_READ)
        while True:
            ready = [key.fileobj for key, _ in selector.select()]
            if sys.stdin in ready:
                return None
            if awake in ready:
                os.read(awake, 4096)
                _report_ended(clients)
            request = _receive(listener) if listener in ready else None
            if request is None:
                continue
            if late:
                os.environ.update({name: text for name, text in request.environment.items() if name.startswith("RAY_")})
                _import_undrawn(late)
                late = []
            child = os.fork()
            if child == 0:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                for other in (listener, request.client, *clients.values()):
                    other.close()
                os.close(awake)
                os.close(waker)
                return _become(request)
            for file in request.files:
                os.close(file)
            clients[child] = request.client


def _import_undrawn(modules: Sequence[str]) -> None:
    """Imports what loads Ray's library, without a random number from it.

    The first number seeds the library's generator, and no fork seeds it anew: all would draw the same numbers, and
    tasks and objects of two workers would have one name. Ray draws one for each class of actors that a module declares.
    """
    # To type checkers it does not export the class.
    actor: Any = import_module("ray.actor")
    identifier = actor.ActorClassID
    actor.ActorClassID = SimpleNamespace(from_random=lambda: identifier(os.urandom(identifier.size())))
    try:
        for module in modules:
            import_module(module)
    finally:
        actor.ActorClassID = identifier


def _receive(listener: socket.socket) -> _Request | None:
    """The next request; None of a client that went away before it had said all."""
    client, _ = listener.accept()
    head, ancillary, _, _ = client.recvmsg(_HEAD, socket.CMSG_SPACE(_FILES * array.array("i").itemsize))
    files = array.array("i")
    for _, _, numbers in ancillary:
        files.frombytes(numbers)
    size = int.from_bytes(head, "big")
    with client.makefile("rb") as reader:
        body = reader.read(size)
    if len(files) == _FILES and size and len(body) == size:
        return _Request(client, list(files), **json.loads(body))
    for file in files:
        os.close(file)
    client.close()
    return None


def _become(request: _Request) -> list[str]:
    # Ray ends a worker with its process group.
    os.setsid()
    for number, file in enumerate(request.files):
        os.dup2(file, number)
        os.close(file)
    os.environ.clear()
    os.environ.update(request.environment)
    os.chdir(request.folder)
    return request.arguments


def _report_ended(clients: dict[int, socket.socket]) -> None:
    while clients:
        child, status = os.waitpid(-1, os.WNOHANG)
        if not child:
            return
        with clients.pop(child) as client:
            try:
                client.sendall(os.waitstatus_to_exitcode(status).to_bytes(4, "big", signed=True))
            except OSError:
                # The client was killed before its fork ended; nobody is left to tell.
                continue


if __name__ == "__main__":
    main()
