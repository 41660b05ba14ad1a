"""What became of the trials of a study: one small file each, so that a study that is run again skips them."""

import json
from dataclasses import asdict, dataclass
from typing import Any, Literal

import pyarrow.fs

from trine.specs.telemetry import RETRIED, FailureClass

TrialStatus = Literal["succeeded", "stopped", "failed"]


@dataclass(frozen=True)
class Entry:
    number: int
    params: dict[str, Any]
    status: TrialStatus
    value: float | None
    """Of the study's metric, the last that the trial reported."""
    message: str = ""
    """Why it failed."""
    kind: FailureClass | None = None
    """Of its failure."""

    @property
    def is_final(self) -> bool:
        """Not after a failure of the infrastructure: another attempt of the study tries the trial again."""
        return self.kind not in RETRIED


class Ledger:
    """Files, not Ray Tune's own state: that is a pickle, and the folder may have been written by others."""

    def __init__(self, storage: str) -> None:
        """`storage`: a folder or a URI that pyarrow knows."""
        self._files, root = pyarrow.fs.FileSystem.from_uri(storage)
        self._folder = f"{root.rstrip('/')}/trials"
        self._files.create_dir(self._folder, recursive=True)

    def put(self, entry: Entry) -> None:
        path = f"{self._folder}/{entry.number:05d}.json"
        with self._files.open_output_stream(f"{path}.part") as file:
            file.write(json.dumps(asdict(entry)).encode())
        self._files.move(f"{path}.part", path)

    def entries(self) -> dict[int, Entry]:
        selector = pyarrow.fs.FileSelector(self._folder)
        files = [info.path for info in self._files.get_file_info(selector) if info.path.endswith(".json")]
        found = [_entry(json.loads(self._files.open_input_stream(path).read())) for path in sorted(files)]
        return {entry.number: entry for entry in found}


def _entry(fields: dict[str, Any]) -> Entry:
    kind = fields.get("kind")
    return Entry(**fields | {"kind": FailureClass(kind) if kind else None})
