from pathlib import Path

import torch
from transformers import LlamaConfig, LlamaForCausalLM, Trainer, TrainingArguments

import trine
from tests.trine.wire import Wire
from trine.integrations.transformers import TrineCallback


class Copies(torch.utils.data.Dataset):  # type: ignore[type-arg]
    def __len__(self) -> int:
        return 8

    def __getitem__(self, index: int) -> dict[str, torch.Tensor]:
        tokens = torch.full((6,), index)
        return {"input_ids": tokens, "labels": tokens}


def trainer(folder: Path, callback: TrineCallback) -> Trainer:
    config = LlamaConfig(
        vocab_size=16, hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2
    )
    arguments = TrainingArguments(
        output_dir=str(folder),
        max_steps=4,
        logging_steps=1,
        eval_strategy="steps",
        eval_steps=2,
        save_steps=4,
        per_device_train_batch_size=4,
        use_cpu=True,
        report_to=[],
        disable_tqdm=True,
    )
    return Trainer(
        LlamaForCausalLM(config), arguments, train_dataset=Copies(), eval_dataset=Copies(), callbacks=[callback]
    )


def test_a_trainer_reports_its_training(wire: Wire, tmp_path: Path) -> None:
    trainer(tmp_path, TrineCallback(name="tiny", save_model=True, capture=False)).train()
    ((run_id, record),) = wire.runs.items()
    assert (record["name"], record["status"]) == ("tiny", "succeeded")
    points = wire.points(run_id)
    assert [step for step, _ in points["train/loss"]] == [1, 2, 3, 4]
    assert [step for step, _ in points["eval/loss"]] == [2, 4]
    params = {key: value for batch in wire.batches.values() for key, value in batch.params.items()}
    assert params["max_steps"] == 4
    assert params["model.hidden_size"] == 16
    summary = {key: value for batch in wire.batches.values() for key, value in batch.summary.items()}
    assert summary["train_loss"] > 0
    (saved,) = wire.artifacts
    assert (saved["type"], saved["metadata"]) == ("model", {"step": 4})
    assert "model.safetensors" in {file["path"] for file in saved["files"]}


def test_a_run_that_is_given_stays_open(wire: Wire, tmp_path: Path) -> None:
    run = trine.init(capture=False)
    trainer(tmp_path, TrineCallback(run)).train()
    assert wire.runs[run.id]["status"] == "queued"
    assert len(wire.points(run.id)["train/loss"]) == 4
    run.finish()
    assert wire.artifacts == []
