"""Checkpoints of a loop that runs in the driver: in a folder, or in an object store."""

import io
from pathlib import Path
from typing import Any, Protocol

import pyarrow.fs
import torch

from train.checkpoint import Shelf, read_state


class StateShelf(Protocol):
    def restored(self) -> dict[str, Any] | None:
        """The newest state, on the CPU; None where there is none."""
        ...

    def put(self, step: int, state: dict[str, Any]) -> None:
        """Keeps a state of tensors and plain values; the oldest ones go."""
        ...


def open_shelf(storage: str, keep: int) -> StateShelf:
    """`storage` is a folder or a URI such as `s3://bucket/path`."""
    if "://" in storage:
        return ObjectShelf(storage, keep)
    return FolderShelf(Path(storage) / "checkpoints", keep)


class FolderShelf:
    def __init__(self, folder: Path, keep: int) -> None:
        self._shelf = Shelf(folder, keep)

    def restored(self) -> dict[str, Any] | None:
        newest = self._shelf.newest()
        return read_state(newest) if newest else None

    def put(self, step: int, state: dict[str, Any]) -> None:
        self._shelf.put(step, state)


class ObjectShelf:
    """One object a checkpoint: an object store shows it whole or not at all."""

    def __init__(self, uri: str, keep: int) -> None:
        self._files, root = pyarrow.fs.FileSystem.from_uri(uri)
        self._folder = f"{root}/checkpoints"
        self._keep = keep

    def restored(self) -> dict[str, Any] | None:
        names = self._names()
        if not names:
            return None
        with self._files.open_input_stream(names[-1]) as stream:
            state: dict[str, Any] = torch.load(io.BytesIO(stream.read()), map_location="cpu", weights_only=True)
        return state

    def put(self, step: int, state: dict[str, Any]) -> None:
        buffer = io.BytesIO()
        torch.save(state, buffer)
        self._files.create_dir(self._folder, recursive=True)
        with self._files.open_output_stream(f"{self._folder}/step-{step:09d}.pt") as stream:
            stream.write(buffer.getvalue())
        for old in self._names()[: -self._keep]:
            self._files.delete_file(old)

    def _names(self) -> list[str]:
        found = self._files.get_file_info(pyarrow.fs.FileSelector(self._folder, allow_not_found=True))
        return sorted(info.path for info in found if info.base_name.startswith("step-"))
