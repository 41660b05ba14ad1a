"""What PostgreSQL cannot hold is replaced: telemetry that is refused would be lost, or sent for ever."""

import math
from typing import Any

from trine.specs.telemetry import Batch, Failure


def storable(batch: Batch) -> Batch:
    return batch.model_copy(
        update={
            "source": _text(batch.source),
            "metrics": {_text(name): series for name, series in batch.metrics.items()},
            "params": _json(batch.params),
            "tags": _json(batch.tags),
            "summary": _json(batch.summary),
            "logs": [chunk.model_copy(update={"text": _text(chunk.text)}) for chunk in batch.logs],
            "failure": Failure.model_validate(_json(batch.failure.model_dump())) if batch.failure else None,
        }
    )


def storable_number(value: float) -> float | str:
    """JSON has no NaN and no infinities; PostgreSQL reads their names."""
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _json(value: Any) -> Any:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, float):
        return storable_number(value)
    if isinstance(value, dict):
        return {_text(str(name)): _json(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_json(part) for part in value]
    return value


def _text(text: str) -> str:
    """Neither NUL nor half of a surrogate pair."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
