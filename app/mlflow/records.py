"""Answers in the shapes of MLflow's protocol. Times are milliseconds since 1970 (UTC)."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from app.errors import Invalid
from app.experiments.schemas import RunStatus
from app.mlflow import identifiers
from app.tables import Experiment, LoggedModel, ModelVersion, RegisteredModel, Run

Record = dict[str, Any]

STATUSES: Mapping[str, RunStatus] = {
    "RUNNING": RunStatus.RUNNING,
    "SCHEDULED": RunStatus.QUEUED,
    "FINISHED": RunStatus.SUCCEEDED,
    "FAILED": RunStatus.FAILED,
    "KILLED": RunStatus.CANCELLED,
}
SAID = {ours: theirs for theirs, ours in STATUSES.items()}
CONTEXT_TAG = "mlflow.data.context"
"""Of a data set: what the run read it for."""
USER_TAG = "mlflow.user"
RUN_NAME_TAG = "mlflow.runName"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a run has reported."""

    params: Mapping[str, str] = field(default_factory=dict)
    metrics: Sequence[tuple[str, float, float, int]] = ()
    """Name, value, time in seconds, step."""
    links: Sequence[tuple[str, Record]] = ()
    """Kind and content."""


def experiment(row: Experiment, name: str) -> Record:
    return {
        "experiment_id": row.id.hex,
        "name": name,
        "artifact_location": identifiers.experiment_location(row),
        "lifecycle_stage": _stage(row.deleted_at),
        "creation_time": milliseconds(row.created_at),
        "last_update_time": milliseconds(row.updated_at),
        "tags": pairs(row.tags),
    }


def run(row: Run, facts: Facts) -> Record:
    by_kind: dict[str, list[Record]] = {"dataset": [], "model_input": [], "model_output": []}
    for kind, content in facts.links:
        by_kind[kind].append(content)
    tags = {RUN_NAME_TAG: row.name, **row.tags}
    return {
        "info": {
            "run_id": row.id.hex,
            "run_uuid": row.id.hex,
            "experiment_id": row.experiment_id.hex,
            "run_name": row.name,
            "user_id": str(row.tags.get(USER_TAG, "")),
            "status": SAID[RunStatus(row.status)],
            "start_time": milliseconds(row.started_at or row.created_at),
            **({"end_time": milliseconds(row.ended_at)} if row.ended_at else {}),
            "artifact_uri": identifiers.run_location(row),
            "lifecycle_stage": _stage(row.deleted_at),
        },
        "data": {
            "metrics": [metric(*each) for each in facts.metrics],
            "params": pairs(facts.params),
            "tags": pairs(tags),
        },
        "inputs": {"dataset_inputs": by_kind["dataset"], "model_inputs": by_kind["model_input"]},
        "outputs": {"model_outputs": by_kind["model_output"]},
    }


def metric(name: str, value: float, time: float, step: int) -> Record:
    return {"key": name, "value": number(value), "timestamp": round(time * 1000), "step": step}


def logged_model(row: LoggedModel) -> Record:
    return {
        "info": {
            "model_id": identifiers.logged_model_id(row),
            "experiment_id": row.experiment_id.hex,
            "name": row.name,
            "creation_timestamp_ms": milliseconds(row.created_at),
            "last_updated_timestamp_ms": milliseconds(row.updated_at),
            "artifact_uri": identifiers.logged_model_location(row),
            "status": row.status,
            "model_type": row.model_type,
            **({"source_run_id": row.run_id.hex} if row.of_run else {}),
            "tags": pairs(row.tags),
        },
        "data": {"params": pairs(row.params), "metrics": []},
    }


def registered_model(
    row: RegisteredModel, aliases: Mapping[str, int], latest: Iterable[tuple[ModelVersion, Sequence[str]]]
) -> Record:
    return {
        "name": row.name,
        "creation_timestamp": milliseconds(row.created_at),
        "last_updated_timestamp": milliseconds(row.updated_at),
        "description": row.description,
        "latest_versions": [model_version(version, row.name, named) for version, named in latest],
        "tags": pairs(row.tags),
        "aliases": [{"alias": alias, "version": str(number)} for alias, number in aliases.items()],
    }


def model_version(row: ModelVersion, name: str, aliases: Sequence[str]) -> Record:
    return {
        "name": name,
        "version": str(row.version),
        "creation_timestamp": milliseconds(row.created_at),
        "last_updated_timestamp": milliseconds(row.updated_at),
        "current_stage": "None",
        "description": row.description,
        "source": identifiers.artifact_location(row.artifact_id),
        "run_id": row.run_id.hex,
        "status": "READY",
        "tags": pairs(row.tags),
        "aliases": list(aliases),
    }


def pairs(values: Mapping[str, Any]) -> list[Record]:
    return [{"key": name, "value": str(values[name])} for name in sorted(values)]


def number(value: float) -> float | str:
    """JSON has no NaN and no infinities; protocol buffers write their names."""
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def milliseconds(when: datetime) -> int:
    return round(when.timestamp() * 1000)


def moment(told: float, field: str) -> datetime:
    """Raises `Invalid` for what no calendar has."""
    try:
        return datetime.fromtimestamp(told / 1000, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Invalid(f"{told!r} is no time in milliseconds since 1970", field=field) from error


def run_status(told: str) -> RunStatus:
    status = STATUSES.get(told.upper())
    if status is None:
        raise Invalid(f"{told!r} is no status of a run: one of {', '.join(STATUSES)}", field="status")
    return status


def _stage(deleted_at: datetime | None) -> str:
    return "active" if deleted_at is None else "deleted"
