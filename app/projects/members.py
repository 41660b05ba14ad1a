"""Who may do what in one project: roles that are not those of the organization, and whether it is private."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from app.activity import service as activity
from app.activity.actor import Subject
from app.auth.credentials import TOPIC
from app.auth.permissions import KEPT, Action, Role, in_project, outranks
from app.auth.principal import Principal
from app.errors import Conflict, Forbidden, NotFound
from app.kit.notify import notify
from app.kit.pagination import PageRequest, Rows, page
from app.projects import service
from app.projects.repository import ProjectMembershipRepository, ProjectRepository
from app.projects.schemas import ProjectMemberRead
from app.tables import Project, ProjectMembership


async def members(
    session: AsyncSession, *, principal: Principal, ref: str, request: PageRequest
) -> Rows[ProjectMemberRead]:
    """Everybody who sees the project, with the role that they have in it."""
    project = await service.get(session, principal=principal, ref=ref)
    found = page(await ProjectMembershipRepository(session).page_of_members(request, project), request)
    return Rows([_read(project, row) for row in found.items], found.next_cursor)


async def give(
    session: AsyncSession, *, principal: Principal, ref: str, member_id: UUID, role: Role
) -> ProjectMemberRead:
    """Raises `NotFound` for somebody who is not of the organization, `Forbidden` for a role above one's own or of
    somebody above oneself, `Conflict` for an owner or admin of the organization."""
    project = await _managed(session, principal, ref)
    person = await _changeable(session, principal, project, member_id)
    _check_rank(principal, project, role)
    repository = ProjectMembershipRepository(session)
    if (membership := await repository.of(project.id, member_id)) is None:
        member = {"user_id" if person.kind == "user" else "service_account_id": member_id}
        membership = ProjectMembership(org_id=project.org_id, project_id=project.id, **member)
        session.add(membership)
    membership.role = role
    await session.flush()
    if person.given != role:
        await _has_changed(session, principal, project, person, before=person.given, after=role)
    given = ProjectMemberRead(
        member_id=member_id,
        kind=person.kind,
        name=person.name,
        email=person.email,
        organization_role=person.organization_role,
        given=role,
        role=role,
    )
    return given


async def take_back(session: AsyncSession, *, principal: Principal, ref: str, member_id: UUID) -> None:
    """From then on the role of the organization holds, or none where the project is private."""
    project = await _managed(session, principal, ref)
    person = await _changeable(session, principal, project, member_id)
    membership = await ProjectMembershipRepository(session).of(project.id, member_id)
    if membership is None:
        raise NotFound("member with a role of its own in this project:", member_id)
    await ProjectMembershipRepository(session).remove(membership)
    await _has_changed(session, principal, project, person, before=person.given, after=None)


async def set_private(session: AsyncSession, *, principal: Principal, ref: str, private: bool) -> Project:
    project = await _managed(session, principal, ref)
    before, project.private = project.private, private
    if before != private:
        await session.flush()
        await activity.record(
            session,
            principal.actor,
            "project.made_private" if private else "project.opened",
            Subject("project", project.id, project.org_id, project.id),
            {"before": {"private": before}, "after": {"private": private}},
        )
        await notify(session, TOPIC, project=project.id)
    return project


async def _managed(session: AsyncSession, principal: Principal, ref: str) -> Project:
    """One change at a time."""
    project = await service.get(session, principal=principal, ref=ref, action=Action.MEMBERS)
    locked = await ProjectRepository(session).locked(project.id)
    if locked is None:
        raise NotFound("project", ref)
    return locked


async def _changeable(session: AsyncSession, principal: Principal, project: Project, member_id: UUID) -> Row[Any]:
    person = await ProjectMembershipRepository(session).candidate(project, member_id)
    if person is None:
        raise NotFound("member of the organization", member_id)
    if person.organization_role in KEPT:
        raise Conflict(
            f"an {person.organization_role} of the organization has that role in every project: "
            "change their role in the organization",
            code="role_of_organization",
        )
    _check_rank(principal, project, Role(person.given or person.organization_role))
    return person


def _check_rank(principal: Principal, project: Project, role: Role) -> None:
    own = principal.role(project.org_id, project.id)
    if own is None or not outranks(own, role):
        raise Forbidden(f"the role {role.value!r} is above yours in this project: ask somebody who has it")


async def _has_changed(
    session: AsyncSession, principal: Principal, project: Project, person: Row[Any], *, before: str | None, after: Any
) -> None:
    await activity.record(
        session,
        principal.actor,
        "project_member.role_changed",
        Subject(person.kind, person.member_id, project.org_id, project.id),
        {"before": before, "after": after, "organization_role": person.organization_role},
    )
    await notify(session, TOPIC, member=person.member_id)


def _read(project: Project, row: Row[Any]) -> ProjectMemberRead:
    given = Role(row.given) if row.given else None
    role = in_project(Role(row.organization_role), given, private=project.private)
    return ProjectMemberRead.model_validate({**row._mapping, "role": role})
