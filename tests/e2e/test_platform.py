"""A small demo on a real platform with virtual GPUs: train, register, serve, complete, with parts of it killed in the
middle; a study, a simulation, a job that a person gives to Ray."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest
import yaml

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
    "resources": {"workers": 2, "gpu_per_worker": 1},
    "register_as": {"model": "small", "alias": "champion"},
}
CLASSIFY: dict[str, Any] = {
    "recipe": "classify",
    "name": "digits",
    "data": {"source": "builtin", "name": "digits"},
    "epochs": 4,
}
PIXELS = 64


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
    versions = [
        version
        for model in client.models.list()
        if model.name == "small"
        for version in client.models.get(model.id).versions
    ]
    assert [(version.version, tuple(version.aliases)) for version in versions] == [(1, ("champion",))]


def test_the_model_answers_the_openai_client(client: Client, platform: Platform) -> None:
    _deployed(client)
    known = platform.credentials()
    with openai.OpenAI(base_url=f"{known.url}/v1", api_key=known.api_key) as api:
        assert "small" in [model.id for model in api.models.list()]
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


def test_a_study_finds_its_best_trial(client: Client) -> None:
    spec = {
        "name": "small-study",
        "base": CLASSIFY,
        "space": {"learning_rate": {"kind": "choice", "values": [0.00001, 0.01]}},
        "metric": "validation/accuracy",
        "mode": "max",
        "trials": 4,
        "concurrent": 2,
    }
    study = client.studies.create(spec=spec)

    done = client.studies.wait(study.id, within=WITHIN)

    assert done.workload.status == "succeeded", done.workload.reason
    trials = list(client.studies.trials(study.id))
    assert sorted(trial.number for trial in trials) == [0, 1, 2, 3]
    assert done.best is not None
    assert done.best.value == max(trial.value for trial in trials if trial.value is not None)
    for trial in trials:
        assert trial.run_id is not None
        assert client.runs.get(trial.run_id).params["learning_rate"] == trial.params["learning_rate"]


def test_a_simulation_leaves_a_report(client: Client) -> None:
    spec = {
        "name": "scripted",
        "environment": "CartPole-v1",
        "policy": {"kind": "scripted", "name": "default"},
        "episodes": 20,
        "seed": 7,
    }
    simulation = client.simulations.create(spec=spec)

    done = client.simulations.wait(simulation.id, within=WITHIN)

    assert done.workload.status == "succeeded", done.workload.reason
    report = client.simulations.report(simulation.id)
    assert report.summary["return/mean"] > 100
    assert {"report.json", "report.html"} <= set(report.files)


def test_a_job_given_to_ray_shows_up_as_a_run(client: Client, platform: Platform, tmp_path: Path) -> None:
    (tmp_path / "spec.yaml").write_text(yaml.safe_dump(CLASSIFY | {"name": "by-hand"}))
    known = platform.credentials()
    environment = {"env_vars": {"TRINE_URL": known.url, "TRINE_API_KEY": known.api_key}}
    storage = tmp_path / "result"
    command = [
        *(
            str(Path(sys.executable).with_name("ray")),
            "job",
            "submit",
            "--address",
            f"http://127.0.0.1:{platform.ports['RAY_DASHBOARD_PORT']}",
        ),
        *("--working-dir", str(tmp_path), "--runtime-env-json", json.dumps(environment)),
        *("--", "python", "-m", "train.main", "spec.yaml", "--storage", str(storage)),
    ]
    # The token itself would win over its file, and this process may hold that of another cluster.
    own = {name: text for name, text in os.environ.items() if not name.startswith("RAY_")}
    token = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN_PATH": str(platform.home.secrets / "ray_token")}

    submitted = subprocess.run(command, env=own | token, capture_output=True, text=True, timeout=WITHIN, check=False)

    assert submitted.returncode == 0, submitted.stdout + submitted.stderr
    (run,) = [run for run in client.runs.list() if run.name == "by-hand"]
    assert run.status == "succeeded"
    assert client.runs.get(run.id).summary["validation/accuracy"] > 0.5
    assert list(storage.rglob("*.safetensors"))


def test_a_network_answers_the_open_inference_protocol(client: Client, platform: Platform) -> None:
    job = client.training_jobs.create(spec=CLASSIFY | {"register_as": {"model": "digits", "alias": "champion"}})
    done = client.training_jobs.wait(job.id, within=WITHIN)
    assert done.workload.status == "succeeded", done.workload.reason
    service = client.services.create(name="digits")
    made = client.services.deploy(service.id, model="digits")
    assert client.services.wait_ready(made.id, within=WITHIN).workload.phase == "ready"
    images = {"name": "inputs", "shape": [2, PIXELS], "datatype": "FP32", "data": [0.0] * PIXELS + [16.0] * PIXELS}

    with platform.api() as api:
        answer = api.post("/v2/models/digits/infer", json={"inputs": [images], "id": "two"})
        wrong = api.post("/v2/models/digits/infer", json={"inputs": [images | {"shape": [1, PIXELS]}]})

    assert answer.status_code == 200, answer.text
    assert (answer.json()["model_name"], answer.json()["id"]) == ("digits", "two")
    assert all(output["shape"][0] == 2 for output in answer.json()["outputs"])
    assert wrong.status_code == 400


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
