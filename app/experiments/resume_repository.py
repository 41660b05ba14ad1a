from uuid import UUID

from sqlalchemy import select

from app.experiments.folding import Latest, Waiting, latest_of
from app.kit.repository import Repository
from app.tables import MetricBatch, MetricLatest

SYSTEM = "system/"
"""Of the machine, at steps that are seconds."""


class ReachedRepository(Repository[MetricLatest]):
    table = MetricLatest

    async def reached(self, run_id: UUID) -> tuple[int, int]:
        """The greatest attempt and step of the run's metrics, folded or not; 0 and -1 where there are none."""
        # What waits is read first: folded in between, it is among the latest values that are read after it.
        waiting = await self._waiting(run_id)
        columns = (MetricLatest.name, MetricLatest.attempt, MetricLatest.step)
        folded = await self.session.execute(
            self.statement().where(MetricLatest.run_id == run_id).with_only_columns(*columns)
        )
        reached = [(name, attempt, step) for name, attempt, step in folded]
        reached += [(latest.metric.name, latest.attempt, latest.step) for latest in waiting]
        attempts = (attempt for _, attempt, _ in reached)
        steps = (step for name, _, step in reached if not name.startswith(SYSTEM))
        return max(attempts, default=0), max(steps, default=-1)

    async def _waiting(self, run_id: UUID) -> list[Latest]:
        statement = select(MetricBatch.org_id, MetricBatch.run_id, MetricBatch.points)
        statement = statement.where(MetricBatch.run_id == run_id).order_by(MetricBatch.position)
        return latest_of(Waiting(*batch) for batch in await self.session.execute(statement))
