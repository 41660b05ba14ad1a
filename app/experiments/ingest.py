"""Telemetry becomes rows: once for a (run, source, sequence), everything of a batch or nothing."""

from collections.abc import Sequence
from uuid import UUID

import psycopg

from app.errors import Invalid
from app.experiments.ingest_statements import Reach, Report, statements
from app.experiments.storable import storable
from app.kit.db import Scope
from app.kit.pipeline import Pipeline
from trine.specs.telemetry import Ack, Batch

GAPS = 1000
"""Among the sequences of one source; `ck_batch_sources_ranges` counts one range more."""
TOO_MANY_GAPS = "ck_batch_sources_ranges"


async def apply(
    pipeline: Pipeline, scope: Scope, reach: Reach, reports: Sequence[Report]
) -> Sequence[Ack | Exception | None]:
    """Of reports to different runs. None where there is no such run within reach.

    Raises `psycopg.Error`, and `Invalid` for a source with too many gaps; then nothing has happened.
    """
    stored = [Report(run_id, storable(batch)) for run_id, batch in reports]
    try:
        results = await pipeline.run(scope, statements(reach, stored))
    except psycopg.Error as error:
        if error.sqlstate is None:
            raise
        if len(reports) == 1:
            if error.diag.constraint_name == TOO_MANY_GAPS:
                raise _with_gaps(stored[0].batch) from None
            raise
        # One that the database refuses is no reason to refuse the others.
        return [await _alone(pipeline, scope, reach, report) for report in reports]
    made: dict[UUID, bool] = dict(results[0].rows)
    return [_ack(made.get(run_id), batch) for run_id, batch in reports]


async def _alone(pipeline: Pipeline, scope: Scope, reach: Reach, report: Report) -> Ack | Exception | None:
    try:
        (answer,) = await apply(pipeline, scope, reach, [report])
    except (psycopg.Error, Invalid) as error:
        return error
    return answer


def _with_gaps(batch: Batch) -> Invalid:
    return Invalid(
        f"the sequences of source {batch.source!r} leave more than {GAPS} gaps: number its batches one after the "
        "other and send those that are missing, or send what is new as another source, from sequence 0",
        field="sequence",
    )


def _ack(made: bool | None, batch: Batch) -> Ack | None:
    if made is None:
        return None
    return Ack(applied=made, points=sum(len(series.steps) for series in batch.metrics.values()) if made else 0)
