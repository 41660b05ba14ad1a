import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from deployments.local.errors import LocalError
from deployments.local.home import Home
from deployments.local.rotation import rotate

ROOT = Path(__file__).parents[3]


def keys(home: Home, name: str) -> list[str]:
    return (home.secrets / name).read_text().split()


def test_a_new_key_comes_before_the_one_that_was(home: Home) -> None:
    home.make_secrets()
    (first,) = keys(home, "key_pepper")
    rotate(home, ["key_pepper"])
    second, previous = keys(home, "key_pepper")
    assert previous == first
    assert len(second) >= 43
    assert stat.S_IMODE((home.secrets / "key_pepper").stat().st_mode) == 0o600
    rotate(home, ["key_pepper"])
    assert keys(home, "key_pepper")[1:] == [second]
    rotate(home, ["key_pepper"], keep=0)
    assert len(keys(home, "key_pepper")) == 1
    assert len(keys(home, "signing_key")) == 1, "what was not named stays"


def test_nothing_is_changed_where_a_secret_is_missing(home: Home) -> None:
    home.make_secrets()
    (home.secrets / "key_pepper").unlink()
    before = keys(home, "signing_key")
    with pytest.raises(LocalError, match=r"There is no .*key_pepper"):
        rotate(home)
    assert keys(home, "signing_key") == before


def test_the_command_changes_both_keys_and_nothing_else(home: Home) -> None:
    home.make_secrets()
    before = {name: keys(home, name) for name in ("signing_key", "key_pepper", "ray_token")}
    done = subprocess.run(
        [sys.executable, "-m", "deployments.local", "rotate-keys"],
        env=dict(os.environ) | {"TRINE_HOME": str(home.root), "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    for name in ("signing_key", "key_pepper"):
        assert keys(home, name)[1:] == before[name]
        assert keys(home, name)[0] not in done.stdout + done.stderr
        assert f"{home.secrets / name}: a new key is in use" in done.stdout
    assert keys(home, "ray_token") == before["ray_token"]
