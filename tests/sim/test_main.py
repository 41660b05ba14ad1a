"""The program of a simulation, as a person runs it and as the platform launches it."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml

from sim.main import main
from tests.sim.environments import CRASHING
from train.models.policy import ActorCritic, PolicyConfig
from train.models.registry import save

EXAMPLE = Path(__file__).parents[2] / "examples/simulation.yaml"


def test_the_example_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(EXAMPLE), "--local", "--output", str(tmp_path / "report")]) == 0
    report = json.loads((tmp_path / "report/report.json").read_text())
    assert report["return"]["mean"] == 500.0
    assert report["episodes"] == {"requested": 200, "completed": 200, "errors": 0, "terminated": 0, "truncated": 200}
    assert "return/mean: 500" in capsys.readouterr().out


def test_same_spec_same_report(tmp_path: Path) -> None:
    spec = _spec(tmp_path, environments_per_worker=3)
    other = _spec(tmp_path, "other", workers=5, environments_per_worker=1)
    reports = []
    for file in (spec, other):
        assert main([str(file), "--local", "--output", str(tmp_path / "out")]) == 0
        report = json.loads((tmp_path / "out/report.json").read_text())
        reports.append((report["return"], report["length"], report["rows"]))
    assert reports[0] == reports[1]


def test_a_models_folder(tmp_path: Path) -> None:
    torch.manual_seed(0)
    folder = save(ActorCritic(PolicyConfig(4, 2, environment="CartPole-v1")), tmp_path / "model")
    spec = _spec(tmp_path, policy={"kind": "model", "model": "cartpole"})
    assert main([str(spec), "--local", "--policy", str(folder), "--output", str(tmp_path / "out")]) == 0
    assert json.loads((tmp_path / "out/report.json").read_text())["policy"]["label"] == "model cartpole champion"


@pytest.mark.parametrize(
    ("settings", "status", "message"),
    [
        ({"environment": "Pong-v9"}, 1, "user_code: environment: 'Pong-v9' is unknown"),
        ({"parameters": {"gravity": 3}}, 1, "user_code: parameters: CartPole-v1 has no parameter 'gravity'; it has"),
        ({"policy": {"kind": "scripted", "name": "best"}}, 1, "user_code: policy.name: CartPole-v1 has no scripted"),
        ({"policy": {"kind": "model", "model": "m"}}, 1, "user_code: policy.kind: a registered model can be used in"),
        ({"environment": "CliffWalking-v1"}, 1, "user_code: max_episode_steps: CliffWalking-v1 has no time limit"),
        ({"episodes": 0}, 2, "episodes: Input should be greater than or equal to 1, not 0"),
        ({"polciy": {}}, 2, "polciy: unknown field; allowed: "),
    ],
)
def test_what_a_person_got_wrong(
    settings: dict[str, Any], status: int, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(_spec(tmp_path, **settings)), "--local", "--output", str(tmp_path / "out")]) == status
    assert message in capsys.readouterr().err


def test_the_report_outlives_a_crash_of_the_drawing(tmp_path: Path) -> None:
    spec = _spec(tmp_path, environment=CRASHING, episodes=3, seed=1)
    program = "import sys, tests.sim.environments, sim.main; sys.exit(sim.main.main(sys.argv[1:]))"
    arguments = [str(spec), "--local", "--output", str(tmp_path / "out")]
    done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGABRT, done.stderr
    assert json.loads((tmp_path / "out/report.json").read_text())["episodes"]["requested"] == 3
    assert f"report: {tmp_path / 'out'}" in done.stdout, "it was handed over"
    assert not (tmp_path / "out/recordings.json").exists()


def test_without_a_task(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "Give a spec" in capsys.readouterr().err


def _spec(folder: Path, name: str = "spec", **settings: Any) -> Path:
    file = folder / f"{name}.yaml"
    file.write_text(yaml.safe_dump({"name": "small", "episodes": 30, "seed": 4, **settings}))
    return file
