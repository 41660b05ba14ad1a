from sqlalchemy import ColumnElement, Select, delete, false, or_

from app.kit.repository import Repository
from app.tables import RunView


class RunViewRepository(Repository[RunView]):
    """Of the views that are not shared only those of the person whose session it is."""

    table = RunView

    def statement(self) -> Select[RunView]:
        user_id = self.session.info["scope"].user_id
        mine: ColumnElement[bool] = RunView.created_by == user_id if user_id else false()
        return super().statement().where(or_(RunView.shared, mine))

    async def remove(self, view: RunView) -> None:
        await self.session.execute(delete(RunView).where(RunView.id == view.id, RunView.org_id == view.org_id))
