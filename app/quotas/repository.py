from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Date, Row, cast, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert

from app.kit.repository import Repository
from app.quotas.resources import Amount, Resource
from app.tables import ResourceQuota, UsageDay, UsageEntry

TODAY = cast(func.timezone("UTC", func.now()), Date)
SECONDS = ("cpu_seconds", "gpu_seconds")
COUNTS = ("requests", "prompt_tokens", "completion_tokens")
SUMS = (*SECONDS, *COUNTS)

_AT_WORK = text("""
SELECT w.project_id, w.created_by AS user_id, count(DISTINCT w.id) AS workloads,
       coalesce(sum((b ->> 'gpu')::float8), 0) AS gpu, coalesce(sum((b ->> 'cpu')::float8), 0) AS cpu,
       coalesce(sum((b ->> 'memory')::float8), 0) AS memory
FROM workloads AS w, jsonb_array_elements(w.bundles) AS b
WHERE w.org_id = :org_id AND w.status IN ('admitted', 'starting', 'running', 'stopping')
GROUP BY w.project_id, w.created_by
""")
_STORED = text("""
SELECT a.project_id, r.created_by AS user_id, sum(a.size)::float8 AS storage
FROM artifacts AS a JOIN runs AS r ON r.id = a.run_id WHERE a.org_id = :org_id GROUP BY a.project_id, r.created_by
UNION ALL
SELECT r.project_id, r.created_by, sum(m.size)::float8
FROM media AS m JOIN runs AS r ON r.id = m.run_id WHERE m.org_id = :org_id GROUP BY r.project_id, r.created_by
""")
_TOKENS = text("""
SELECT project_id, actor_id AS user_id, sum(prompt_tokens + completion_tokens)::float8 AS tokens_per_month,
       coalesce(sum(prompt_tokens + completion_tokens) FILTER (WHERE day = :today), 0)::float8 AS tokens_per_day
FROM usage_days WHERE org_id = :org_id AND day >= :month GROUP BY project_id, actor_id
""")


class QuotaRepository(Repository[ResourceQuota]):
    table = ResourceQuota

    async def today(self) -> date:
        found: date = (await self.session.execute(select(TODAY))).scalar_one()
        return found

    async def held(self, org_id: UUID, project_id: UUID | None, user_id: UUID | None) -> Sequence[ResourceQuota]:
        """Those of the organization, the project and the user."""
        of_project, of_user = ResourceQuota.project_id, ResourceQuota.user_id
        return await self.every(
            ResourceQuota.org_id == org_id,
            or_(of_project.is_(None), of_project == project_id),
            or_(of_user.is_(None), of_user == user_id),
        )

    async def amounts(self, org_id: UUID, resources: Sequence[str], today: date) -> list[Amount]:
        """What the organization has of these, by project and user."""
        found: list[Amount] = []
        wanted = set(resources)
        for statement, of_it in (
            (_AT_WORK, {Resource.GPU, Resource.CPU, Resource.MEMORY, Resource.WORKLOADS}),
            (_STORED, {Resource.STORAGE}),
            (_TOKENS, {Resource.TOKENS_PER_DAY, Resource.TOKENS_PER_MONTH}),
        ):
            if not wanted & of_it:
                continue
            values = {"org_id": org_id, "today": today, "month": today.replace(day=1)}
            named = {name: values[name] for name in statement.compile().params}
            for row in await self.session.execute(statement, named):
                found += [Amount(row.project_id, row.user_id, name, getattr(row, name)) for name in wanted & of_it]
        return found

    async def remove(self, quota: ResourceQuota) -> None:
        await self.session.delete(quota)
        await self.session.flush()

    async def with_soft_limits(self) -> Sequence[UUID]:
        """Organizations."""
        statement = self.statement().with_only_columns(ResourceQuota.org_id).where(ResourceQuota.soft.is_not(None))
        return (await self.session.scalars(statement.distinct())).all()

    async def warn(self, quota: ResourceQuota, period: str) -> bool:
        """False where somebody has been told in this period."""
        statement = (
            update(ResourceQuota)
            .where(ResourceQuota.id == quota.id, ResourceQuota.warned_for.is_distinct_from(period))
            .values(warned_for=period)
            .returning(ResourceQuota.id)
        )
        return (await self.session.execute(statement)).first() is not None


class UsageRepository(Repository[UsageEntry]):
    table = UsageEntry

    async def add_up(self, entry: UsageEntry) -> None:
        """Adds the entry to its day."""
        values = {name: getattr(entry, name) or 0 for name in SUMS}
        statement = insert(UsageDay).values(
            org_id=entry.org_id, day=TODAY, project_id=entry.project_id, actor_id=entry.actor_id, **values
        )
        more = {name: getattr(UsageDay, name) + statement.excluded[name] for name in SUMS}
        await self.session.execute(
            statement.on_conflict_do_update(index_elements=["org_id", "day", "project_id", "actor_id"], set_=more)
        )


class UsageDayRepository(Repository[UsageDay]):
    table = UsageDay

    async def sums(
        self, org_id: UUID, by: str, first: date, last: date, project_id: UUID | None
    ) -> Sequence[Row[*tuple[Any, ...]]]:
        """`key` and the sums, by `day`, `project_id` or `actor_id`."""
        key: ColumnElement[Any] = getattr(UsageDay, by)
        seconds = [func.sum(getattr(UsageDay, name)).label(name) for name in SECONDS]
        counts = [cast(func.sum(getattr(UsageDay, name)), BigInteger).label(name) for name in COUNTS]
        statement = (
            self.statement()
            .with_only_columns(key.label("key"), *seconds, *counts)
            .where(UsageDay.org_id == org_id, UsageDay.day >= first, UsageDay.day <= last)
            .group_by(key)
            .order_by(key)
        )
        if project_id:
            statement = statement.where(UsageDay.project_id == project_id)
        return (await self.session.execute(statement)).all()
