"""The main job on a real platform: train, register, serve, complete, with parts of it killed in the middle."""

from collections.abc import Iterator
from typing import Any

import openai
import pytest

from tests.fixtures.another_host import AnotherHost, listening_ports
from tests.fixtures.platform import Platform
from tests.fixtures.scan import scan
from trine import Client
from trine.records.inference import Deployment
from trine.records.scheduling import Workload, WorkRecord

pytestmark = pytest.mark.e2e

WITHIN = 300.0
LANGUAGE_MODEL: dict[str, Any] = {
    "recipe": "lm",
    "name": "small",
    "data_fraction": 0.05,
    "vocabulary": 512,
    "shape": {"layers": 1, "hidden": 64, "heads": 2, "key_value_heads": 2, "intermediate": 128, "context": 64},
    "steps": 40,
    "batch": 8,
    "validate_every": 20,
    "checkpoint": {"every_steps": 5, "keep": 2},
    "resources": {"workers": 2},
    "register_as": {"model": "small", "alias": "champion"},
}


@pytest.fixture(scope="module")
def client(platform: Platform) -> Iterator[Client]:
    known = platform.credentials()
    with Client(known.url, known.api_key, project=known.project) as made:
        yield made


def test_a_killed_controller_and_a_killed_worker_lose_nothing(client: Client, platform: Platform) -> None:
    job = client.training_jobs.create(spec=LANGUAGE_MODEL)
    _until(client, lambda: client.training_jobs.get(job.id), lambda workload: workload.status == "starting")
    platform.kill("ServeReplica:controller")
    _until(client, lambda: client.training_jobs.get(job.id), lambda workload: workload.status == "running")
    _until_step(client, job.run_id, 10)
    platform.kill("RayTrainWorker")

    done = client.training_jobs.wait(job.id, within=WITHIN)
    assert done.workload.status == "succeeded", done.workload.reason
    assert done.workload.attempt == 1
    loss = client.runs.metrics(job.run_id, ["loss"])[0]
    assert loss.steps == sorted(set(loss.steps)), "a step is there twice"
    assert loss.steps[-1] == LANGUAGE_MODEL["steps"]
    assert {*range(5, LANGUAGE_MODEL["steps"] + 1, 5)} <= set(loss.steps), "a step is missing"
    versions = [version for model in client.models.list() for version in client.models.get(model.id).versions]
    assert [(version.version, tuple(version.aliases)) for version in versions] == [(1, ("champion",))]


def test_the_model_answers_the_openai_client(client: Client, platform: Platform) -> None:
    _deployed(client)
    known = platform.credentials()
    with openai.OpenAI(base_url=f"{known.url}/v1", api_key=known.api_key) as api:
        assert [model.id for model in api.models.list()] == ["small"]
        whole = api.completions.create(model="small", prompt="import ", max_tokens=8)
        assert whole.usage is not None
        assert whole.usage.completion_tokens > 0
        messages: Any = [{"role": "user", "content": "import os"}]
        parts = list(api.chat.completions.create(model="small", messages=messages, max_tokens=8, stream=True))
        assert parts[-1].choices[0].finish_reason in {"stop", "length"}
        with pytest.raises(openai.BadRequestError) as too_long:
            api.completions.create(model="small", prompt="x " * 500, max_tokens=8)
        assert too_long.value.code == "context_length_exceeded"
    stranger = openai.OpenAI(base_url=f"{known.url}/v1", api_key="trn_wrong")
    with stranger, pytest.raises(openai.AuthenticationError):
        stranger.models.list()


def test_nothing_but_the_gateway_answers_another_host(platform: Platform, another_host: AnotherHost) -> None:
    """While a model is served: replicas, engines, dashboard, Jobs API, Ray's gRPC, HAProxy's statistics, PostgreSQL."""
    ports = listening_ports(platform.processes())
    assert {platform.ports["PORT"], platform.ports["RAY_PORT"], platform.ports["RAY_DASHBOARD_PORT"]} <= ports
    assert set(another_host.scan(ports)) <= {platform.ports["PORT"]}
    # The scanner does see the platform: from this machine its gateway answers.
    assert scan([("127.0.0.1", platform.ports["PORT"])])


def test_a_killed_engine_comes_back(client: Client, platform: Platform) -> None:
    deployment = _deployed(client)
    platform.kill("deployments.engines.engine_process")
    _until(client, lambda: client.services.deployment(deployment.id), lambda workload: workload.phase != "ready")
    back = client.services.wait_ready(deployment.id, within=WITHIN)
    assert back.workload.phase == "ready", back.workload.reason
    assert "".join(client.services.chat("small", [{"role": "user", "content": "import os"}], max_tokens=4)) is not None


def _deployed(client: Client) -> Deployment:
    """The one deployment of the model, made by whichever test comes first."""
    services = {service.name: service for service in client.services.list()}
    if "small" in services:
        running = [each for each in client.services.deployments(services["small"].id) if not each.workload.ended]
        return client.services.wait_ready(running[0].id, within=WITHIN)
    if not any(model.name == "small" for model in client.models.list()):
        job = client.training_jobs.create(spec=LANGUAGE_MODEL | {"steps": 5})
        assert client.training_jobs.wait(job.id, within=WITHIN).workload.status == "succeeded"
    service = client.services.create(name="small")
    made = client.services.deploy(service.id, model="small", spec={"context": 64})
    ready = client.services.wait_ready(made.id, within=WITHIN)
    assert ready.workload.phase == "ready", ready.workload.reason
    return ready


def _until(client: Client, read: Any, holds: Any) -> WorkRecord:
    while True:
        found: WorkRecord = read()
        workload: Workload = found.workload
        if holds(workload):
            return found
        assert not workload.ended, workload.reason
        client.transport.pause(0.1)


def _until_step(client: Client, run: Any, step: int) -> None:
    while True:
        latest = {metric.name: metric.step for metric in client.runs.get(run).metrics}
        if latest.get("loss", 0) >= step:
            return
        client.transport.pause(0.1)
