"""Organizations and who belongs to them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from app.activity import service as activity
from app.activity.actor import Actor, Subject
from app.auth import service as auth
from app.auth.permissions import Action, Role
from app.auth.principal import Principal
from app.errors import NotFound
from app.kit.db import Scope, enter
from app.kit.notify import notify
from app.kit.pagination import PageRequest, Rows, page
from app.kit.slug import slug
from app.orgs.repository import MembershipRepository, OrganizationRepository, Person
from app.tables import Membership, Organization


async def create(session: AsyncSession, *, name: str, owner_id: UUID, seen: tuple[UUID, ...] = ()) -> Organization:
    """The transaction sees the new organization beside those in `seen`."""
    org_id = uuid7()
    await enter(session, Scope((*seen, org_id), owner_id))
    # Slugs are unique over all organizations, and nobody may learn which exist: a part of the id settles it.
    organization = Organization(id=org_id, name=name, slug=f"{slug(name)}-{org_id.hex[-6:]}")
    await OrganizationRepository(session).add(organization)
    await MembershipRepository(session).add(Membership(org_id=org_id, user_id=owner_id, role=Role.OWNER))
    await activity.record(
        session,
        Actor("user", owner_id),
        "organization.created",
        Subject("organization", org_id, org_id),
        {"name": name},
    )
    await notify(session, "credentials", user=owner_id)
    return organization


async def mine(session: AsyncSession) -> Sequence[Organization]:
    return await OrganizationRepository(session).every(_mine(session))


async def page_of_mine(session: AsyncSession, *, request: PageRequest) -> Rows[Organization]:
    return page(await OrganizationRepository(session).page(request, _mine(session)), request)


async def get(session: AsyncSession, *, principal: Principal, ref: str) -> Organization:
    """By id or slug; raises `NotFound`."""
    organization = await OrganizationRepository(session).named(ref)
    if organization is None:
        raise NotFound("organization", ref)
    auth.require(principal, Action.READ, organization.id)
    return organization


async def members(session: AsyncSession, *, principal: Principal, ref: str, request: PageRequest) -> Rows[Person]:
    organization = await get(session, principal=principal, ref=ref)
    return page(await MembershipRepository(session).page_with_people(request, organization.id), request)


async def require_second_factor(
    session: AsyncSession, *, principal: Principal, ref: str, required: bool
) -> Organization:
    """Sessions of members that have proven none lose the organization at once, or have it again."""
    organization = await get(session, principal=principal, ref=ref)
    auth.require(principal, Action.MEMBERS, organization.id)
    await lock(session, org_id=organization.id)
    if organization.requires_second_factor == required:
        return organization
    before, organization.requires_second_factor = organization.requires_second_factor, required
    await OrganizationRepository(session).add(organization)
    change = {"before": {"requires_second_factor": before}, "after": {"requires_second_factor": required}}
    subject = Subject("organization", organization.id, organization.id)
    await activity.record(session, principal.actor, "access.second_factor_rule_changed", subject, change)
    await notify(session, "credentials", org=organization.id)
    return organization


async def lock(session: AsyncSession, *, org_id: UUID) -> None:
    """One change at a time in an organization, until the transaction ends."""
    await OrganizationRepository(session).locked(org_id)


async def membership(session: AsyncSession, *, principal: Principal, ref: str, user_id: UUID) -> Membership:
    organization = await get(session, principal=principal, ref=ref)
    found = await MembershipRepository(session).of(organization.id, user_id)
    if found is None:
        raise NotFound("member", user_id)
    return found


async def member(session: AsyncSession, *, membership: Membership) -> Person:
    return await MembershipRepository(session).with_person(membership)


def _mine(session: AsyncSession) -> ColumnElement[bool]:
    return Organization.id.in_(session.info["scope"].org_ids)
