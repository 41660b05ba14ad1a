"""Telemetry becomes rows. Applied once for a (run, source, sequence); everything of a batch or nothing."""

import math
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from app.tables import IngestedBatch, Log, MetricChunk, MetricLatest, Param, Run
from trine.specs.telemetry import Ack, Batch, Failure, Series

ROWS_AT_ONCE = 1000
"""Of one statement: PostgreSQL takes 65,535 parameters."""


async def apply(session: AsyncSession, *, org_id: UUID, run_id: UUID, batch: Batch) -> Ack:
    """The caller has checked that the run is the principal's to write."""
    if not await _claim(session, org_id, run_id, batch):
        return Ack(applied=False, points=0)
    batch = _storable(batch)
    points = await _metrics(session, org_id, run_id, batch)
    await _params(session, org_id, run_id, batch.params)
    await _logs(session, org_id, run_id, batch)
    await _merge_into_run(session, run_id, batch)
    return Ack(applied=True, points=points)


async def _claim(session: AsyncSession, org_id: UUID, run_id: UUID, batch: Batch) -> bool:
    row = {"org_id": org_id, "run_id": run_id, "source": batch.source, "sequence": batch.sequence}
    statement = insert(IngestedBatch).values(row).on_conflict_do_nothing().returning(IngestedBatch.sequence)
    return (await session.execute(statement)).first() is not None


async def _metrics(session: AsyncSession, org_id: UUID, run_id: UUID, batch: Batch) -> int:
    chunks = [
        _chunk(org_id, run_id, batch.attempt, name, series) for name, series in batch.metrics.items() if series.steps
    ]
    if not chunks:
        return 0
    await session.execute(insert(MetricChunk), chunks)
    # Sorted, so that two batches of one run lock the rows in the same order.
    latest = sorted((_latest(chunk) for chunk in chunks), key=lambda row: str(row["name"]))
    for part in range(0, len(latest), ROWS_AT_ONCE):
        await _upsert_latest(session, latest[part : part + ROWS_AT_ONCE])
    return sum(len(chunk["steps"]) for chunk in chunks)


async def _upsert_latest(session: AsyncSession, latest: list[dict[str, Any]]) -> None:
    statement = insert(MetricLatest).values(latest)
    new, old = statement.excluded, MetricLatest
    is_later = tuple_(new.attempt, new.step) >= tuple_(old.attempt, old.step)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["run_id", "name"],
            set_={
                "attempt": func.greatest(old.attempt, new.attempt),
                "step": case((is_later, new.step), else_=old.step),
                "value": case((is_later, new.value), else_=old.value),
                "time": case((is_later, new.time), else_=old.time),
                "points": old.points + new.points,
                # To PostgreSQL NaN is greater than every number, so only the maximum needs care.
                "minimum": func.least(old.minimum, new.minimum),
                "maximum": case(
                    (old.maximum == math.nan, new.maximum),
                    (new.maximum == math.nan, old.maximum),
                    else_=func.greatest(old.maximum, new.maximum),
                ),
            },
        )
    )


def _chunk(org_id: UUID, run_id: UUID, attempt: int, name: str, series: Series) -> dict[str, Any]:
    points = sorted(zip(series.steps, series.values, series.times, strict=True), key=lambda point: point[0])
    return {
        "id": uuid7(),
        "org_id": org_id,
        "run_id": run_id,
        "name": name,
        "attempt": attempt,
        "first_step": points[0][0],
        "last_step": points[-1][0],
        "steps": [point[0] for point in points],
        "values": [point[1] for point in points],
        "times": [point[2] for point in points],
    }


def _latest(chunk: dict[str, Any]) -> dict[str, Any]:
    numbers = [value for value in chunk["values"] if not math.isnan(value)] or [math.nan]
    return {
        "org_id": chunk["org_id"],
        "run_id": chunk["run_id"],
        "name": chunk["name"],
        "attempt": chunk["attempt"],
        "step": chunk["last_step"],
        "value": chunk["values"][-1],
        "time": chunk["times"][-1],
        "points": len(chunk["steps"]),
        "minimum": min(numbers),
        "maximum": max(numbers),
    }


async def _params(session: AsyncSession, org_id: UUID, run_id: UUID, params: dict[str, Any]) -> None:
    if not params:
        return
    rows = [{"org_id": org_id, "run_id": run_id, "key": key, "value": params[key]} for key in sorted(params)]
    statement = insert(Param).values(rows)
    await session.execute(
        statement.on_conflict_do_update(index_elements=["run_id", "key"], set_={"value": statement.excluded.value})
    )


async def _logs(session: AsyncSession, org_id: UUID, run_id: UUID, batch: Batch) -> None:
    rows = [
        {
            "id": uuid7(),
            "org_id": org_id,
            "run_id": run_id,
            "attempt": batch.attempt,
            "source": batch.source,
            "stream": chunk.stream,
            "time": datetime.fromtimestamp(chunk.time, UTC),
            "text": chunk.text,
        }
        for chunk in batch.logs
    ]
    if rows:
        await session.execute(insert(Log), rows)


async def _merge_into_run(session: AsyncSession, run_id: UUID, batch: Batch) -> None:
    changes: dict[str, Any] = {}
    if batch.tags:
        changes["tags"] = Run.tags.op("||")(batch.tags)
    if batch.summary:
        changes["summary"] = Run.summary.op("||")(batch.summary)
    if batch.failure:
        changes["failure"] = batch.failure.model_dump(mode="json") | {"attempt": batch.attempt}
    if changes:
        await session.execute(update(Run).where(Run.id == run_id).values(changes))


def _storable(batch: Batch) -> Batch:
    """What PostgreSQL cannot hold is replaced: telemetry that is refused would be lost, or sent for ever."""
    return batch.model_copy(
        update={
            "metrics": {_text(name): series for name, series in batch.metrics.items()},
            "params": _json(batch.params),
            "tags": _json(batch.tags),
            "summary": _json(batch.summary),
            "logs": [chunk.model_copy(update={"text": _text(chunk.text)}) for chunk in batch.logs],
            "failure": Failure.model_validate(_json(batch.failure.model_dump())) if batch.failure else None,
        }
    )


def _json(value: Any) -> Any:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, dict):
        return {_text(str(name)): _json(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_json(part) for part in value]
    return value


def _text(text: str) -> str:
    """Neither NUL nor half of a surrogate pair."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
