"""Projects: where every run, job, model and service lives."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app import removal
from app.activity import service as activity
from app.activity.actor import Actor, Subject
from app.auth import service as auth
from app.auth.credentials import TOPIC
from app.auth.permissions import Action, allows
from app.auth.principal import Principal
from app.bounds import Listed, check_room
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.kit.filters import Filters
from app.kit.notify import notify
from app.kit.pagination import PageRequest, Rows, page
from app.kit.uuids import as_uuid
from app.orgs import service as orgs
from app.projects.repository import ProjectRepository
from app.tables import Project


async def create(
    session: AsyncSession, *, org_id: UUID, slug: str, name: str, description: str = "", actor_id: UUID | None
) -> Project:
    repository = ProjectRepository(session)
    await check_room(repository, Listed.PROJECTS, Project.org_id == org_id)
    try:
        async with session.begin_nested():
            project = await repository.add(Project(org_id=org_id, slug=slug, name=name, description=description))
    except IntegrityError as error:
        raise Conflict(f"a project {slug!r} exists already in this organization: choose another slug") from error
    await activity.record(
        session,
        Actor("user", actor_id),
        "project.created",
        Subject("project", project.id, org_id, project.id),
        {"slug": slug, "name": name},
    )
    return project


async def create_in(
    session: AsyncSession, *, principal: Principal, org: str, slug: str, name: str, description: str
) -> Project:
    organization = await orgs.get(session, principal=principal, ref=org)
    auth.require(principal, Action.MANAGE, organization.id)
    return await create(
        session, org_id=organization.id, slug=slug, name=name, description=description, actor_id=principal.actor_id
    )


async def mine(session: AsyncSession) -> Sequence[Project]:
    return await ProjectRepository(session).every()


async def projects(
    session: AsyncSession, *, principal: Principal, request: PageRequest, filters: Filters
) -> Rows[Project]:
    """Deleted ones of those organizations in which the principal may undelete them; raises `Forbidden` in none."""
    criteria = filters.of(Project)
    if filters.deleted:
        auth.require_scope(principal, Action.MANAGE)
        managed = [org_id for org_id, role in principal.roles.items() if allows(role, Action.MANAGE)]
        if not managed:
            raise Forbidden("deleted projects are for who may undelete them: ask an owner or admin")
        criteria.append(Project.org_id.in_(managed))
    return page(await ProjectRepository(session, deleted=filters.deleted).page(request, *criteria), request)


async def update(
    session: AsyncSession, *, principal: Principal, ref: str, name: str | None, description: str | None
) -> Project:
    """None leaves it as it is."""
    project = await get(session, principal=principal, ref=ref, action=Action.MANAGE)
    before = {"name": project.name, "description": project.description}
    project.name = name if name is not None else project.name
    project.description = description if description is not None else project.description
    await session.flush()
    after = {"name": project.name, "description": project.description}
    if after != before:
        await _record(session, principal, project, "project.changed", {"before": before, "after": after})
    return project


async def remove(session: AsyncSession, *, principal: Principal, ref: str) -> None:
    """With all that is in it. Keys whose default project it is are revoked, and stay so."""
    project = await get(session, principal=principal, ref=ref, action=Action.MANAGE)
    await removal.remove(
        session, ProjectRepository, principal=principal, kind="project", thing_id=project.id, action=Action.MANAGE
    )
    if revoked := await ProjectRepository(session).revoke_keys(project.id):
        await _record(session, principal, project, "project.keys_revoked", {"keys": revoked})
        await notify(session, TOPIC, project=project.id)


async def restore(session: AsyncSession, *, principal: Principal, ref: str, kept: timedelta) -> Project:
    """By id, or by slug where one deleted project has it."""
    named = as_uuid(ref)
    deleted = ProjectRepository(session, deleted=True)
    found = await deleted.every(Project.id == named if named else Project.slug == ref)
    if len(found) > 1:
        raise Conflict(f"several deleted projects have the slug {ref!r}: name it by its id")
    # What is not deleted is told as such to who may see it.
    project_id = found[0].id if found else (await get(session, principal=principal, ref=ref)).id
    return await removal.restore(
        session,
        ProjectRepository,
        principal=principal,
        kind="project",
        thing_id=project_id,
        kept=kept,
        action=Action.MANAGE,
    )


async def get(session: AsyncSession, *, principal: Principal, ref: str, action: Action = Action.READ) -> Project:
    """By id, or by slug where the principal's organizations have one project of that name. Checks `action`."""
    named = as_uuid(ref)
    found = await ProjectRepository(session).every(Project.id == named if named else Project.slug == ref)
    if not found:
        raise NotFound("project", ref)
    if len(found) > 1:
        raise Conflict(f"several of your organizations have a project {ref!r}: name it by its id")
    auth.require(principal, action, found[0].org_id, found[0].id)
    return found[0]


async def of_organization(
    session: AsyncSession, *, principal: Principal, org_id: UUID, ref: str | None
) -> Project | None:
    """What narrows a reading of the organization; None where no project is named. Raises `Invalid` for others'."""
    if ref is None:
        return None
    found = await get(session, principal=principal, ref=ref)
    if found.org_id != org_id:
        raise Invalid(f"the project {ref!r} is of another organization", field="project")
    return found


async def by_id(session: AsyncSession, *, project_id: UUID) -> Project:
    """For a reader whose right to it has been checked."""
    found = await ProjectRepository(session).get(project_id)
    if found is None:
        raise NotFound("project", project_id)
    return found


async def _record(
    session: AsyncSession, principal: Principal, project: Project, action: str, data: dict[str, Any]
) -> None:
    subject = Subject("project", project.id, project.org_id, project.id)
    await activity.record(session, principal.actor, action, subject, data)
