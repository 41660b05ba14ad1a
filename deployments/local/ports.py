"""The ports of the local platform: three that people type are fixed; the rest go wherever there is room."""

import socket
from dataclasses import dataclass

import psutil

from deployments.local.errors import LocalError
from deployments.local.state import Ports

LOOPBACK = "127.0.0.1"
INNER = {"client": 10001, "agent": 52365, "stats": 8404, "metrics": 9101, "fallback": 8500}


@dataclass(frozen=True)
class Listener:
    pid: int | None
    name: str

    def __str__(self) -> str:
        return f"{self.name} (pid {self.pid})" if self.pid else self.name


def choose(*, web: int, gcs: int, dashboard: int) -> Ports:
    """Checks the fixed ports, finds room for the others.

    Raises:
        LocalError: somebody listens on a fixed port; it names the port, the process and what to do.
    """
    for option, port in {"--port": web, "--ray-port": gcs, "--dashboard-port": dashboard}.items():
        if busy(port):
            raise LocalError("port.busy", port=port, listener=listener(port), option=option, other=free(port + 1))
    taken = {web, gcs, dashboard}
    inner: dict[str, int] = {}
    for name, preferred in INNER.items():
        inner[name] = free(preferred, taken)
        taken.add(inner[name])
    return Ports(web=web, gcs=gcs, dashboard=dashboard, **inner)


def busy(port: int) -> bool:
    """True when a bind would fail; connections that linger from an ended listener do not count."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
            probe.listen(1)
        except OSError:
            return True
    return False


def free(preferred: int, taken: set[int] | frozenset[int] = frozenset()) -> int:
    """The first port from `preferred` on that nobody listens on."""
    return next(port for port in range(preferred, 65536) if port not in taken and not busy(port))


def listener(port: int) -> Listener:
    for connection in psutil.net_connections(kind="tcp"):
        if connection.status == psutil.CONN_LISTEN and connection.laddr and connection.laddr.port == port:
            if connection.pid is None:
                return Listener(None, "a process of another user")
            try:
                return Listener(connection.pid, psutil.Process(connection.pid).name())
            except psutil.NoSuchProcess:
                continue
    return Listener(None, "an unknown process")
