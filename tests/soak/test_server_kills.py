"""`make soak`: SERVER_KILLS kills in all, of the folder, the web application and PostgreSQL in turns."""

import os
import random

import pytest

from tests.soak.killed_server import KilledServer

pytestmark = pytest.mark.soak

KILLS = int(os.environ.get("SERVER_KILLS", "200"))


@pytest.mark.timeout(120 + KILLS * 30)
def test_no_acknowledged_point_is_lost_or_doubled() -> None:
    draw = random.Random(0)
    server = KilledServer()
    with server.running():
        for _ in range(KILLS):
            draw.choice((server.kill_folder, server.kill_web, server.kill_postgres))()
        points = server.check()
    for part, away in server.away.items():
        away.sort()
        print(f"{part}: {len(away)} kills, answered again after {away[len(away) // 2]:.2f} s, at most {away[-1]:.2f} s")  # noqa: T201
    print(f"{KILLS} kills, {points} points: none lost, none doubled")  # noqa: T201
