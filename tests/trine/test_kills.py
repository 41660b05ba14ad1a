"""Over a real server: tests/trine/killed.py has the program, and kills it as often as one asks."""

import os
import random
from pathlib import Path

from tests.trine.conftest import Person
from tests.trine.killed import Killed
from trine.client import Client

LIVES = int(os.environ.get("CLIENT_KILLS", "4"))


def test_a_client_that_is_killed_in_mid_stream_loses_and_doubles_nothing(
    client: Client, signed_in: Person, tmp_path: Path
) -> None:
    killed = Killed(client.transport.url, signed_in.key, tmp_path / "home")
    for number in range(LIVES):
        killed.life(random.Random(number))
    assert killed.check(client) >= len(killed.acknowledged) >= 20 * LIVES
