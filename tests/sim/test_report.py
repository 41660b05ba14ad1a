"""The report's numbers against numbers computed by hand, and the page."""

import json
import math
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pyarrow.parquet
import pytest

from sim.envs.blueprint import blueprint
from sim.intervals import BOOTSTRAP_LIMIT, mean_interval, rate_interval
from sim.page import number
from sim.report import headline, summarize, write_report
from sim.rollout import Result, roll_out
from sim.vector import Episode
from tests.sim.environments import FRAGILE
from trine.console import Console
from trine.specs.simulation import RandomPolicy, ScriptedPolicy, SimulationSpec


def test_wilson_against_the_published_example() -> None:
    """Newcombe, Statistics in Medicine 17 (1998), table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29."""
    for successes, trials, low, high in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611)):
        interval = rate_interval(successes, trials)
        assert interval is not None
        assert (round(interval.low, 4), round(interval.high, 4)) == (low, high)
    everything = rate_interval(20, 20)
    assert everything is not None
    assert everything.high == 1.0
    assert rate_interval(0, 0) is None


def test_bootstrap_agrees_with_the_standard_error() -> None:
    values = np.random.default_rng(1).normal(10.0, 2.0, 400)
    interval = mean_interval(values)
    assert interval is not None
    half = 1.96 * values.std(ddof=1) / math.sqrt(len(values))
    assert interval.low == pytest.approx(values.mean() - half, abs=0.02)
    assert interval.high == pytest.approx(values.mean() + half, abs=0.02)
    assert "bootstrap" in interval.method
    assert mean_interval(values[:1]) is None
    many = mean_interval(np.tile(values, BOOTSTRAP_LIMIT // 400 + 1))
    assert many is not None
    assert "normal" in many.method


def test_numbers_by_hand() -> None:
    report = summarize(_result(success_return=4.0))
    assert report["episodes"] == {"requested": 6, "completed": 4, "errors": 2, "terminated": 3, "truncated": 1}
    assert report["return"]["mean"] == (1 + 4 + 4 + 7) / 4
    assert report["return"]["std"] == pytest.approx(math.sqrt(6))
    assert (report["return"]["min"], report["return"]["median"], report["return"]["max"]) == (1, 4, 7)
    assert report["return"]["histogram"] == {"edges": [1.0, 3.0, 5.0, 7.0], "counts": [1, 2, 1]}
    assert report["length"]["mean"] == (10 + 20 + 30 + 40) / 4
    assert (report["success"]["successes"], report["success"]["rate"]) == (3, 0.75)
    assert report["time"] == {
        "steps": 100,
        "wall_seconds": 2.0,
        "steps_per_second": 50.0,
        "environment_microseconds_per_step": 10_000.0,
        "policy_microseconds_per_step": 5_000.0,
    }
    assert report["errors"] == [{"message": "ValueError: <b>broken</b>", "episodes": 2, "first_episode": 4}]
    assert [row["outcome"] for row in report["rows"]] == [*["terminated"] * 3, "truncated", "error", "error"]
    assert report["rows"][4]["return"] is None
    assert headline(report)["success_rate"] == 0.75
    assert headline(report)["episode_errors"] == 2


def test_without_a_threshold_nothing_succeeds_or_fails() -> None:
    report = summarize(_result(environment="Pendulum-v1"))
    assert report["success"] == dict.fromkeys(("threshold", "successes", "rate", "low", "high", "method"))
    assert "success_rate" not in headline(report)


def test_only_errors_are_no_score(tmp_path: Path) -> None:
    result = _result()
    only = Result(**{**vars(result), "episodes": [episode for episode in result.episodes if episode.error]})
    report = write_report(only, tmp_path)
    assert report["return"]["mean"] is None
    assert "return/mean" not in headline(report)


def test_files(tmp_path: Path) -> None:
    report = write_report(_result(), tmp_path)
    assert json.loads((tmp_path / "report.json").read_text()) == report
    table = pyarrow.parquet.read_table(tmp_path / "episodes.parquet").to_pylist()
    assert table == report["rows"]


def test_page_needs_nothing_and_runs_nothing(tmp_path: Path) -> None:
    write_report(_result(parameters={"sutton_barto_reward": "<script>alert(1)</script>"}), tmp_path)
    page = (tmp_path / "report.html").read_text()
    parser = _Page()
    parser.feed(page)
    assert parser.tags.count("svg") == 3
    assert "script" not in parser.tags
    assert not {"link", "img", "iframe", "object"} & set(parser.tags)
    assert not [name for name in parser.names if name.startswith("on")]
    assert not [url for url in parser.links if not url.startswith("#")]
    assert len(parser.ids) == len(set(parser.ids))
    assert "&lt;b&gt;broken" in page
    assert "Mean return" in page
    assert "平均回报" in page


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (0, "0"),
        (1234567, "1,234,567"),
        (12.0, "12"),
        (0.123456, "0.1235"),
        (0.8, "0.8"),
        (-1234.56, "-1,235"),
    ],
)
def test_numbers_for_people(value: float | None, text: str) -> None:
    assert number(value) == text


def test_a_rollout_counts_its_errors_and_reports_progress() -> None:
    spec = SimulationSpec(name="fragile", environment=FRAGILE, episodes=60, seed=3, environments_per_worker=4)
    seen: list[tuple[int | None, dict[str, float]]] = []

    class Listening(Console):
        def log(self, metrics: object, step: int | None = None) -> None:
            assert isinstance(metrics, dict)
            seen.append((step, metrics))

    report = summarize(roll_out(spec, Listening(), local=True))
    errors = report["episodes"]["errors"]
    assert 0 < errors < 60
    assert report["episodes"]["completed"] + errors == 60
    assert report["return"]["mean"] == 5.0
    assert report["success"]["rate"] == 1.0
    step, last = seen[-1]
    assert step == 60
    assert last["episodes"] == 60.0
    assert last["episode_errors"] == errors
    assert last["return/mean"] == 5.0
    assert last["steps_per_second"] > 0


def _result(
    environment: str = "CartPole-v1", success_return: float | None = None, parameters: dict[str, object] | None = None
) -> Result:
    spec = SimulationSpec(
        name="by-hand",
        environment=environment,
        parameters=parameters or {},
        policy=ScriptedPolicy(kind="scripted") if environment == "CartPole-v1" else RandomPolicy(),
        episodes=6,
        success_return=success_return,
    )
    scores = [(1.0, 10), (4.0, 20), (4.0, 30), (7.0, 40)]
    episodes = [Episode(index, 100 + index, total, length, index < 3) for index, (total, length) in enumerate(scores)]
    episodes += [Episode(index, 100 + index, 2.0, 3, False, "ValueError: <b>broken</b>") for index in (4, 5)]
    return Result(
        spec=spec,
        blueprint=blueprint(environment),
        policy="by hand",
        episodes=episodes,
        steps=100,
        environment_seconds=1.0,
        policy_seconds=0.5,
        wall_seconds=2.0,
    )


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.names: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            self.names.append(name)
            if name == "id":
                self.ids.append(value or "")
            if name in ("href", "src", "xlink:href"):
                self.links.append(value or "")
