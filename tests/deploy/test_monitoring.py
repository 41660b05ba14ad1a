"""Prometheus and Grafana: every metric that a dashboard asks for is one that is exported."""

import functools
import json
import re
from pathlib import Path
from typing import Any

import pytest
import ray
import ray._private.ray_constants
import yaml

from tests.deploy.manifests import DEPLOY, ROOT, compose

DASHBOARDS = sorted((DEPLOY / "grafana/dashboards").glob("*.json"))
METRIC = re.compile(r"\b(?:ray|autoscaler)_[a-z0-9_]+\b")
# Of ray.util.metrics: `Counter("name", …)`, on one line or on two.
DEFINED = re.compile(r"\b(Counter|Gauge|Histogram)\(\s*\"([a-z0-9_]+)\"")
SUFFIXES = {"Counter": ["_total"], "Gauge": [""], "Histogram": ["_bucket", "_sum", "_count"]}


@functools.cache
def known() -> set[str]:
    """What Ray's own dashboards ask for, and what our code defines."""
    panels = Path(ray.__file__).parent / "dashboard/modules/metrics/dashboards"
    names = {name for path in panels.glob("*_panels.py") for name in METRIC.findall(path.read_text())}
    for folder in ("app", "deployments"):
        for path in (ROOT / folder).rglob("*.py"):
            for kind, name in DEFINED.findall(path.read_text()):
                names |= {f"ray_{name}{suffix}" for suffix in SUFFIXES[kind]}
    return names


def expressions(dashboard: dict[str, Any]) -> list[str]:
    return [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_every_metric_of_a_dashboard_exists(path: Path) -> None:
    dashboard = json.loads(path.read_text())
    for expression in expressions(dashboard):
        metrics = set(METRIC.findall(expression))
        assert metrics, expression
        assert metrics <= known(), metrics - known()
        assert expression.count("(") == expression.count(")")


def test_dashboards_have_ids_of_their_own_and_the_provisioned_source() -> None:
    dashboards = [json.loads(path.read_text()) for path in DASHBOARDS]
    assert len({dashboard["uid"] for dashboard in dashboards}) == len(dashboards) >= 2
    sources = yaml.safe_load((DEPLOY / "grafana/provisioning/datasources/prometheus.yaml").read_text())["datasources"]
    for dashboard in dashboards:
        panels = dashboard["panels"]
        assert len({panel["id"] for panel in panels}) == len(panels)
        assert {panel["datasource"]["uid"] for panel in panels} == {sources[0]["uid"]}


def test_grafana_finds_them_where_they_are_mounted() -> None:
    (provider,) = yaml.safe_load((DEPLOY / "grafana/provisioning/dashboards/trine.yaml").read_text())["providers"]
    mounts = dict(mount.split(":")[:2] for mount in compose()["services"]["grafana"]["volumes"])
    assert mounts["./grafana/dashboards"] == provider["options"]["path"]


def test_prometheus_reads_the_file_that_the_head_writes() -> None:
    config = yaml.safe_load((DEPLOY / "prometheus/prometheus.yaml").read_text())
    jobs = {job["job_name"]: job for job in config["scrape_configs"]}
    (files,) = jobs["ray"]["file_sd_configs"]
    written = f"/tmp/ray/{ray._private.ray_constants.PROMETHEUS_SERVICE_DISCOVERY_FILE}"
    assert files["files"] == [written]
    mounts = [mount for mount in compose()["services"]["prometheus"]["volumes"] if mount.startswith("ray:")]
    assert mounts == ["ray:/tmp/ray:ro"]
