"""As `tests/soak/test_server_kills.py`, a few times."""

import pytest

from tests.soak.killed_server import KilledServer


@pytest.mark.timeout(180)
def test_what_was_acknowledged_is_there_once_whatever_is_killed() -> None:
    server = KilledServer()
    with server.running():
        for _ in range(2):
            server.kill_folder()
            server.kill_web()
            server.kill_postgres()
        assert server.check() >= 6 * 4 * 3
