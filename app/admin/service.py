"""What the platform's administrator may do. They see organizations and people, and nothing that these have."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts import passwords, second_factor, sessions
from app.accounts.schemas import PasswordResetCreated
from app.activity import service as activity
from app.activity.actor import Subject
from app.activity.filters import EventFilters
from app.activity.sight import Sight
from app.admin.repository import EveryOrganization, EveryUser
from app.admin.schemas import DashboardAccess
from app.auth import service as auth
from app.auth.credentials import TOPIC
from app.auth.principal import Principal
from app.config import Settings
from app.errors import Conflict, Invalid, NotFound
from app.kit.clock import now
from app.kit.db import PLATFORM, Scope, enter
from app.kit.notify import notify
from app.kit.pagination import PageRequest, Rows, page
from app.quotas import service as quotas
from app.quotas.schemas import QuotaRead, QuotaSet
from app.scheduler import service as scheduler
from app.tables import Event, Organization, User

_SIGHT = Sight(orgs=frozenset({PLATFORM}), projects=frozenset(), actor_id=None, reserved=frozenset())


async def organizations(session: AsyncSession, *, principal: Principal, request: PageRequest) -> Rows[Organization]:
    await _enter(session, principal)
    return page(await EveryOrganization(session).page(request), request)


async def users(session: AsyncSession, *, principal: Principal, request: PageRequest) -> Rows[User]:
    await _enter(session, principal)
    return page(await EveryUser(session).page(request), request)


async def set_organization(
    session: AsyncSession, *, principal: Principal, org_id: UUID, disabled: bool
) -> Organization:
    """Nobody works in a disabled organization, and what it had running or queued is stopped."""
    await _enter(session, principal)
    organization = await EveryOrganization(session).locked(org_id)
    if organization is None or org_id == PLATFORM:
        raise NotFound("organization", org_id)
    if (organization.disabled_at is not None) == disabled:
        return organization
    before, organization.disabled_at = organization.disabled_at, now() if disabled else None
    await session.flush()
    # Told twice: among what administrators did, and to the organization's own people below.
    await _record(session, principal, Subject("organization", org_id, PLATFORM), before, organization.disabled_at)
    await enter(session, Scope((org_id,), principal.user_id))
    if disabled:
        await scheduler.stop_all(
            session,
            actor=principal.actor,
            code="organization_disabled",
            message="the organization was disabled by the platform's administrator",
        )
    await _record(session, principal, Subject("organization", org_id, org_id), before, organization.disabled_at)
    await notify(session, TOPIC, org=org_id)
    return organization


async def set_quota(session: AsyncSession, *, principal: Principal, org_id: UUID, body: QuotaSet) -> QuotaRead:
    await _enter(session, principal)
    if body.project or body.user_id:
        raise Invalid("the organization shares its limits out among projects and users itself", field="project")
    if org_id == PLATFORM or await EveryOrganization(session).get(org_id) is None:
        raise NotFound("organization", org_id)
    await enter(session, Scope((org_id,), principal.user_id))
    row = await quotas.limit(session, org_id=org_id, project=None, body=body, actor=principal.actor)
    return (await quotas.standing(session, org_id, [row]))[0]


async def set_user(session: AsyncSession, *, principal: Principal, user_id: UUID, disabled: bool) -> User:
    """A disabled person's sessions end; their keys are good again with them. Raises `Conflict` for oneself."""
    await _enter(session, principal)
    person = await EveryUser(session).locked(user_id)
    if person is None:
        raise NotFound("user", user_id)
    if person.id == principal.user_id:
        raise Conflict("you cannot disable yourself: ask another administrator of the platform", code="oneself")
    if (person.disabled_at is not None) == disabled:
        return person
    before, person.disabled_at = person.disabled_at, now() if disabled else None
    await session.flush()
    if disabled:
        await sessions.revoke_of_person(session, user_id=user_id)
        await _enter(session, principal)
    await _record(session, principal, Subject("user", user_id, PLATFORM), before, person.disabled_at)
    await notify(session, TOPIC, user=user_id)
    return person


async def reset_password(
    session: AsyncSession, *, principal: Principal, settings: Settings, user_id: UUID
) -> PasswordResetCreated:
    """Of oneself too. Who has the token chooses the password of the person: it is handed over, and used once."""
    await _enter(session, principal)
    person = await EveryUser(session).get(user_id)
    if person is None:
        raise NotFound("user", user_id)
    row, token = await passwords.issue_reset(
        session, pepper=settings.key_pepper, user_id=user_id, issued_by=principal.user_id
    )
    subject = Subject("user", user_id, PLATFORM)
    data = {"expires_at": str(row.expires_at)}
    await activity.record(session, principal.actor, "password.reset_issued", subject, data)
    return PasswordResetCreated(user_id=user_id, token=token, expires_at=row.expires_at)


async def remove_second_factor(session: AsyncSession, *, principal: Principal, user_id: UUID) -> None:
    """Of somebody who has lost theirs."""
    await _enter(session, principal)
    if await EveryUser(session).locked(user_id) is None:
        raise NotFound("user", user_id)
    await enter(session, Scope(user_id=user_id))
    await second_factor.remove_of(session, user_id=user_id)
    await _enter(session, principal)
    await activity.record(session, principal.actor, "second_factor.taken_away", Subject("user", user_id, PLATFORM), {})
    await notify(session, TOPIC, user=user_id)


async def dashboard(session: AsyncSession, *, principal: Principal, settings: Settings) -> DashboardAccess:
    """Whoever takes the token is written down."""
    await _enter(session, principal)
    subject = Subject("cluster", PLATFORM, PLATFORM)
    await activity.record(session, principal.actor, "dashboard.token_read", subject, {"url": settings.dashboard_url})
    return DashboardAccess(url=settings.dashboard_url, token=settings.secret("ray_token"))


async def events(
    session: AsyncSession, *, principal: Principal, filters: EventFilters, request: PageRequest
) -> Rows[Event]:
    """Of the platform itself: what its administrators did, and refusals that belong to no one organization."""
    await _enter(session, principal)
    await enter(session, Scope((PLATFORM,), principal.user_id))
    return await activity.events(session, sight=_SIGHT, filters=filters, request=request)


async def _enter(session: AsyncSession, principal: Principal) -> None:
    """The transaction sees what is the platform's from then on. Raises as `auth.require_administrator`."""
    auth.require_administrator(principal)
    await enter(session, Scope((PLATFORM,), principal.user_id))


async def _record(session: AsyncSession, principal: Principal, subject: Subject, before: object, after: object) -> None:
    data = {"before": before and {"disabled_at": str(before)}, "after": after and {"disabled_at": str(after)}}
    action = f"{subject.kind}.{'disabled' if after else 'enabled'}"
    await activity.record(session, principal.actor, action, subject, data)
