"""Processes that another program starts have one run together."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.trine.wire import Wire
from trine.start import shared_key

PROGRAM = """
import os, trine
run = trine.init(name="together", capture=False)
run.log({"loss": 1.0}, step=int(os.environ["RANK"]))
"""


def test_the_processes_of_torchrun_have_one_run(wire: Wire, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(PROGRAM)
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "3"]
    for _ in range(2):
        subprocess.run([*torchrun, str(tmp_path / "train.py")], check=True, capture_output=True, cwd=Path.cwd())
    assert len(wire.runs) == 2, "one for each time that it was started"
    for run_id, record in wire.runs.items():
        assert sorted(wire.points(run_id)["loss"]) == [(rank, 1.0) for rank in range(3)]
        assert record["status"] == "succeeded"


@pytest.mark.parametrize(
    ("environment", "is_shared", "owns"),
    [
        ({}, False, True),
        ({"RANK": "1", "WORLD_SIZE": "2"}, False, True),
        ({"TRINE_RUN_KEY": "night", "RANK": "1"}, True, False),
        ({"TRINE_RUN_KEY": "night"}, True, True),
        ({"TORCHELASTIC_RUN_ID": "none", "WORLD_SIZE": "4", "LOCAL_WORLD_SIZE": "2"}, False, True),
        ({"TORCHELASTIC_RUN_ID": "none", "WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2", "RANK": "1"}, True, False),
    ],
)
def test_who_shares_a_run(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], is_shared: bool, owns: bool
) -> None:
    for name in ("TRINE_RUN_KEY", "TORCHELASTIC_RUN_ID", "WORLD_SIZE", "LOCAL_WORLD_SIZE", "RANK"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    key, owner = shared_key()
    assert ((key is not None), owner) == (is_shared, owns)
