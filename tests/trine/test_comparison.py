"""Many runs at once, by the client and the command line against the real application."""

import csv
import io
import math
from pathlib import Path
from uuid import uuid4

import pyarrow.parquet
import pytest

import trine
from tests.trine.test_platform import command
from trine.client import Client
from trine.errors import NotFound, ValidationFailed


@pytest.fixture
def batch() -> str:
    """A tag of the runs of one test: all tests have one project."""
    return uuid4().hex


@pytest.fixture
def runs(client: Client, batch: str) -> list[str]:
    found = []
    for seed, lr in enumerate((0.1, 0.1, 0.01)):
        with trine.init(
            name=f"seed-{seed}", config={"lr": lr, "seed": seed}, tags={"team": "=cmd", "batch": batch}
        ) as run:
            run.log({"loss": math.nan if seed == 2 else 0.1 + seed}, step=1)
        found.append(run.id)
    return found


def test_runs_side_by_side(client: Client, runs: list[str], batch: str) -> None:
    found = client.runs.compare(runs, hide_identical=True)
    assert [str(run.id) for run in found.runs] == runs
    assert [(row.name, row.values) for row in found.params] == [("lr", [0.1, 0.1, 0.01]), ("seed", [0, 1, 2])]
    code = client.runs.compare_code(runs[0], runs[1])
    assert code.base.commit == code.other.commit
    groups = list(client.runs.groups(["params.lr"], ["metrics.loss"], matching=f"tags.batch = '{batch}'", limit=1))
    assert [(group.keys, group.runs) for group in groups] == [([0.01], 1)]
    with pytest.raises(ValidationFailed) as refused:
        client.runs.importance("metrics.loss", matching=f"tags.batch = '{batch}'")
    assert refused.value.code == "too_few_runs"


def test_views_are_kept(client: Client) -> None:
    made = client.run_views.create(name="best", filter="params.lr < 1", columns=["params.lr"], group_by=["params.lr"])
    assert client.run_views.list() == [made]
    changed = client.run_views.update(made.id, name="worst", columns=None)
    assert (changed.name, changed.columns) == ("worst", None)
    assert client.run_views.get(made.id) == changed
    client.run_views.delete(made.id)
    with pytest.raises(NotFound):
        client.run_views.get(made.id)


def test_files(client: Client, runs: list[str], batch: str, tmp_path: Path) -> None:
    of_test = f"tags.batch = '{batch}'"
    columns = ["params.lr", "tags.team"]
    table = client.runs.export(tmp_path / "runs.csv", matching=of_test, sort="created_at", columns=columns)
    told = list(csv.reader(io.StringIO(table.read_text(), newline="")))
    assert told[0] == ["id", "name", "params.lr", "tags.team"]
    assert [row[2:] for row in told[1:]] == [["0.1", "'=cmd"], ["0.1", "'=cmd"], ["0.01", "'=cmd"]]
    with pytest.raises(ValidationFailed):
        client.runs.export(tmp_path / "wrong.csv", matching="lr <")
    options = ("--filter", of_test, "--sort", "name", "--column", "params.lr")
    asked = command("run", "export", str(tmp_path / "runs.parquet"), *options)
    assert asked.returncode == 0, asked.stderr
    assert pyarrow.parquet.read_table(tmp_path / "runs.parquet")["params.lr"].to_pylist() == [0.1, 0.1, 0.01]
    asked = command("run", "export-series", str(tmp_path / "points.parquet"), runs[0], runs[2], "--metric", "loss")
    assert asked.returncode == 0, asked.stderr
    points = pyarrow.parquet.read_table(tmp_path / "points.parquet").to_pydict()
    assert points["run"] == ["seed-0", "seed-2"]
    assert str(points["value"]) == "[0.1, nan]"
    files = sorted(path.name for path in tmp_path.iterdir() if path.is_file())
    assert files == ["points.parquet", "runs.csv", "runs.parquet"]
