from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Integer, Row, cast, func

from app.kit.repository import Repository
from app.span import Span
from app.tables import Deployment, ServiceSample, Workload

COUNTS = ("requests", "failed", "refused", "abandoned", "prompt_tokens", "completion_tokens")


class ServiceSampleRepository(Repository[ServiceSample]):
    table = ServiceSample

    async def counts(self, span: Span, *criteria: ColumnElement[bool]) -> dict[datetime, Row[*tuple[Any, ...]]]:
        """Step → the sums of it."""
        step = span.step_of(ServiceSample.at).label("step")
        sums = [cast(func.sum(getattr(ServiceSample, name)), BigInteger).label(name) for name in COUNTS]
        statement = self.statement().with_only_columns(step, *sums).where(*_within(span), *criteria).group_by(step)
        return {row.step: row for row in await self.session.execute(statement)}

    async def durations(self, name: str, span: Span, *criteria: ColumnElement[bool]) -> dict[datetime, Counter[int]]:
        """Step → bucket → how many, of `latencies` or `first_tokens`."""
        step = span.step_of(ServiceSample.at).label("step")
        each = func.jsonb_each_text(getattr(ServiceSample, name)).table_valued("key", "value").lateral()
        key, number = cast(each.c.key, Integer), cast(func.sum(cast(each.c.value, BigInteger)), BigInteger)
        statement = (
            self.statement()
            .join(each, each.c.key.is_not(None))
            .with_only_columns(step, key, number)
            .where(*_within(span), *criteria)
            .group_by(step, each.c.key)
        )
        found: dict[datetime, Counter[int]] = {}
        for when, bucket, count in await self.session.execute(statement):
            found.setdefault(when, Counter())[bucket] = count
        return found


class ReplicaRepository(Repository[Deployment]):
    table = Deployment

    async def running(
        self, service_id: UUID, *criteria: ColumnElement[bool]
    ) -> Sequence[tuple[int, datetime, datetime | None]]:
        """How many replicas, from when until when, of every deployment that ever ran."""
        statement = (
            self.statement()
            .join(Workload, Workload.id == Deployment.workload_id)
            .with_only_columns(Deployment.spec["replicas"].as_integer(), Workload.started_at, Workload.ended_at)
            .where(Deployment.service_id == service_id, Workload.started_at.is_not(None), *criteria)
        )
        return [(replicas, began, ended) for replicas, began, ended in await self.session.execute(statement)]


def _within(span: Span) -> tuple[ColumnElement[bool], ...]:
    return ServiceSample.at >= span.since, ServiceSample.at < span.until
