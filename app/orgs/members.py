"""Members of an organization: their roles, and leaving. An organization always keeps an owner."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.activity import service as activity
from app.activity.actor import Subject
from app.auth import service as auth
from app.auth.credentials import TOPIC
from app.auth.permissions import Action, Role, outranks
from app.auth.principal import Principal
from app.errors import Conflict, Forbidden, NotFound
from app.kit.notify import notify
from app.orgs import service
from app.orgs.repository import InvitationRepository, MembershipRepository, OrganizationRepository
from app.tables import Membership


async def change_role(
    session: AsyncSession, *, principal: Principal, org: str, user_id: UUID, role: Role
) -> Membership:
    """Raises `Forbidden` for a role above one's own, `Conflict` where the last owner would be none."""
    organization = await service.get(session, principal=principal, ref=org)
    auth.require(principal, Action.MEMBERS, organization.id)
    membership = await _locked(session, organization.id, user_id)
    check_rank(principal, organization.id, Role(membership.role))
    check_rank(principal, organization.id, role)
    if role is not Role.OWNER:
        await _keep_an_owner(session, membership)
    before, membership.role = membership.role, role
    if before == role:
        return membership
    await session.flush()
    await _has_changed(session, principal, membership, "member.role_changed", before=before, after=role)
    return membership


async def remove(session: AsyncSession, *, principal: Principal, org: str, user_id: UUID) -> Membership:
    """The membership that was; everybody may remove themselves, but the last owner."""
    organization = await service.get(session, principal=principal, ref=org)
    if user_id != principal.user_id:
        auth.require(principal, Action.MEMBERS, organization.id)
    else:
        auth.require_scope(principal, Action.MEMBERS)
    membership = await _locked(session, organization.id, user_id)
    check_rank(principal, organization.id, Role(membership.role))
    await _keep_an_owner(session, membership)
    await MembershipRepository(session).remove(membership)
    await _has_changed(session, principal, membership, "member.removed", before=membership.role, after=None)
    return membership


def check_rank(principal: Principal, org_id: UUID, role: Role) -> None:
    """Raises `Forbidden` where `role` is above the principal's."""
    own = principal.roles[org_id]
    if not outranks(own, role):
        raise Forbidden(f"the role {role.value!r} is above yours, {own.value!r}: ask somebody who has it")


async def _locked(session: AsyncSession, org_id: UUID, user_id: UUID) -> Membership:
    """One change at a time in an organization, so that two owners cannot make each other less."""
    await OrganizationRepository(session).locked(org_id)
    membership = await MembershipRepository(session).of(org_id, user_id)
    if membership is None:
        raise NotFound("member", user_id)
    return membership


async def _keep_an_owner(session: AsyncSession, membership: Membership) -> None:
    if membership.role == Role.OWNER and await MembershipRepository(session).owners(membership.org_id) == 1:
        raise Conflict(
            "this is the last owner of the organization: make somebody else an owner first", code="last_owner"
        )


async def _has_changed(
    session: AsyncSession, principal: Principal, membership: Membership, action: str, *, before: str, after: str | None
) -> None:
    # What somebody could give who has less now is not given on.
    await InvitationRepository(session).revoke_of(membership.org_id, membership.user_id)
    await activity.record(
        session,
        principal.actor,
        action,
        Subject("user", membership.user_id, membership.org_id),
        {"before": before, "after": after},
    )
    await notify(session, TOPIC, user=membership.user_id)
