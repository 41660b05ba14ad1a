import os
import subprocess
import sys

import pytest

from deployments.local.errors import LocalError
from deployments.local.home import Home
from deployments.local.lock import exclusive

HOLD = """
import pathlib, signal, sys
from deployments.local.home import Home
from deployments.local.lock import exclusive
with exclusive(Home(pathlib.Path(sys.argv[1]))):
    print("held", flush=True)
    signal.pause()
"""


def test_a_second_up_is_told_who_is_at_work_and_a_dead_holder_holds_nothing(home: Home) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, str(home.root)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(LocalError, match=f"pid {holder.pid}"), exclusive(home):
            pass
        holder.kill()
    with exclusive(home):
        assert (home.run / "lock").read_text() == str(os.getpid())
