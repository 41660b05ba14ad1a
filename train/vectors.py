"""Labelled vectors: scikit-learn's digits, or a Parquet file with a column `label` and numbers beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from train.data import fenced, of_platform
from trine.failures import DataError
from trine.specs.data import ArtifactData, BuiltinData, Data, DatasetData, PathData

LABEL_COLUMN = "label"


@dataclass(frozen=True)
class Vectors:
    train_inputs: torch.Tensor
    """[rows, inputs], raw."""
    train_labels: torch.Tensor
    """[rows], indices into `labels`."""
    held_out_inputs: torch.Tensor
    held_out_labels: torch.Tensor
    labels: tuple[str, ...]
    scale: float
    """Brings raw inputs to at most 1."""


def load_vectors(
    data: Data, held_out: float, *, artifact: Path | None = None, roots: Sequence[str] | None = None
) -> Vectors:
    """The same rows are held out whatever the seed, so that runs compare. Raises DataError."""
    inputs, names = _load(data, artifact, roots)
    labels, indices = np.unique(names, return_inverse=True)
    count = max(1, round(len(inputs) * held_out))
    if len(labels) < 2 or len(inputs) - count < 1:
        raise DataError(f"data: {len(inputs)} rows of {len(labels)} classes are too few to train on")
    order = np.random.default_rng(0).permutation(len(inputs))
    x, y = torch.from_numpy(inputs[order]), torch.from_numpy(indices[order].astype(np.int64))
    scale = 1 / max(1e-12, float(np.abs(inputs).max()))
    return Vectors(x[count:], y[count:], x[:count], y[:count], tuple(str(label) for label in labels), scale)


def _load(
    data: Data, artifact: Path | None, roots: Sequence[str] | None
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.str_]]:
    match data:
        case BuiltinData(name="digits"):
            import sklearn.datasets

            digits = sklearn.datasets.load_digits()
            return digits.data.astype(np.float32), digits.target.astype(str)
        case BuiltinData():
            raise DataError(f"data.name: {data.name!r} holds no labelled vectors; a classifier can use 'digits'")
        case ArtifactData() | DatasetData():
            return _parquet(of_platform(data, artifact))
        case PathData():
            return _parquet(fenced(data.path, roots))


def _parquet(path: Path) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.str_]]:
    import pyarrow.lib
    import pyarrow.parquet

    try:
        table = pyarrow.parquet.read_table(path)
    except (pyarrow.lib.ArrowException, OSError) as error:
        raise DataError(f"{path} cannot be read as Parquet: {error}") from error
    if LABEL_COLUMN not in table.column_names:
        raise DataError(f"{path} has no column {LABEL_COLUMN!r}; its columns are {table.column_names}")
    names = [name for name in table.column_names if name != LABEL_COLUMN]
    try:
        columns = [table.column(name).to_numpy().astype(np.float32) for name in names]
    except (ValueError, TypeError) as error:
        raise DataError(f"{path}: every column but {LABEL_COLUMN!r} must hold numbers ({error})") from error
    if not columns:
        raise DataError(f"{path} has no column beside {LABEL_COLUMN!r}")
    return np.stack(columns, axis=1), np.asarray(table.column(LABEL_COLUMN).to_pylist()).astype(str)
