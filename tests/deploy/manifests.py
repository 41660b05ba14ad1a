"""What is under deploy/, parsed."""

import functools
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"


def ray_settings() -> dict[str, str]:
    lines = (DEPLOY / "ray.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


@functools.cache
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return loaded


@functools.cache
def kubernetes() -> list[dict[str, Any]]:
    """Every object that `kubectl apply -k deploy` makes from a file."""
    resources = yaml.safe_load((DEPLOY / "kustomization.yaml").read_text())["resources"]
    return [item for name in resources for item in yaml.safe_load_all((DEPLOY / name).read_text())]


def of_kind(kind: str) -> list[dict[str, Any]]:
    return [item for item in kubernetes() if item["kind"] == kind]
