"""What a simulation found out: numbers as JSON, every episode as Parquet, and one page for people."""

import importlib.metadata
import json
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow
import pyarrow.parquet

from sim.intervals import Interval, mean_interval, rate_interval
from sim.page import render
from sim.rollout import Result

JSON, PAGE, EPISODES = "report.json", "report.html", "episodes.parquet"
ROWS = 500
"""Episodes that the report itself lists; the Parquet file has all."""
BINS = 30
_PACKAGES = ("gymnasium", "numpy", "ray")


def write_report(result: Result, folder: Path) -> dict[str, Any]:
    """Writes `report.json`, `report.html` and `episodes.parquet` into `folder`, and returns the first."""
    folder.mkdir(parents=True, exist_ok=True)
    report = summarize(result)
    (folder / JSON).write_text(json.dumps(report, indent=2, allow_nan=False) + "\n")
    (folder / PAGE).write_text(render(report))
    pyarrow.parquet.write_table(_table(result), folder / EPISODES)
    return report


def summarize(result: Result) -> dict[str, Any]:
    """The report. Scores are of completed episodes alone: one that ended in an environment error is none."""
    completed = [episode for episode in result.episodes if episode.error is None]
    returns = np.array([episode.total for episode in completed])
    lengths = np.array([episode.length for episode in completed], dtype=np.float64)
    spec = result.spec
    return {
        "version": 1,
        "environment": spec.environment,
        "parameters": spec.parameters,
        "policy": {"label": result.policy, **spec.policy.model_dump(mode="json")},
        "seed": spec.seed,
        "max_episode_steps": result.blueprint.limit,
        "episodes": {
            "requested": spec.episodes,
            "completed": len(completed),
            "errors": len(result.episodes) - len(completed),
            "terminated": sum(episode.terminated for episode in completed),
            "truncated": sum(not episode.terminated for episode in completed),
        },
        "return": _distribution(returns),
        "length": _distribution(lengths),
        "success": _success(returns, result.threshold),
        "time": {
            "steps": result.steps,
            "wall_seconds": result.wall_seconds,
            "steps_per_second": _ratio(result.steps, result.wall_seconds),
            "environment_microseconds_per_step": _ratio(1e6 * result.environment_seconds, result.steps),
            "policy_microseconds_per_step": _ratio(1e6 * result.policy_seconds, result.steps),
        },
        "errors": _errors(result),
        "rows": [_row(episode, result.threshold) for episode in result.episodes[:ROWS]],
        "rows_left_out": max(0, len(result.episodes) - ROWS),
        "workers_replaced": result.workers_replaced,
        "versions": {"python": sys.version.split()[0]} | {name: importlib.metadata.version(name) for name in _PACKAGES},
    }


def headline(report: dict[str, Any]) -> dict[str, Any]:
    """The values that the run keeps as its summary."""
    values = {
        "episodes": report["episodes"]["completed"],
        "episode_errors": report["episodes"]["errors"],
        "return/mean": report["return"]["mean"],
        "return/low": report["return"]["low"],
        "return/high": report["return"]["high"],
        "episode_length/mean": report["length"]["mean"],
        "success_rate": report["success"]["rate"],
        "success_rate/low": report["success"]["low"],
        "success_rate/high": report["success"]["high"],
        "steps_per_second": report["time"]["steps_per_second"],
    }
    return {name: value for name, value in values.items() if value is not None}


def _distribution(values: Any) -> dict[str, Any]:
    if not len(values):
        names = ("mean", "low", "high", "method", "std", "min", "median", "max", "histogram")
        return dict.fromkeys(names)
    counts, edges = np.histogram(values, bins=min(BINS, max(1, len(np.unique(values)))))
    return {
        "mean": float(values.mean()),
        **_bounds(mean_interval(values)),
        "std": float(values.std(ddof=1)) if len(values) > 1 else None,
        "min": float(values.min()),
        "median": float(np.median(values)),
        "max": float(values.max()),
        "histogram": {"edges": edges.tolist(), "counts": counts.tolist()},
    }


def _success(returns: Any, threshold: float | None) -> dict[str, Any]:
    """Of an environment without a threshold nothing is a success, and nothing a failure."""
    if threshold is None:
        return {"threshold": None, "successes": None, "rate": None, **_bounds(None)}
    successes = int((returns >= threshold).sum()) if len(returns) else 0
    return {
        "threshold": threshold,
        "successes": successes,
        "rate": successes / len(returns) if len(returns) else None,
        **_bounds(rate_interval(successes, len(returns))),
    }


def _bounds(interval: Interval | None) -> dict[str, Any]:
    return asdict(interval) if interval else {"low": None, "high": None, "method": None}


def _errors(result: Result) -> list[dict[str, Any]]:
    """Messages, the most frequent first."""
    messages = Counter(episode.error for episode in result.episodes if episode.error is not None)
    first = {episode.error: episode.index for episode in reversed(result.episodes)}
    return [
        {"message": message, "episodes": count, "first_episode": first[message]}
        for message, count in messages.most_common(20)
    ]


def _row(episode: Any, threshold: float | None) -> dict[str, Any]:
    failed = episode.error is not None
    return {
        "episode": episode.index,
        "seed": episode.seed,
        "return": None if failed else episode.total,
        "length": episode.length,
        "outcome": "error" if failed else "terminated" if episode.terminated else "truncated",
        "success": None if failed or threshold is None else episode.total >= threshold,
        "error": episode.error,
    }


def _table(result: Result) -> Any:
    rows = [_row(episode, result.threshold) for episode in result.episodes]
    schema = pyarrow.schema(
        {
            "episode": pyarrow.int64(),
            "seed": pyarrow.int64(),
            "return": pyarrow.float64(),
            "length": pyarrow.int64(),
            "outcome": pyarrow.string(),
            "success": pyarrow.bool_(),
            "error": pyarrow.string(),
        }
    )
    return pyarrow.Table.from_pylist(rows, schema=schema)


def _ratio(value: float, by: float) -> float | None:
    return value / by if by else None
