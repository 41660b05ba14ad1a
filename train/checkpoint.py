"""The state of a training loop as a folder, and a shelf of the newest few."""

import os
import shutil
from pathlib import Path
from typing import Any

import torch

STATE = "state.pt"


def write_state(folder: Path, state: dict[str, Any]) -> None:
    torch.save(state, folder / STATE)


def read_state(folder: Path) -> dict[str, Any]:
    """On the CPU. Only tensors and plain values are accepted: a checkpoint never runs code."""
    state: dict[str, Any] = torch.load(folder / STATE, map_location="cpu", weights_only=True)
    return state


class Shelf:
    """Checkpoints in a local folder: complete or absent, the newest `keep` of them."""

    def __init__(self, folder: Path, keep: int) -> None:
        self._folder = folder
        self._keep = keep

    def newest(self) -> Path | None:
        return max(self._all(), default=None)

    def put(self, step: int, state: dict[str, Any]) -> Path:
        self._folder.mkdir(parents=True, exist_ok=True)
        unfinished = self._folder / f".step-{step:09d}-{os.getpid()}"
        unfinished.mkdir()
        write_state(unfinished, state)
        final = self._folder / f"step-{step:09d}"
        shutil.rmtree(final, ignore_errors=True)
        unfinished.rename(final)
        for old in sorted(self._all())[: -self._keep]:
            shutil.rmtree(old)
        return final

    def _all(self) -> list[Path]:
        return list(self._folder.glob("step-*"))
