"""How many workloads there are and how long the oldest has been so, counted now and then for the metrics."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.clock import now
from app.metrics import WORKLOAD_OLDEST_SECONDS, WORKLOADS
from app.scheduler.repository import WorkloadRepository


class Census:
    def __init__(self) -> None:
        self._counted: dict[tuple[str, str], tuple[int, float]] = {}

    async def count(self, session: AsyncSession) -> None:
        """Of all organizations, so `session` is the controller's."""
        when = now()
        self._counted = {
            (kind, status): (number, max(0.0, (when - since).total_seconds()))
            for kind, status, number, since in await WorkloadRepository(session).census()
        }

    def read(self) -> None:
        """Sets the gauges."""
        for (kind, status), (number, seconds) in self._counted.items():
            WORKLOADS.set(number, kind, status)
            WORKLOAD_OLDEST_SECONDS.set(seconds, kind, status)
