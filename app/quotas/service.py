"""Limits of organizations, projects and users; what was used."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.activity import service as activity
from app.activity.actor import Actor, Subject
from app.auth import service as auth
from app.auth.permissions import Action
from app.auth.principal import Principal
from app.errors import Forbidden, Invalid
from app.kit.notify import notify
from app.orgs import service as orgs
from app.projects import service as projects
from app.quotas.repository import QuotaRepository, UsageDayRepository
from app.quotas.resources import ASKED, Resource, used
from app.quotas.schemas import QuotaRead, QuotaSet, UsageBy, UsageRead
from app.tables import Project, ResourceQuota

TOPIC = "quotas"
LONGEST = timedelta(days=366)
COLUMNS = {UsageBy.DAY: "day", UsageBy.PROJECT: "project_id", UsageBy.USER: "actor_id"}


async def quotas(session: AsyncSession, *, principal: Principal, org: str) -> list[QuotaRead]:
    organization = await orgs.get(session, principal=principal, ref=org)
    rows = await QuotaRepository(session).every(ResourceQuota.org_id == organization.id)
    return await standing(session, organization.id, rows)


async def put(session: AsyncSession, *, principal: Principal, org: str, body: QuotaSet) -> QuotaRead:
    """An owner or admin sets those of projects and users, the platform's administrator the organization's own."""
    organization = await orgs.get(session, principal=principal, ref=org)
    if body.project is None and body.user_id is None:
        if not principal.is_platform_admin:
            raise Forbidden(
                "the limits of a whole organization are the platform administrator's: name a project or a user_id"
            )
    else:
        auth.require(principal, Action.MANAGE, organization.id)
    project = await projects.of_organization(session, principal=principal, org_id=organization.id, ref=body.project)
    if body.user_id:
        await orgs.membership(session, principal=principal, ref=str(organization.id), user_id=body.user_id)
    row = await limit(session, org_id=organization.id, project=project, body=body, actor=principal.actor)
    return (await standing(session, organization.id, [row]))[0]


async def limit(
    session: AsyncSession, *, org_id: UUID, project: Project | None, body: QuotaSet, actor: Actor
) -> ResourceQuota:
    """For a caller whose right to it has been checked. The row that was written, or has just been removed."""
    _check(body)
    repository = QuotaRepository(session)
    # One change at a time, so that what is within the organization's limit stays so.
    await orgs.lock(session, org_id=org_id)
    project_id = project.id if project else None
    rows = await repository.every(ResourceQuota.org_id == org_id, ResourceQuota.resource == body.resource)
    _check_within(rows, body, of_organization=project_id is None and body.user_id is None)
    found = next((row for row in rows if (row.project_id, row.user_id) == (project_id, body.user_id)), None)
    before = {"hard": found.hard, "soft": found.soft} if found else None
    after = {"hard": body.hard, "soft": body.soft}
    row = found or ResourceQuota(org_id=org_id, project_id=project_id, user_id=body.user_id, resource=body.resource)
    row.hard, row.soft, row.warned_for = body.hard, body.soft, None
    if body.hard is not None or body.soft is not None:
        await repository.add(row)
    elif found:
        await repository.remove(found)
    if after != (before or {"hard": None, "soft": None}):
        data = {"resource": body.resource, "before": before, "after": after}
        await activity.record(session, actor, "quota.changed", subject(row), data)
        await notify(session, TOPIC, org=org_id)
    return row


async def of_workload(
    session: AsyncSession, *, org_id: UUID, project_id: UUID, user_id: UUID | None
) -> list[QuotaRead]:
    """Limits on what a workload takes, and how much of each is taken."""
    rows = await QuotaRepository(session).held(org_id, project_id, user_id)
    return await standing(session, org_id, [row for row in rows if row.resource in ASKED])


async def usage(
    session: AsyncSession,
    *,
    principal: Principal,
    org: str,
    by: UsageBy,
    first: date | None,
    last: date | None,
    project: str | None,
) -> list[UsageRead]:
    """Of the days from `first` to `last`, both included; by default the last thirty."""
    organization = await orgs.get(session, principal=principal, ref=org)
    of_project = await projects.of_organization(session, principal=principal, org_id=organization.id, ref=project)
    until = last or await QuotaRepository(session).today()
    since = first or until - timedelta(days=29)
    if not timedelta(0) <= until - since <= LONGEST:
        raise Invalid(f"first_day is at most {LONGEST.days} days before last_day, and not after it", field="first_day")
    rows = await UsageDayRepository(session).sums(
        organization.id, COLUMNS[by], since, until, of_project.id if of_project else None
    )
    key = "user_id" if by is UsageBy.USER else COLUMNS[by]
    return [
        UsageRead(
            **{key: row.key},
            cpu_seconds=row.cpu_seconds,
            gpu_seconds=row.gpu_seconds,
            requests=row.requests,
            prompt_tokens=row.prompt_tokens,
            completion_tokens=row.completion_tokens,
        )
        for row in rows
    ]


async def standing(session: AsyncSession, org_id: UUID, rows: Sequence[ResourceQuota]) -> list[QuotaRead]:
    repository = QuotaRepository(session)
    amounts = await repository.amounts(org_id, [row.resource for row in rows], await repository.today())
    return [
        QuotaRead(
            project_id=row.project_id,
            user_id=row.user_id,
            resource=Resource(row.resource),
            hard=row.hard,
            soft=row.soft,
            used=used(amounts, row.resource, row.project_id, row.user_id),
        )
        for row in rows
    ]


def subject(row: ResourceQuota) -> Subject:
    if row.project_id:
        return Subject("project", row.project_id, row.org_id, row.project_id)
    return Subject("user", row.user_id, row.org_id) if row.user_id else Subject("organization", row.org_id, row.org_id)


def _check(body: QuotaSet) -> None:
    if body.project is not None and body.user_id is not None:
        raise Invalid("a limit is of a project or of a user, not of both: name one", field="user_id")
    if body.hard is not None and body.soft is not None and body.soft > body.hard:
        raise Invalid("soft must not be more than hard: the warning comes first", field="soft")


def _check_within(rows: Sequence[ResourceQuota], body: QuotaSet, *, of_organization: bool) -> None:
    """A limit above the organization's would promise what nobody gets."""
    whole = next((row.hard for row in rows if row.project_id is None and row.user_id is None), None)
    if not of_organization and whole is not None and body.hard is not None and body.hard > whole:
        raise Invalid(f"the organization has {whole:g} {body.resource} at most: choose no more", field="hard")
