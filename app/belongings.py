"""What a project has: one thing by its id, all of a kind by pages, as every slice that has things tells them."""

from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession

from app import removal
from app.auth import service as auth
from app.auth.permissions import Action
from app.auth.principal import Principal
from app.errors import NotFound
from app.kit.filters import Filters
from app.kit.orm import Base
from app.kit.pagination import PageRequest, Rows, page
from app.kit.repository import Repository
from app.projects import service as projects

R = TypeVar("R", bound=Base)


async def get(
    session: AsyncSession,
    repository: type[Repository[R]],
    *,
    principal: Principal,
    kind: str,
    thing_id: UUID,
    action: Action = Action.READ,
) -> R:
    """`kind` is what errors call it. Raises `NotFound`, also for a thing of a foreign organization, or `Forbidden`."""
    found: R | None = await repository(session).get(thing_id)
    if found is None:
        raise NotFound(kind, thing_id)
    # Every thing of a project has these columns; the type of tables does not say so.
    of: Any = found
    auth.require(principal, action, of.org_id, of.project_id)
    return found


async def listed(
    session: AsyncSession,
    repository: type[Repository[Any]],
    *criteria: ColumnElement[bool],
    principal: Principal,
    project: str,
    request: PageRequest,
    filters: Filters,
) -> Rows[Any]:
    parent = await projects.get(session, principal=principal, ref=project, action=removal.listing(filters))
    of_project = (repository.table.project_id == parent.id, *filters.of(repository.table), *criteria)
    return page(await repository(session, deleted=filters.deleted).page(request, *of_project), request)
