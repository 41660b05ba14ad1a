from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, Row, Subquery, and_, func, literal, null, select, union_all, update

from app.auth.permissions import KEPT
from app.kit.pagination import PageRequest
from app.kit.repository import Repository, following
from app.tables import ApiKey, Membership, Project, ProjectMembership, ServiceAccount, User


class ProjectRepository(Repository[Project]):
    table = Project
    project = "id"

    async def revoke_keys(self, project_id: UUID) -> int:
        """Those whose default project it is; returns how many."""
        statement = update(ApiKey).where(ApiKey.project_id == project_id, ApiKey.revoked_at.is_(None))
        result: CursorResult[Any] = await self.session.execute(statement.values(revoked_at=func.now()))  # type: ignore[assignment]
        return result.rowcount


class ProjectMembershipRepository(Repository[ProjectMembership]):
    table = ProjectMembership

    async def of(self, project_id: UUID, member_id: UUID) -> ProjectMembership | None:
        """Of a person or a service account."""
        member = func.coalesce(ProjectMembership.user_id, ProjectMembership.service_account_id)
        return await self.one(ProjectMembership.project_id == project_id, member == member_id)

    async def remove(self, membership: ProjectMembership) -> None:
        await self.session.delete(membership)
        await self.session.flush()

    async def page_of_members(self, request: PageRequest, project: Project) -> Sequence[Row[Any]]:
        """As `page`, of everybody who sees the project: all of the organization, unless it is private."""
        every = _candidates(project)
        statement = select(every)
        if project.private:
            statement = statement.where(every.c.given.is_not(None) | every.c.organization_role.in_(KEPT))
        return (await self.session.execute(following(statement, every.c.id, request))).all()

    async def candidate(self, project: Project, member_id: UUID) -> Row[Any] | None:
        every = _candidates(project)
        return (await self.session.execute(select(every).where(every.c.id == member_id))).one_or_none()


def _candidates(project: Project) -> Subquery:
    """Everybody of the organization, with their role there and the one that the project `given` them, if any."""
    given = ProjectMembership
    people = (
        select(
            User.id,
            User.id.label("member_id"),
            literal("user").label("kind"),
            User.name,
            User.email,
            Membership.role.label("organization_role"),
            given.role.label("given"),
        )
        .join(Membership, and_(Membership.user_id == User.id, Membership.org_id == project.org_id))
        .outerjoin(given, and_(given.user_id == User.id, given.project_id == project.id))
    )
    accounts = (
        select(
            ServiceAccount.id,
            ServiceAccount.id,
            literal("service_account"),
            ServiceAccount.name,
            null(),
            ServiceAccount.role,
            given.role,
        )
        .outerjoin(given, and_(given.service_account_id == ServiceAccount.id, given.project_id == project.id))
        .where(ServiceAccount.org_id == project.org_id, ServiceAccount.deleted_at.is_(None))
    )
    return union_all(people, accounts).subquery()
