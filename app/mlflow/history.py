"""Every point of a metric, as MLflow tells it: in the order of steps, those of one step as they came."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import numpy as np
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.principal import Principal
from app.errors import NotFound
from app.experiments.folding import ordered
from app.experiments.ingest_points import Columns
from app.experiments.series_repository import SeriesRepository, Stored, reported
from app.mlflow import records
from app.mlflow.pages import Slice
from app.mlflow.records import Record
from app.mlflow.runs import find_run

MOST_POINTS = 25_000
"""Of one page: as many as the client asks for at once."""
MOST_INTERVAL = 2_500


async def of_metric(
    session: AsyncSession, *, principal: Principal, run_id: str, name: str, limit: int | None, token: str | None
) -> Record:
    run = await find_run(session, principal=principal, run_id=run_id, deleted=None)
    asked = Slice.of(limit or MOST_POINTS, token, most=MOST_POINTS)
    stored = await SeriesRepository(session).stored([run.id], [name])
    return await asyncio.to_thread(_page, stored, name, asked)


async def of_metric_in_runs(
    session: AsyncSession,
    *,
    principal: Principal,
    run_ids: Sequence[str],
    name: str,
    steps: tuple[int | None, int | None],
    limit: int,
) -> Record:
    """Of each run at most `limit` points of these steps (from, to), spread evenly, with the first and the last."""
    found: list[UUID] = []
    for run_id in run_ids:
        try:
            found.append((await find_run(session, principal=principal, run_id=run_id)).id)
        except NotFound:
            continue
    stored = await SeriesRepository(session).stored(found, [name])
    return {"metrics": await asyncio.to_thread(_sampled, stored, name, found, steps, limit)}


def _page(stored: Sequence[Stored], name: str, asked: Slice) -> Record:
    columns = _columns(stored, name)
    if columns is None:
        return {"metrics": []}
    part = slice(asked.offset, asked.offset + asked.limit)
    told = [
        records.metric(name, value, time, step)
        for step, time, value in zip(*(c[part].tolist() for c in columns), strict=True)
    ]
    more = {"next_page_token": str(part.stop)} if len(columns.steps) > part.stop else {}
    return {"metrics": told, **more}


def _sampled(
    stored: Sequence[Stored], name: str, run_ids: Sequence[UUID], steps: tuple[int | None, int | None], limit: int
) -> list[Record]:
    told: list[Record] = []
    for run_id in run_ids:
        columns = _columns([row for row in stored if row.run_id == run_id], name)
        if columns is None:
            continue
        first = 0 if steps[0] is None else int(np.searchsorted(columns.steps, steps[0], "left"))
        last = len(columns.steps) if steps[1] is None else int(np.searchsorted(columns.steps, steps[1], "right"))
        chosen = np.unique(np.linspace(first, max(first, last - 1), min(limit, last - first)).astype(np.int64))
        told += [
            {
                **records.metric(name, float(columns.values[i]), float(columns.times[i]), int(columns.steps[i])),
                "run_id": run_id.hex,
            }
            for i in chosen
        ]
    return told


def _columns(stored: Sequence[Stored], name: str) -> Columns | None:
    """Of every attempt; None where there is no point."""
    parts = [each.columns for _, each in reported(stored) if each.name == name]
    return ordered(parts) if parts else None
