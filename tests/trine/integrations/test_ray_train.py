import pickle

import pytest
import ray.train.torch
from ray.train import RunConfig, ScalingConfig

import trine
from tests.fixtures.cluster import RayCluster
from tests.trine.wire import Wire
from trine.integrations.ray_train import TrineCallback


def loop() -> None:
    for epoch in range(3):
        ray.train.report({"loss": 1 / (epoch + 1), "step": 10 * epoch, "note": "no number"})


@pytest.mark.ray
def test_a_job_of_ones_own_reports_what_rank_zero_reports(wire: Wire, ray_cluster: RayCluster) -> None:
    callback = TrineCallback(name="own", capture=False, system_metrics=False)
    trainer = ray.train.torch.TorchTrainer(
        loop, scaling_config=ScalingConfig(num_workers=2), run_config=RunConfig(callbacks=[callback])
    )
    trainer.fit()
    callback.run.finish()
    ((run_id, record),) = wire.runs.items()
    assert record["status"] == "succeeded"
    assert wire.points(run_id) == {"loss": [(0, 1.0), (10, 0.5), (20, 1 / 3)]}


def test_it_goes_to_another_process_under_a_source_of_its_own(wire: Wire) -> None:
    callback = TrineCallback(trine.init(capture=False))
    copy = pickle.loads(pickle.dumps(callback))  # noqa: S301 — made one line above
    copy.after_report(None, [{"loss": 1.0}, {"loss": 2.0}], None)
    copy.after_report(None, [{"loss": 0.5}], None)
    assert wire.points(callback.run.id) == {"loss": [(0, 1.0), (1, 0.5)]}
    copy.after_exception(None, {0: ValueError("bad")})
    assert [batch.failure.message for batch in wire.batches.values() if batch.failure] == ["ValueError: bad"]
    copy.run.finish()
    assert wire.runs[callback.run.id]["status"] == "queued", "it is the driver's to end"
    callback.run.finish()
