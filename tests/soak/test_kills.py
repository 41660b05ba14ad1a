"""Parts of the platform are killed again and again while work goes on: `make soak`, SOAK_ROUNDS rounds.

What was acknowledged is there afterwards, once.
"""

import os
import time
from collections.abc import Callable, Iterator

import psutil
import pytest

from deployments.local.postgres import Postgres
from deployments.local.process import signal_quietly
from tests.fixtures.platform import Platform
from tests.soak.writer import Writer
from trine import Client

pytestmark = pytest.mark.soak

ROUNDS = int(os.environ.get("SOAK_ROUNDS", "10"))
GIVEN_UP_AFTER_S = 120.0
REPLICA_BACK_S, DATABASE_BACK_S = 15.0, 5.0
JOB = {"recipe": "classify", "name": "soak", "data": {"source": "builtin", "name": "digits"}, "epochs": 3}
Fault = Callable[[Platform], None]


@pytest.fixture(scope="module")
def client(platform: Platform) -> Iterator[Client]:
    known = platform.credentials()
    with Client(known.url, known.api_key, project=known.project) as made:
        yield made


def kill_web(platform: Platform) -> None:
    # The one of the round before may still be on its way back.
    platform.kill("ServeReplica:web", within=GIVEN_UP_AFTER_S)


def kill_controller(platform: Platform) -> None:
    platform.kill("ServeReplica:controller", within=GIVEN_UP_AFTER_S)


def kill_gateway(platform: Platform) -> None:
    platform.kill("ServeReplica:gateway", within=GIVEN_UP_AFTER_S)


def restart_postgresql(platform: Platform) -> None:
    """Accepts connections again when this returns."""
    server = Postgres(platform.home)
    assert server.stop() == []
    server.start()


def kill_postgresql(platform: Platform) -> None:
    """As the kernel does when memory is short: every process of the server at once. It recovers from its log."""
    server = Postgres(platform.home)
    killed = server.processes()
    assert killed
    for process in killed:
        signal_quietly(process, "kill")
    psutil.wait_procs(killed, timeout=20)
    server.start()


@pytest.mark.timeout(600 + ROUNDS * 150)
@pytest.mark.parametrize(
    ("fault", "back_within"),
    [
        (kill_web, REPLICA_BACK_S),
        (kill_controller, REPLICA_BACK_S),
        (kill_gateway, REPLICA_BACK_S),
        (restart_postgresql, DATABASE_BACK_S),
        (kill_postgresql, DATABASE_BACK_S),
    ],
)
def test_no_acknowledged_write_is_lost_or_doubled(
    client: Client, platform: Platform, fault: Fault, back_within: float
) -> None:
    """One writer reports points of a run, one makes runs; both repeat what was not acknowledged."""
    experiment = client.experiments.create(name=f"soak-{fault.__name__}")
    with platform.api() as api:
        made = api.post(f"/api/v1/experiments/{experiment.id}/runs", json={"name": "written-under-fire"})
    run = made.raise_for_status().json()["id"]
    away: list[float] = []
    with (
        Writer.of_points(platform.credentials(), run) as points,
        Writer.of_runs(platform.credentials(), str(experiment.id)) as runs,
    ):
        for _ in range(ROUNDS):
            for writer in (points, runs):
                writer.more(10, within=GIVEN_UP_AFTER_S)
            fault(platform)
            since = time.monotonic()
            away.append(max(writer.first_after(since, within=GIVEN_UP_AFTER_S) - since for writer in (points, runs)))

    (loss,) = client.runs.metrics(run, ["loss"], points=100_000)
    assert loss.steps == sorted(set(loss.steps)), "a step is there twice"
    assert set(points.acknowledged) <= set(loss.steps), "an acknowledged step is lost"
    names = [name for name in _names_of_runs(platform, str(experiment.id)) if name != "written-under-fire"]
    assert len(names) == len(set(names)), "a run is there twice"
    assert {f"run-{number}" for number in runs.acknowledged} <= set(names), "an acknowledged run is lost"
    print(f"{fault.__name__}: {len(loss.steps)} points, {len(names)} runs; answered again after", sorted(away))  # noqa: T201
    assert max(away) <= back_within, sorted(away)


def _names_of_runs(platform: Platform, experiment: str) -> list[str]:
    project = platform.credentials().project
    names: list[str] = []
    with platform.api() as api:
        parameters = {"experiment_id": experiment, "limit": "100"}
        while True:
            page = api.get(f"/api/v1/projects/{project}/runs", params=parameters).raise_for_status().json()
            names += [run["name"] for run in page["items"]]
            if not page.get("next_cursor"):
                return names
            parameters["cursor"] = page["next_cursor"]


def test_every_job_ends_once_though_the_controller_dies(client: Client, platform: Platform) -> None:
    jobs = [client.training_jobs.create(spec=JOB | {"name": f"soak-{number}"}) for number in range(ROUNDS)]
    for job in jobs:
        platform.kill("ServeReplica:controller", within=GIVEN_UP_AFTER_S)
        done = client.training_jobs.wait(job.id, within=300)
        assert done.workload.status == "succeeded", done.workload.reason
        assert done.workload.attempt == 1
