"""How a service answers, over time: what the gateways have written down."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.principal import Principal
from app.deletion.service_samples import LEVELS
from app.inference import service
from app.inference.latencies import quantile
from app.inference.metrics_repository import COUNTS, ReplicaRepository, ServiceSampleRepository
from app.inference.metrics_schemas import Quantiles, ServiceMetrics, ServiceTotals
from app.span import Asked, Span, span
from app.tables import Deployment, ServiceSample

DELAY = timedelta(seconds=2)
"""What the gateways have seen has been written by then."""
SHARES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}


async def metrics(
    session: AsyncSession, *, principal: Principal, service_id: UUID, deployment_id: UUID | None, asked: Asked
) -> ServiceMetrics:
    """Of all deployments of the service, or of one."""
    found = await service.get(session, principal=principal, service_id=service_id)
    wanted = span(asked, LEVELS, delay=DELAY)
    times = [wanted.since + timedelta(seconds=wanted.step) * index for index in range(_steps(wanted))]
    mine = [ServiceSample.service_id == found.id]
    if deployment_id:
        mine.append(ServiceSample.deployment_id == deployment_id)
    samples = ServiceSampleRepository(session)
    counts = await samples.counts(wanted, *mine)
    latencies = await samples.durations("latencies", wanted, *mine)
    first_tokens = await samples.durations("first_tokens", wanted, *mine)
    ran = await ReplicaRepository(session).running(
        found.id, *([Deployment.id == deployment_id] if deployment_id else [])
    )

    def rate(name: str) -> list[float]:
        return [getattr(counts[time], name) / wanted.step if time in counts else 0.0 for time in times]

    overall: Counter[int] = sum(latencies.values(), Counter())
    return ServiceMetrics(
        step=wanted.step,
        times=times,
        **{name: rate(name) for name in COUNTS},
        latency=_quantiles(times, latencies),
        first_token=_quantiles(times, first_tokens),
        replicas=[_replicas(ran, time) for time in times],
        total=ServiceTotals(
            **{name: sum(getattr(row, name) for row in counts.values()) for name in COUNTS},
            **{name: quantile(overall, share) for name, share in SHARES.items()},
        ),
    )


def _steps(wanted: Span) -> int:
    return int((wanted.until - wanted.since).total_seconds()) // wanted.step


def _quantiles(times: Sequence[datetime], counted: Mapping[datetime, Mapping[int, int]]) -> Quantiles:
    return Quantiles(
        **{name: [quantile(counted.get(time, {}), share) for time in times] for name, share in SHARES.items()}
    )


def _replicas(ran: Sequence[tuple[int, datetime, datetime | None]], when: datetime) -> int:
    return sum(number for number, began, ended in ran if began <= when and (ended is None or when < ended))
