from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Row, func, select, update

from app.kit.pagination import PageRequest
from app.kit.repository import Repository, following
from app.tables import Invitation, Membership, Organization, User

Person = Row[UUID, UUID, str, str, str]
"""Membership, user, e-mail, name, role."""
_PEOPLE = select(Membership.id, Membership.user_id, User.email, User.name, Membership.role).join(
    User, User.id == Membership.user_id
)


class OrganizationRepository(Repository[Organization]):
    table = Organization

    async def named(self, ref: str) -> Organization | None:
        """By id or slug, of those that the session's scope names."""
        mine = await self.every(Organization.id.in_(self.session.info["scope"].org_ids))
        return next((row for row in mine if ref in {str(row.id), row.slug}), None)


class MembershipRepository(Repository[Membership]):
    table = Membership

    async def page_with_people(self, request: PageRequest, org_id: UUID) -> Sequence[Person]:
        """As `page`."""
        statement = following(_PEOPLE.where(Membership.org_id == org_id), Membership.id, request)
        return (await self.session.execute(statement)).all()

    async def with_person(self, membership: Membership) -> Person:
        statement = _PEOPLE.where(Membership.org_id == membership.org_id, Membership.id == membership.id)
        return (await self.session.execute(statement)).one()

    async def of(self, org_id: UUID, user_id: UUID) -> Membership | None:
        return await self.one(Membership.org_id == org_id, Membership.user_id == user_id)

    async def owners(self, org_id: UUID) -> int:
        statement = select(func.count()).where(Membership.org_id == org_id, Membership.role == "owner")
        return (await self.session.execute(statement)).scalar_one()

    async def remove(self, membership: Membership) -> None:
        await self.session.delete(membership)
        await self.session.flush()

    async def email(self, user_id: UUID) -> str | None:
        return await self.session.scalar(select(User.email).where(User.id == user_id))


class InvitationRepository(Repository[Invitation]):
    table = Invitation

    async def revoke_of(self, org_id: UUID, inviter_id: UUID) -> None:
        """The open ones that somebody made."""
        statement = update(Invitation).where(
            Invitation.org_id == org_id,
            Invitation.invited_by == inviter_id,
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
        )
        await self.session.execute(statement.values(revoked_at=func.now()))
