"""Stored points. Bytes come as they lie in the tables."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, literal, null, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from app.tables import MetricBatch, MetricChunk


class SeriesRepository:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def stored(self, run_ids: Sequence[UUID], names: Sequence[str], after: int | None) -> Sequence[Row[Any]]:
        """Chunks of these metrics as they were written, then batches, `name` null, that wait to be folded: in one
        statement, so that no point is missed that is folded meanwhile. Needs a session of their organization."""
        chunk = MetricChunk
        chunks: Select[*tuple[Any, ...]] = select(
            *(chunk.run_id, chunk.name, chunk.attempt, chunk.position, chunk.points),
            *(chunk.steps, chunk.times, chunk.values, literal(0).label("waits")),
        ).where(chunk.run_id.in_(run_ids), chunk.name.in_(names))
        if after is not None:
            chunks = chunks.where(chunk.last_step > after)
        waiting: Select[*tuple[Any, ...]] = select(
            *(MetricBatch.run_id, null(), null(), MetricBatch.position, null()),
            *(null(), null(), MetricBatch.points, literal(1)),
        ).where(MetricBatch.run_id.in_(run_ids))
        statement = union_all(chunks, waiting).order_by("waits", "position")
        return (await self.session.execute(statement)).all()
