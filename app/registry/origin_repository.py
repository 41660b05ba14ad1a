"""What made a version, whose right to be read has been checked; a run that was deleted since, too."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.tables import Param, Run


class OriginRepository:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def run_name(self, run_id: UUID) -> str:
        return (await self.session.scalars(select(Run.name).where(Run.id == run_id))).one()

    async def params(self, run_id: UUID) -> dict[str, Any]:
        rows = await self.session.execute(select(Param.key, Param.value).where(Param.run_id == run_id))
        return dict(rows.all())
