from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest

from tests.train.tracker import Memory
from train.job import Job
from train.models import load
from train.recipes.classify import train
from trine.failures import DataError
from trine.specs.training import ClassifierSpec


def job(folder: Path) -> tuple[Job, Memory]:
    memory = Memory()
    return Job(memory, None, str(folder), folder), memory


def test_digits_are_learned_and_the_result_loads(tmp_path: Path) -> None:
    task, memory = job(tmp_path)

    outcome = train(ClassifierSpec(recipe="classify", name="digits", epochs=5), task)

    assert [step for step, _ in memory.points] == [1, 2, 3, 4, 5]
    assert memory.series("loss")[-1] < memory.series("loss")[0]
    assert outcome.summary["validation/accuracy"] > 0.85 > outcome.summary["before/accuracy"]
    assert outcome.metadata["framework"] == "torch"
    assert load(outcome.folder).config.labels == tuple("0123456789")  # type: ignore[union-attr]


def test_the_same_seed_gives_the_same_numbers(tmp_path: Path) -> None:
    series = []
    for seed in (1, 1, 2):
        task, memory = job(tmp_path)
        train(ClassifierSpec(recipe="classify", name="digits", epochs=2, seed=seed, dropout=0.1), task)
        series.append(memory.series("loss"))

    assert series[0] == series[1] != series[2]


def test_a_table_with_labels_is_data_too(tmp_path: Path) -> None:
    rows = [(index % 2, float(index % 2), 3.0) for index in range(100)]
    labels, first, second = zip(*rows, strict=True)
    table = pa.table({"label": [f"class {label}" for label in labels], "a": first, "b": second})
    pyarrow.parquet.write_table(table, tmp_path / "rows.parquet")
    data = {"source": "path", "path": str(tmp_path / "rows.parquet")}
    spec = ClassifierSpec.model_validate({"recipe": "classify", "name": "own", "data": data, "epochs": 30})
    task, _ = job(tmp_path / "out")

    assert train(spec, task).summary["validation/accuracy"] == 1.0


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"a": [1.0]}, "no column 'label'"),
        ({"label": [1], "a": ["x"]}, "must hold numbers"),
        ({"label": [1]}, "beside"),
    ],
)
def test_a_table_that_does_not_fit_is_named(tmp_path: Path, columns: dict[str, list[object]], says: str) -> None:
    pyarrow.parquet.write_table(pa.table(columns), tmp_path / "rows.parquet")
    data = {"source": "path", "path": str(tmp_path / "rows.parquet")}
    spec = ClassifierSpec.model_validate({"recipe": "classify", "name": "own", "data": data})

    with pytest.raises(DataError, match=says):
        train(spec, job(tmp_path)[0])
