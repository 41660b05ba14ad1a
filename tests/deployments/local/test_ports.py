import os
import socket

import pytest

from deployments.local import ports
from deployments.local.errors import LocalError


@pytest.fixture
def taken() -> socket.socket:
    with socket.create_server((ports.LOOPBACK, 0)) as server:
        yield server


def test_a_busy_port_is_refused_with_its_process_and_what_to_do(taken: socket.socket) -> None:
    port = taken.getsockname()[1]
    with pytest.raises(LocalError) as refusal:
        ports.choose(web=port, gcs=ports.free(20000), dashboard=ports.free(21000))
    message = str(refusal.value)
    assert f"Port {port}" in message
    assert f"pid {os.getpid()}" in message
    assert "--port" in message


def test_a_busy_inner_port_is_avoided(taken: socket.socket) -> None:
    port = taken.getsockname()[1]
    assert ports.free(port) > port


def test_ports_are_distinct() -> None:
    base = ports.free(22000)
    chosen = ports.choose(
        web=ports.free(ports.INNER["fallback"]), gcs=base, dashboard=ports.free(base + 1)
    ).model_dump()
    assert len(set(chosen.values())) == len(chosen)
