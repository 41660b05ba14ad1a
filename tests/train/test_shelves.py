from pathlib import Path

import pytest
import torch

from train.shelves import ObjectShelf, StateShelf, open_shelf


@pytest.fixture(params=["folder", "objects"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> StateShelf:
    # pyarrow treats `file://` as it does `s3://`: what differs is the service behind it.
    return open_shelf(str(tmp_path) if request.param == "folder" else tmp_path.as_uri(), keep=2)


def test_the_newest_comes_back(shelf: StateShelf) -> None:
    assert shelf.restored() is None
    for step in (5, 10, 100):
        shelf.put(step, {"step": step, "weights": torch.full((2,), float(step))})
    state = shelf.restored()
    assert state is not None
    assert state["step"] == 100
    assert state["weights"].tolist() == [100.0, 100.0]


def test_only_the_newest_are_kept(shelf: StateShelf, tmp_path: Path) -> None:
    for step in range(5):
        shelf.put(step, {"step": step})
    assert sorted(path.name.removesuffix(".pt") for path in (tmp_path / "checkpoints").glob("step-*")) == [
        "step-000000003",
        "step-000000004",
    ]


def test_a_checkpoint_runs_no_code(tmp_path: Path) -> None:
    shelf = ObjectShelf(tmp_path.as_uri(), keep=1)
    shelf.put(0, {"path": tmp_path})
    with pytest.raises(Exception, match="Weights only load failed"):
        shelf.restored()
