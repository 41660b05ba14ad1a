"""Datasets from the command line and from Python, against the real application."""

import json
from pathlib import Path

import pytest

import trine
from tests.trine.conftest import Person
from tests.trine.test_platform import command
from trine.client import Client
from trine.datasets import publish
from trine.errors import NotFound
from trine.specs.data import DatasetData
from trine.specs.training import LanguageModelSpec


def test_files_become_versions_that_a_job_names(client: Client, tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus/a.jsonl").write_text('{"text": "one"}\n{"text": "two"}\n')
    first = publish(client, "stories", tmp_path / "corpus", description="short ones")
    assert (first.version, first.rows, [column.name for column in first.columns]) == (1, 2, ["text"])
    assert publish(client, "stories", tmp_path / "corpus").id == first.id
    (tmp_path / "corpus/b.jsonl").write_text('{"text": "three"}\n')
    second = publish(client, "stories", tmp_path / "corpus")
    assert (second.version, second.rows) == (2, 3)
    found = client.datasets.find("stories")
    assert ([version.version for version in found.versions], found.description) == ([2, 1], "short ones")
    data = DatasetData(source="dataset", dataset="stories@1")
    job = client.training_jobs.create(spec=LanguageModelSpec(recipe="lm", name="tells", data=data))
    (read,) = client.runs.inputs(job.run_id)
    assert read.artifact.id == first.artifact_id
    lineage = client.artifacts.lineage(first.artifact_id)
    assert [reader.id for reader in lineage.used_by] == [job.run_id]
    assert lineage.made_by is not None
    assert lineage.made_by.status == "succeeded"
    client.training_jobs.cancel(job.id)
    client.datasets.remove(found.id)
    with pytest.raises(NotFound):
        client.datasets.find("stories")


def test_a_run_says_what_it_used(client: Client, tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("x")
    with trine.init(name="makes") as made:
        artifact = made.log_artifact(tmp_path / "x.txt")
    with trine.init(name="uses") as uses:
        uses.use_artifact(artifact, role="base")
    assert [(each.role, str(each.artifact.id)) for each in client.runs.inputs(uses.id)] == [("base", artifact)]


def test_the_command_line(client: Client, signed_in: Person, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("name,score\na,1\n")
    known = {"TRINE_URL": client.transport.url, "TRINE_API_KEY": signed_in.key}
    made = command("dataset", "create", "scores", str(tmp_path / "t.csv"), "--json", **known)
    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout)["version"] == 1
    shown = command("dataset", "show", "scores", **known).stdout
    assert "score" in shown
    assert "int64" in shown
    assert "scores" in command("dataset", "list", **known).stdout
    absent = command("dataset", "show", "nothing", **known)
    assert (absent.returncode, "no dataset 'nothing'" in absent.stderr) == (1, True)
