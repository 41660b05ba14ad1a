"""Base of the repositories of work that reports to a run."""

from sqlalchemy import Select, select

from app.kit.repository import R, Repository
from app.tables import Run


class ReportedRepository(Repository[R]):
    """Such work is there while its run is."""

    def statement(self) -> Select[R]:
        return super().statement().where(self.table.run_id.in_(select(Run.id).where(Run.deleted_at.is_(None))))
