"""Parts of the platform are killed again and again while work goes on: `make soak`, TRINE_SOAK_ROUNDS rounds.

What was acknowledged is there afterwards, once.
"""

import os
import random
import threading
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.fixtures.platform import Platform
from trine import Client

pytestmark = pytest.mark.soak

ROUNDS = int(os.environ.get("TRINE_SOAK_ROUNDS", "10"))
BACK_WITHIN = 60.0
JOB = {"recipe": "classify", "name": "soak", "data": {"source": "builtin", "name": "digits"}, "epochs": 3}
KILLED = ("ServeReplica:web", "ServeReplica:controller", "ServeReplica:gateway")


@pytest.fixture(scope="module")
def client(platform: Platform) -> Iterator[Client]:
    known = platform.credentials()
    with Client(known.url, known.api_key, project=known.project) as made:
        yield made


def test_no_acknowledged_batch_is_lost_or_doubled(client: Client, platform: Platform) -> None:
    """One writer reports one point a batch, and repeats what was not acknowledged, while replicas die."""
    known = platform.credentials()
    experiment = client.experiments.create(name="soak")
    with platform.api() as api:
        made = api.post(f"/api/v1/experiments/{experiment.id}/runs", json={"name": "written-under-fire"})
    run = made.raise_for_status().json()["id"]
    ended = threading.Event()
    acknowledged: list[int] = []

    def write() -> None:
        headers = {"Authorization": f"Bearer {known.api_key}"}
        with httpx.Client(base_url=known.url, headers=headers, timeout=10, trust_env=False) as http:
            step = 0
            while not ended.is_set():
                series = {"steps": [step], "values": [float(step)], "times": [time.time()]}
                body = {"source": "soak", "sequence": step, "metrics": {"loss": series}}
                try:
                    answer = http.post(f"/api/v1/runs/{run}/batches", json=body)
                except httpx.TransportError:
                    continue
                if answer.status_code == 200:
                    acknowledged.append(step)
                    step += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(ROUNDS):
            platform.kill(random.Random(number).choice(KILLED))
            known_before, deadline = len(acknowledged), time.monotonic() + BACK_WITHIN
            while len(acknowledged) < known_before + 20:
                assert time.monotonic() < deadline, f"round {number}: no write was acknowledged any more"
                ended.wait(0.05)
    finally:
        ended.set()
        writer.join()

    (loss,) = client.runs.metrics(run, ["loss"], points=100_000)
    assert loss.steps == sorted(set(loss.steps)), "a step is there twice"
    assert set(acknowledged) <= set(loss.steps), "an acknowledged step is lost"


def test_every_job_ends_once_though_the_controller_dies(client: Client, platform: Platform) -> None:
    jobs = [client.training_jobs.create(spec=JOB | {"name": f"soak-{number}"}) for number in range(ROUNDS)]
    for job in jobs:
        platform.kill("ServeReplica:controller")
        done = client.training_jobs.wait(job.id, within=300)
        assert done.workload.status == "succeeded", done.workload.reason
        assert done.workload.attempt == 1
