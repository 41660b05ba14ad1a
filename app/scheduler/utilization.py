"""How much of each pool was given out to workloads, over time.

The controller writes down how it stands once a minute. Minutes are kept for two days, then their hours' means.
"""

import asyncio
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.principal import Principal
from app.kit.clock import now
from app.kit.db import CONTROLLER, FAILED, Database
from app.orgs import service as orgs
from app.projects import service as projects
from app.scheduler.utilization_repository import RESOURCES, PoolRepository, ShareRepository
from app.scheduler.utilization_schemas import PoolUtilization, ResourceUse
from app.span import Asked, Kept, Span, span

log = structlog.get_logger(__name__)

MINUTE, HOUR = 60, 3600
MINUTES = Kept(MINUTE, timedelta(days=2))
HOURS = Kept(HOUR, timedelta(days=400))
LEVELS = (MINUTES, HOURS)

Shares = dict[tuple[UUID, datetime], dict[str, float]]


async def run(database: Database) -> None:
    """Until cancelled."""
    swept = None
    while True:
        hour = _hour()
        try:
            async with database.session(CONTROLLER) as session:
                await sample(session)
            if hour != swept:
                async with database.session(CONTROLLER) as session:
                    await sweep(session)
                swept = hour
        except FAILED as error:
            log.warning("utilization.not_sampled", error=type(error).__name__)
        await asyncio.sleep(MINUTE - now().timestamp() % MINUTE)


async def sample(session: AsyncSession) -> None:
    """How it stands now, for the minute that has begun. A second time in the same minute changes nothing."""
    await PoolRepository(session).sample(now().replace(second=0, microsecond=0), MINUTE)


async def sweep(session: AsyncSession) -> None:
    """Old minutes become hours, the oldest hours are removed."""
    hour = _hour()
    repository = PoolRepository(session)
    await repository.fold(MINUTE, HOUR, hour - MINUTES.kept)
    await repository.forget(HOUR, hour - HOURS.kept)


def _hour() -> datetime:
    """That has begun."""
    return now().replace(minute=0, second=0, microsecond=0)


async def utilization(
    session: AsyncSession, *, principal: Principal, org: str, project: str | None, asked: Asked
) -> list[PoolUtilization]:
    """Of each pool. What all organizations hold together is for the platform's administrators."""
    organization = await orgs.get(session, principal=principal, ref=org)
    of_project = await projects.of_organization(session, principal=principal, org_id=organization.id, ref=project)
    wanted = span(asked, LEVELS)
    shares = await ShareRepository(session).sums(organization.id, of_project.id if of_project else None, wanted)
    rows = await PoolRepository(session).means(wanted)
    return [
        _pool(name, list(group), shares, wanted, everybody=principal.is_platform_admin)
        for name, group in groupby(rows, key=lambda row: str(row.pool))
    ]


def _pool(
    name: str, rows: list[Row[*tuple[Any, ...]]], shares: Shares, wanted: Span, *, everybody: bool
) -> PoolUtilization:
    def use(resource: str) -> ResourceUse:
        return ResourceUse(
            capacity=[getattr(row, resource) for row in rows],
            own=[shares.get((row.cluster_id, row.step), {}).get(resource, 0) / row.weight for row in rows],
            everybody=[getattr(row, f"{resource}_taken") for row in rows] if everybody else None,
        )

    return PoolUtilization(
        pool=name, step=wanted.step, times=[row.step for row in rows], **{each: use(each) for each in RESOURCES}
    )
