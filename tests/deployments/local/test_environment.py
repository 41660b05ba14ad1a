import pytest

from deployments.local.environment import cleaned, cluster_environment, settings
from deployments.local.home import Home
from deployments.local.state import Ports

PORTS = Ports(web=8000, gcs=6380, dashboard=8265, client=10001, agent=52365, stats=8404, metrics=9101, fallback=8500)


def test_nothing_secret_of_the_person_reaches_the_cluster() -> None:
    source = {
        "PATH": "/bin",
        "OPENAI_API_KEY": "k",
        "AWS_SECRET_ACCESS_KEY": "k",
        "TRINE_API_KEY": "k",
        "TRINE_DATABASE_URL": "postgresql://u:p@h/d",
        "RAY_AUTH_TOKEN": "t",
        "RAY_ADDRESS": "elsewhere:6379",
        "HF_TOKEN": "t",
        "OMP_NUM_THREADS": "1",
    }
    assert cleaned(source) == {"PATH": "/bin", "OMP_NUM_THREADS": "1"}


def test_the_settings_file_wins_over_the_persons_environment(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
    environment = cluster_environment(home, PORTS)
    assert environment["RAY_AUTH_MODE"] == "token"
    assert environment["RAY_SERVE_ENABLE_HA_PROXY"] == environment["RAY_SERVE_THROUGHPUT_OPTIMIZED"] == "1"
    assert settings().keys() <= environment.keys()
    assert "RAY_AUTH_TOKEN" not in environment
