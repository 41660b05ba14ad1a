"""`If-Match` of a member: the role of a person in an organization."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.uuids import as_uuid
from app.orgs.repository import MembershipRepository, OrganizationRepository
from app.precondition import Unchanged, etag


class MemberUnchanged(Unchanged):
    """The organization is locked, as whoever changes a role does."""

    async def current(self, session: AsyncSession, parameters: Mapping[str, str]) -> str | None:
        user_id = as_uuid(parameters["user_id"])
        organization = await OrganizationRepository(session).named(parameters["org"])
        if organization is None or user_id is None:
            return None
        await OrganizationRepository(session).locked(organization.id)
        membership = await MembershipRepository(session).of(organization.id, user_id)
        return etag(membership.id, membership.updated_at) if membership else None


MEMBER_UNCHANGED = MemberUnchanged(MembershipRepository, "user_id")
