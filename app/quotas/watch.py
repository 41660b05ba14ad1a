"""Who uses more than a soft limit is told so, once a period; the controller runs it."""

import asyncio
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from app.activity import service as activity
from app.activity.actor import CONTROLLER as PLATFORM
from app.kit.db import CONTROLLER, FAILED, Database
from app.quotas import service
from app.quotas.repository import QuotaRepository
from app.quotas.resources import period, used
from app.tables import ResourceQuota

log = structlog.get_logger(__name__)

EVERY_SECONDS = 60.0


async def run(database: Database) -> None:
    """Until cancelled."""
    while True:
        try:
            await watch(database)
        except FAILED as error:
            log.warning("quotas.not_watched", error=type(error).__name__)
        await asyncio.sleep(EVERY_SECONDS)


async def watch(database: Database) -> int:
    """Warnings given."""
    async with database.session(CONTROLLER) as session:
        organizations = await QuotaRepository(session).with_soft_limits()
    given = 0
    for org_id in organizations:
        async with database.session(CONTROLLER) as session:
            given += await _warn(session, org_id)
    return given


async def _warn(session: AsyncSession, org_id: UUID) -> int:
    repository = QuotaRepository(session)
    rows = await repository.every(ResourceQuota.org_id == org_id, ResourceQuota.soft.is_not(None))
    today = await repository.today()
    amounts = await repository.amounts(org_id, [row.resource for row in rows], today)
    given = 0
    for row in rows:
        amount, when = used(amounts, row.resource, row.project_id, row.user_id), period(row.resource, today)
        if row.soft is None or amount <= row.soft or not await repository.warn(row, when):
            continue
        data = {"resource": row.resource, "used": amount, "soft": row.soft, "hard": row.hard, "period": when}
        await activity.record(session, PLATFORM, "quota.soft_limit_reached", service.subject(row), data)
        given += 1
    return given
