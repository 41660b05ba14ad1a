"""Projects: where every run, job, model and service lives."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.activity import service as activity
from app.activity.actor import Actor, Subject
from app.auth import service as auth
from app.auth.permissions import Action
from app.auth.principal import Principal
from app.errors import Conflict, NotFound
from app.orgs import service as orgs
from app.projects.repository import ProjectRepository
from app.tables import Project


async def create(
    session: AsyncSession, *, org_id: UUID, slug: str, name: str, description: str = "", actor_id: UUID | None
) -> Project:
    try:
        async with session.begin_nested():
            project = await ProjectRepository(session).add(
                Project(org_id=org_id, slug=slug, name=name, description=description)
            )
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


async def get(session: AsyncSession, *, principal: Principal, ref: str, action: Action = Action.READ) -> Project:
    """By id, or by slug where the principal's organizations have one project of that name. Checks `action`."""
    try:
        found = await ProjectRepository(session).every(Project.id == UUID(ref))
    except ValueError:
        found = await ProjectRepository(session).every(Project.slug == ref)
    if not found:
        raise NotFound("project", ref)
    if len(found) > 1:
        raise Conflict(f"several of your organizations have a project {ref!r}: name it by its id")
    auth.require(principal, action, found[0].org_id, found[0].id)
    return found[0]


async def by_id(session: AsyncSession, *, project_id: UUID) -> Project:
    """For a reader whose right to it has been checked."""
    found = await ProjectRepository(session).get(project_id)
    if found is None:
        raise NotFound("project", project_id)
    return found
