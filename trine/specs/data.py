"""Where a recipe's training data comes from."""

from typing import Annotated, Literal

from pydantic import Field

from trine.specs.base import Spec

DATASET_NAME = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$"


class BuiltinData(Spec):
    """A dataset that every machine has."""

    source: Literal["builtin"] = "builtin"
    name: Literal["python-stdlib", "digits"] = "python-stdlib"
    """`python-stdlib`: source text of the running interpreter's standard library. `digits`: those of scikit-learn."""


class ArtifactData(Spec):
    """Files of an artifact that an earlier run wrote, in the same project."""

    source: Literal["artifact"]
    artifact: str = Field(min_length=1, max_length=64)
    """Identifier of the artifact."""


class DatasetData(Spec):
    """A version of a dataset of the same project."""

    source: Literal["dataset"]
    dataset: str = Field(pattern=rf"{DATASET_NAME[:-1]}(@([1-9][0-9]{{0,8}}|latest))?$", max_length=140)
    """`NAME@VERSION`; `NAME`, or `NAME@latest`, is the newest when the job is submitted."""

    @property
    def name(self) -> str:
        return self.dataset.partition("@")[0]

    @property
    def version(self) -> int | None:
        """None: the newest."""
        number = self.dataset.partition("@")[2]
        return int(number) if number.isdigit() else None


class PathData(Spec):
    """A file or folder: text, JSONL (field `text`) or Parquet (column `text`).

    A job of the platform may name a path under `TRINE_DATA_ROOTS` only; who runs `train.main` alone may name any.
    """

    source: Literal["path"]
    path: str = Field(min_length=1, max_length=4096)


Data = Annotated[BuiltinData | ArtifactData | DatasetData | PathData, Field(discriminator="source")]
