"""Prometheus and Grafana: every metric that a dashboard asks for is one that is exported, with these labels."""

import functools
import json
import re
from pathlib import Path
from typing import Any

import pytest
import ray
import ray._private.ray_constants
import yaml

from app.metrics import METRICS, PREFIX, exported
from app.scheduler.status import Status
from tests.deploy.manifests import DEPLOY, compose

DASHBOARDS = sorted((DEPLOY / "grafana/dashboards").glob("*.json"))
METRIC = re.compile(r"\b(?:ray|autoscaler)_[a-z0-9_]+\b")
MATCHERS = re.compile(r"\b(ray_trine_[a-z0-9_]+)\{([^}]*)\}")
GROUPED = re.compile(r"\bby \(([^)]*)\)")
LABEL = re.compile(r"([a-z_]+)\s*(?:=~|!~|!=|=)")
LEGEND = re.compile(r"\{\{(\w+)\}\}")
OURS = exported()


@functools.cache
def known() -> set[str]:
    """What Ray's own dashboards ask for, and the table of ours."""
    panels = Path(ray.__file__).parent / "dashboard/modules/metrics/dashboards"
    names = {name for path in panels.glob("*_panels.py") for name in METRIC.findall(path.read_text())}
    return names | set(OURS)


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


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_every_label_of_a_dashboard_is_one_of_its_metric(path: Path) -> None:
    for panel in json.loads(path.read_text())["panels"]:
        for target in panel["targets"]:
            expression = target["expr"]
            grouped = {label.strip() for found in GROUPED.findall(expression) for label in found.split(",")}
            assert set(LEGEND.findall(target["legendFormat"])) <= grouped, expression
            for name, matchers in MATCHERS.findall(expression):
                assert set(LABEL.findall(matchers)) <= OURS[name], expression
            for name in set(METRIC.findall(expression)) & set(OURS):
                assert grouped <= OURS[name], expression


def test_every_metric_of_ours_is_on_a_dashboard() -> None:
    asked = {name for path in DASHBOARDS for name in METRIC.findall(path.read_text())}
    for metric in METRICS:
        assert asked & {f"{PREFIX}{metric.name}{suffix}" for suffix in metric.suffixes}, metric.name


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_values_that_are_asked_for_can_be(path: Path) -> None:
    """Statuses of workloads and classes of answers are spelled as the code spells them."""
    statuses = {*Status, *(f"{digit}xx" for digit in range(1, 6)), "none"}
    for expression in expressions(json.loads(path.read_text())):
        for _, matchers in MATCHERS.findall(expression):
            for wanted in re.findall(r'status=~?"([^"]*)"', matchers):
                assert set(wanted.split("|")) <= statuses, expression


def test_dashboards_have_ids_of_their_own_and_the_provisioned_source() -> None:
    dashboards = [json.loads(path.read_text()) for path in DASHBOARDS]
    assert len({dashboard["uid"] for dashboard in dashboards}) == len(dashboards) == 5
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
