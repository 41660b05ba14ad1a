from uuid import UUID

from sqlalchemy import func

from app.kit.repository import Repository
from app.tables import MetricLatest

SYSTEM = "system/"
"""Of the machine, at steps that are seconds."""


class ReachedRepository(Repository[MetricLatest]):
    table = MetricLatest

    async def reached(self, run_id: UUID) -> tuple[int, int]:
        """The greatest attempt and step of the run's metrics; 0 and -1 where there are none."""
        own = ~MetricLatest.name.startswith(SYSTEM, autoescape=True)
        statement = self.statement().where(MetricLatest.run_id == run_id)
        columns = (func.coalesce(func.max(MetricLatest.attempt), 0),)
        steps = func.coalesce(func.max(MetricLatest.step).filter(own), -1)
        attempt, step = (await self.session.execute(statement.with_only_columns(*columns, steps))).one()
        return attempt, step
