from pathlib import Path

import pytest

from tests.train.tiny import tiny_spec, write_sentences
from train.main import main
from trine.specfile import read_spec
from trine.specs.training import training_spec
from tune.main import study_spec

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize("name", ["lm", "classify", "ppo"])
def test_examples_are_specs(name: str) -> None:
    assert read_spec(EXAMPLES / f"{name}.yaml", training_spec).recipe == name


def test_the_example_of_a_study_is_one() -> None:
    assert read_spec(EXAMPLES / "study.yaml", study_spec).trials >= 1


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("recipe: unknown\nname: a\n", "recipe: 'unknown' is unknown; allowed: 'lm', 'classify', 'ppo'"),
        ("recipe: lm\nname: a\noptimizer: {lr: 1}\n", "optimizer.lr: unknown field; allowed: beta1,"),
        ("recipe: lm\nname: a\nbatch: 3\n", "batch (3) must be a multiple of resources.workers (2)"),
        ("recipe: [", "not YAML"),
    ],
)
def test_a_spec_that_cannot_be_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, says: str
) -> None:
    (tmp_path / "spec.yaml").write_text(content)

    assert main([str(tmp_path / "spec.yaml")]) == 2

    error = capsys.readouterr().err
    assert says in error
    assert error.count("\n") == 1


def test_a_person_trains_without_a_platform(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(tiny_spec(write_sentences(tmp_path / "data")).model_dump_json())

    status = main([str(spec), "--local", "--storage", str(tmp_path / "storage"), "--output", str(tmp_path / "out")])

    output = capsys.readouterr().out
    assert status == 0
    assert "step 20: loss" in output
    assert "validation/bits_per_byte: " in output
    assert (tmp_path / "out" / "model" / "model.safetensors").exists()


def test_missing_data_ends_with_its_path_and_status_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(tiny_spec(tmp_path / "absent").model_dump_json())

    assert main([str(spec), "--local", "--storage", str(tmp_path / "storage")]) == 1

    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("data: ")
    assert str(tmp_path / "absent") in last
