"""The usage ledger: what is booked is added up by days in the same transaction, so no reader adds up the ledger."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.quotas.repository import UsageRepository
from app.tables import UsageEntry


async def book(session: AsyncSession, entry: UsageEntry) -> None:
    """Several in one transaction: in the order of their projects and actors, as everybody does."""
    repository = UsageRepository(session)
    await repository.add(entry)
    await repository.add_up(entry)
