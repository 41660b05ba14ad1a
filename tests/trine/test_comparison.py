"""Many runs at once, by the client and the command line against the real application."""

import csv
import io
import json
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


def asked(*arguments: str) -> str:
    done = command(*arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_command_line_compares(runs: list[str], batch: str) -> None:
    of_test = ("--filter", f"tags.batch = '{batch}'")
    found = json.loads(asked("run", "compare", runs[0], runs[2], "--json"))
    assert [run["id"] for run in found["runs"]] == [runs[0], runs[2]]
    lines = [line.split("\t") for line in asked("run", "compare", runs[0], runs[2]).splitlines()]
    assert lines[0] == ["of", "name", "seed-0", "seed-2"]
    assert ["parameters", "lr", "0.1", "0.01"] in lines
    assert not any(line[1] == "team" for line in lines), "what is the same is left out"
    assert ["tags", "team", "=cmd", "=cmd"] in [
        line.split("\t") for line in asked("run", "compare", runs[0], runs[2], "--all").splitlines()
    ]
    alone = command("run", "compare", runs[0])
    assert (alone.returncode, "name two runs at least" in alone.stderr) == (2, True)

    code = json.loads(asked("run", "compare-code", runs[0], runs[1], "--json"))
    assert code["base"]["commit"] == code["other"]["commit"]
    assert asked("run", "compare-code", runs[0], runs[1]).startswith(f"{runs[0]}\t")

    groups = ("run", "group", "--by", "params.lr", "--metric", "metrics.loss", *of_test)
    assert [(each["keys"], each["runs"]) for each in json.loads(asked(*groups, "--json"))] == [([0.01], 1), ([0.1], 2)]
    told = [line.split("\t") for line in asked(*groups).splitlines()[1:]]
    assert [line[:2] for line in told] == [["0.01", "1"], ["0.1", "2"]]

    few = command("run", "importance", "metrics.loss", *of_test)
    assert (few.returncode, few.stderr.count("\n")) == (2, 1)


def test_the_command_line_tells_what_matters(client: Client, batch: str) -> None:
    for number in range(24):
        with trine.init(config={"lr": number / 10, "idle": number % 3}, tags={"batch": batch}, capture=False) as run:
            run.summary["score"] = number / 5
    asking = ("run", "importance", "summary.score", "--filter", f"tags.batch = '{batch}'")
    told = json.loads(asked(*asking, "--json"))
    assert (told["runs"], told["params"][0]["name"]) == (24, "lr")
    assert [line.split("\t")[0] for line in asked(*asking).splitlines()[2:]] == ["parameter", "lr", "idle"]


def test_the_command_line_keeps_views(client: Client, batch: str) -> None:
    name = f"best-{batch}"
    options = ("--filter", "params.lr < 1", "--sort", "created_at", "--column", "params.lr", "--by", "params.lr")
    made = json.loads(asked("view", "create", name, *options, "--json"))
    kept = client.run_views.get(made["id"])
    assert (kept.filter, kept.sort, kept.columns, kept.group_by, kept.shared) == (
        "params.lr < 1",
        "created_at",
        ["params.lr"],
        ["params.lr"],
        False,
    )
    asked("view", "update", name, "--shared", "--sort", "name")
    shown = json.loads(asked("view", "get", name, "--json"))
    assert (shown["shared"], shown["sort"], shown["filter"]) == (True, "name", "params.lr < 1")
    nothing = command("view", "update", name)
    assert (nothing.returncode, "name something to change" in nothing.stderr) == (2, True)
    assert name in asked("view", "list")
    assert json.loads(asked("view", "delete", name, "--json")) == {"id": made["id"]}
    gone = command("view", "get", name)
    assert (gone.returncode, "no view named" in gone.stderr) == (1, True)
