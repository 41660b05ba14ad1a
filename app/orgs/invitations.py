"""Invitations: a token that one account can accept once, shown to whoever invites and stored hashed."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.activity import service as activity
from app.activity.actor import Subject
from app.auth import repository as auth_repository
from app.auth import service as auth
from app.auth.credentials import TOPIC
from app.auth.permissions import Action, Role
from app.auth.principal import Principal, PrincipalKind
from app.bounds import Listed, check_room
from app.errors import Conflict, Forbidden, NotFound
from app.kit.clock import now
from app.kit.crypto import keyed_hash, keyed_hashes, new_token
from app.kit.db import Scope, enter
from app.kit.keyfile import Keys
from app.kit.notify import notify
from app.kit.pagination import PageRequest, Rows, page
from app.orgs import service
from app.orgs.members import check_rank
from app.orgs.repository import InvitationRepository, MembershipRepository, OrganizationRepository
from app.orgs.schemas import InvitationCreate
from app.tables import Invitation, Membership, Organization

PREFIX = "tri_"


async def invite(
    session: AsyncSession, *, pepper: bytes, principal: Principal, org: str, body: InvitationCreate
) -> tuple[Invitation, str]:
    """The row, and the token, which is stored nowhere. Raises `Forbidden` for a role above one's own."""
    organization = await service.get(session, principal=principal, ref=org)
    auth.require(principal, Action.MEMBERS, organization.id)
    check_rank(principal, organization.id, body.role)
    token = new_token(PREFIX)
    invitation = Invitation(
        org_id=organization.id,
        email=body.email,
        role=body.role,
        token_hash=keyed_hash(pepper, token),
        invited_by=principal.actor_id,
        expires_at=now() + timedelta(days=body.days),
    )
    await InvitationRepository(session).add(invitation)
    await _record(session, principal, invitation, "invitation.created", (None, "open"))
    return invitation, token


async def invitations(
    session: AsyncSession, *, principal: Principal, org: str, request: PageRequest
) -> Rows[Invitation]:
    organization = await service.get(session, principal=principal, ref=org)
    auth.require(principal, Action.MEMBERS, organization.id)
    return page(await InvitationRepository(session).page(request, Invitation.org_id == organization.id), request)


async def revoke(session: AsyncSession, *, principal: Principal, org: str, invitation_id: UUID) -> None:
    organization = await service.get(session, principal=principal, ref=org)
    auth.require(principal, Action.MEMBERS, organization.id)
    invitation = await InvitationRepository(session).locked(invitation_id)
    if invitation is None or invitation.org_id != organization.id or not _is_open(invitation):
        raise NotFound("open invitation", invitation_id)
    check_rank(principal, organization.id, Role(invitation.role))
    invitation.revoked_at = now()
    await session.flush()
    await _record(session, principal, invitation, "invitation.revoked", ("open", "revoked"))


async def revoke_of(session: AsyncSession, *, org_id: UUID, inviter_id: UUID) -> None:
    """The open ones that somebody made who is no more."""
    await InvitationRepository(session).revoke_of(org_id, inviter_id)


async def accept(session: AsyncSession, *, peppers: Keys, principal: Principal, token: str) -> Organization:
    """The transaction sees the organization from then on. Raises `NotFound`, which does not tell why, for a token that
    is unknown, used, revoked, expired or for another address; `Conflict` for a member."""
    if principal.kind is not PrincipalKind.USER or principal.user_id is None:
        raise Forbidden("a key belongs to one organization: accept the invitation signed in")
    found = await auth_repository.find_invitation(session, keyed_hashes(peppers, token))
    if found is None:
        raise NotFound("open invitation", "with this token")
    email = await MembershipRepository(session).email(principal.user_id)
    await enter(session, Scope((*principal.roles, found.org_id), principal.user_id))
    organization = await OrganizationRepository(session).get(found.org_id)
    invitation = await InvitationRepository(session).locked(found.invitation_id)
    if organization is None or invitation is None or not _is_open(invitation) or not _same(invitation.email, email):
        raise NotFound("open invitation", "with this token")
    await _join(session, invitation, principal.user_id)
    invitation.accepted_at = now()
    await session.flush()
    await _record(session, principal, invitation, "invitation.accepted", ("open", "accepted"))
    await notify(session, TOPIC, user=principal.user_id)
    return organization


async def _join(session: AsyncSession, invitation: Invitation, user_id: UUID) -> None:
    await check_room(MembershipRepository(session), Listed.MEMBERS, Membership.org_id == invitation.org_id)
    try:
        async with session.begin_nested():
            membership = Membership(org_id=invitation.org_id, user_id=user_id, role=invitation.role)
            await MembershipRepository(session).add(membership)
    except IntegrityError as error:
        raise Conflict("you are a member of this organization already", code="already_member") from error


def _is_open(invitation: Invitation) -> bool:
    return invitation.accepted_at is None and invitation.revoked_at is None and invitation.expires_at > now()


def _same(one: str, other: str | None) -> bool:
    return other is not None and one.lower() == other.lower()


async def _record(
    session: AsyncSession,
    principal: Principal,
    invitation: Invitation,
    action: str,
    state: tuple[str | None, str],
) -> None:
    await activity.record(
        session,
        principal.actor,
        action,
        Subject("invitation", invitation.id, invitation.org_id),
        {"email": invitation.email, "role": invitation.role, "before": state[0], "after": state[1]},
    )
