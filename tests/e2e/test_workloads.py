"""The other kinds of work on a real platform: a study, a simulation, a job that a person gives to Ray."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.fixtures.platform import Platform
from trine import Client

pytestmark = pytest.mark.e2e

WITHIN = 300.0
CLASSIFY: dict[str, Any] = {
    "recipe": "classify",
    "name": "digits",
    "data": {"source": "builtin", "name": "digits"},
    "epochs": 4,
}


@pytest.fixture(scope="module")
def client(platform: Platform) -> Iterator[Client]:
    known = platform.credentials()
    with Client(known.url, known.api_key, project=known.project) as made:
        yield made


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
    trials = client.studies.trials(study.id)
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
