"""What hard limits refuse, and how they say it."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import Invalid
from app.quotas.repository import QuotaRepository
from app.quotas.resources import TOKENS, Amount, Resource, used
from app.tables import ResourceQuota


async def check_ask(
    session: AsyncSession, *, org_id: UUID, project_id: UUID, user_id: UUID | None, asks: Mapping[Resource, float]
) -> None:
    """Raises `Invalid` for what asks for more than a hard limit at once, so that no wait could help."""
    for row in await QuotaRepository(session).held(org_id, project_id, user_id):
        asked = asks.get(Resource(row.resource), 0)
        if row.hard is not None and asked > row.hard:
            raise Invalid(
                f"it asks for {asked:g} {row.resource}, and {holder(row)} may have {row.hard:g} at most: ask for less, "
                "or have the limit raised",
                field="resources",
                code="over_quota",
            )


async def check_storage(
    session: AsyncSession, *, org_id: UUID, project_id: UUID, user_id: UUID | None, more: int
) -> None:
    """Raises `Invalid` where `more` bytes would be beyond a hard limit."""
    repository = QuotaRepository(session)
    held = await repository.held(org_id, project_id, user_id)
    limits = [(row, row.hard) for row in held if row.resource == Resource.STORAGE and row.hard is not None]
    if not limits:
        return
    amounts = await repository.amounts(org_id, [Resource.STORAGE], await repository.today())
    for row, hard in limits:
        there = used(amounts, Resource.STORAGE, row.project_id, row.user_id)
        if there + more > hard:
            raise Invalid(
                f"{holder(row)} may store {hard:.0f} bytes and has {there:.0f}: {more} more do not fit. Delete "
                "artifacts (they count until they are removed for good), or have the limit raised",
                field="files",
                code="over_quota",
            )


async def token_limits(session: AsyncSession, *, org_id: UUID) -> tuple[Sequence[ResourceQuota], date, list[Amount]]:
    """Hard limits on tokens; the day (UTC); and what was used, where there is a limit."""
    repository = QuotaRepository(session)
    limits = await repository.every(
        ResourceQuota.org_id == org_id, ResourceQuota.resource.in_(TOKENS), ResourceQuota.hard.is_not(None)
    )
    today = await repository.today()
    return limits, today, await repository.amounts(org_id, TOKENS, today) if limits else []


def holder(row: ResourceQuota) -> str:
    return "the project" if row.project_id else "the user" if row.user_id else "the organization"
