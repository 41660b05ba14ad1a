from collections.abc import Sequence
from uuid import UUID

from app.experiments.reported_repository import ReportedRepository
from app.kit.repository import Repository
from app.tables import Study, Trial


class StudyRepository(ReportedRepository[Study]):
    table = Study


class TrialRepository(Repository[Trial]):
    table = Trial

    async def of_study(self, study_id: UUID) -> Sequence[Trial]:
        statement = self.statement().where(Trial.study_id == study_id).order_by(Trial.number)
        return (await self.session.scalars(statement)).all()
