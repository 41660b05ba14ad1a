from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Row, select

from app.kit.repository import Repository
from app.tables import Membership, Organization, User


class OrganizationRepository(Repository[Organization]):
    table = Organization


class MembershipRepository(Repository[Membership]):
    table = Membership

    async def with_people(self, org_id: UUID) -> Sequence[Row[UUID, UUID, str, str, str]]:
        statement = (
            select(Membership.id, Membership.user_id, User.email, User.name, Membership.role)
            .join(User, User.id == Membership.user_id)
            .where(Membership.org_id == org_id)
            .order_by(Membership.id)
        )
        return (await self.session.execute(statement)).all()
