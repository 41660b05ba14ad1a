import warnings
from pathlib import Path
from typing import Any

import pytest
import torch

import trine
from tests.trine.wire import Wire

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import pytorch_lightning

    from trine.integrations.lightning import TrineLogger

pytestmark = pytest.mark.filterwarnings("ignore")


class Line(pytorch_lightning.LightningModule):
    def __init__(self, rate: float) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.layer = torch.nn.Linear(1, 1)

    def training_step(self, batch: Any, index: int) -> torch.Tensor:
        (x,) = batch
        loss = (self.layer(x) - 2 * x).square().mean()
        self.log("loss", loss)
        if self.hparams["rate"] < 0:
            raise ZeroDivisionError
        return loss

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.SGD(self.parameters(), lr=0.1)


def fit(folder: Path, logger: TrineLogger, rate: float = 0.1) -> None:
    data = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.ones(4, 1)), batch_size=1)
    trainer = pytorch_lightning.Trainer(
        logger=logger,
        max_epochs=2,
        log_every_n_steps=1,
        accelerator="cpu",
        default_root_dir=folder,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    trainer.fit(Line(rate), data)


def test_a_trainer_reports_its_training(wire: Wire, tmp_path: Path) -> None:
    fit(tmp_path, TrineLogger(name="line", log_model=True, capture=False))
    ((run_id, record),) = wire.runs.items()
    assert (record["name"], record["status"]) == ("line", "succeeded")
    points = wire.points(run_id)
    assert [step for step, _ in points["loss"]] == list(range(8))
    assert points["loss"][-1][1] < points["loss"][0][1]
    assert [batch.params for batch in wire.batches.values() if batch.params] == [{"rate": 0.1}]
    (saved,) = wire.artifacts
    assert saved["type"] == "model"


def test_one_that_fails_is_said_to_have_failed(wire: Wire, tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        fit(tmp_path, TrineLogger(capture=False), rate=-1.0)
    assert [record["status"] for record in wire.runs.values()] == ["failed"]


def test_a_run_that_is_given_stays_open(wire: Wire, tmp_path: Path) -> None:
    run = trine.init(capture=False)
    fit(tmp_path, TrineLogger(run))
    assert wire.runs[run.id]["status"] == "queued"
    run.finish()
    assert wire.runs[run.id]["status"] == "succeeded"
