"""The loop without Ray; `tests/train/test_trainer.py` runs the same through Ray."""

import shutil
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.train.tiny import tiny_spec, write_sentences
from tests.train.tracker import Memory
from train.checkpoint import read_state
from train.job import Job, Outcome
from train.recipes.lm import learning_rate, train
from trine.failures import DataError
from trine.specs.training import OptimizerSpec


@pytest.fixture(scope="module")
def sentences(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sentences(tmp_path_factory.mktemp("data"))


def run(sentences: Path, storage: Path, **changes: Any) -> tuple[Outcome, Memory]:
    memory = Memory()
    job = Job(memory, None, str(storage), storage / "result", local=True)
    outcome = train(tiny_spec(sentences, **changes), job)
    assert outcome is not None
    return outcome, memory


def weights(storage: Path, step: int) -> dict[str, torch.Tensor]:
    return dict(read_state(storage / "checkpoints" / f"step-{step:09d}")["model"])


def test_the_loss_falls_and_the_result_is_complete(sentences: Path, tmp_path: Path) -> None:
    outcome, memory = run(sentences, tmp_path, steps=60, validate_every=20)

    losses = memory.series("loss")
    assert losses[-1] < losses[0] / 2
    summary = outcome.summary
    assert summary["validation/bits_per_byte"] < summary["before/bits_per_byte"] / 2
    assert 0 < summary["baseline/bigram_bits_per_byte"] < summary["before/bits_per_byte"]
    assert memory.points[0][0] == 0
    assert [step for step, metrics in memory.points if "validation/loss" in metrics] == [0, 20, 40, 60]
    assert {"learning_rate", "tokens_per_second", "steps_per_second"} <= memory.points[1][1].keys()
    assert outcome.metadata["framework"] == "transformers"
    assert {file.name for file in outcome.folder.iterdir()} == {
        "config.json",
        "generation_config.json",
        "model.safetensors",
        "tokenizer.json",
        "tokenizer_config.json",
    }


def test_the_same_seed_gives_the_same_numbers_and_another_seed_others(sentences: Path, tmp_path: Path) -> None:
    first, second, third = (
        run(sentences, tmp_path / name, seed=seed)[1].series("loss") for name, seed in (("a", 1), ("b", 1), ("c", 2))
    )

    assert first == second
    assert first != third


def test_a_resumed_run_equals_an_uninterrupted_one(sentences: Path, tmp_path: Path) -> None:
    _, whole = run(sentences, tmp_path / "whole", checkpoint={"every_steps": 10, "keep": 5})
    (tmp_path / "resumed" / "checkpoints").mkdir(parents=True)
    halfway = "checkpoints/step-000000010"
    shutil.copytree(tmp_path / "whole" / halfway, tmp_path / "resumed" / halfway)

    _, resumed = run(sentences, tmp_path / "resumed")

    assert resumed.points[0][0] == 15
    assert resumed.series("loss") == whole.series("loss")[-2:]
    assert resumed.series("validation/bits_per_byte")[-1] == whole.series("validation/bits_per_byte")[-1]
    expected, actual = weights(tmp_path / "whole", 20), weights(tmp_path / "resumed", 20)
    assert all(torch.equal(expected[name], actual[name]) for name in expected)


def test_only_the_newest_checkpoints_are_kept(sentences: Path, tmp_path: Path) -> None:
    run(sentences, tmp_path, checkpoint={"every_steps": 5, "keep": 2})

    assert sorted(folder.name for folder in (tmp_path / "checkpoints").iterdir()) == [
        "step-000000015",
        "step-000000020",
    ]


def test_bfloat16_trains_too(sentences: Path, tmp_path: Path) -> None:
    _, memory = run(sentences, tmp_path, precision="bfloat16")

    assert memory.series("loss")[-1] < memory.series("loss")[0]


def test_a_missing_path_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no-such-folder"):
        run(tmp_path / "no-such-folder", tmp_path / "storage")


def test_the_learning_rate_warms_up_and_decays() -> None:
    spec = OptimizerSpec(learning_rate=1.0, warmup_steps=10, final_fraction=0.1)
    rates = [learning_rate(spec, step, 100) for step in range(100)]

    assert rates[0] == pytest.approx(0.1)
    assert max(rates) == rates[10] == pytest.approx(1.0)
    assert rates[-1] == pytest.approx(0.1)
    assert all(after <= before for before, after in pairwise(rates[10:]))
