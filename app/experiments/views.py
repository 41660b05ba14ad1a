"""Views of the table of runs that people keep, for themselves or for their project."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.activity import service as activity
from app.activity.actor import Subject
from app.auth import service as auth
from app.auth.permissions import Action
from app.auth.principal import Principal
from app.bounds import Listed, check_room
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.experiments.groups import checked_by
from app.experiments.runs_table import columns_of, filter_of, sort_of
from app.experiments.view_repository import RunViewRepository
from app.projects import service as projects
from app.tables import RunView


async def create(session: AsyncSession, *, principal: Principal, project: str, told: dict[str, Any]) -> RunView:
    """`told` are columns. Raises `Invalid`, which says where in a text, and `Conflict` where the name is taken."""
    parent = await projects.get(session, principal=principal, ref=project, action=Action.WORK)
    _check(told)
    _check_owner(principal, told["shared"])
    repository = RunViewRepository(session)
    await check_room(repository, Listed.RUN_VIEWS, RunView.project_id == parent.id)
    view = RunView(org_id=parent.org_id, project_id=parent.id, created_by=principal.actor_id, **told)
    try:
        async with session.begin_nested():
            await repository.add(view)
    except IntegrityError as error:
        raise _taken(told["name"]) from error
    await _record(session, principal, view, "run_view.created", {"before": None, "after": _described(view)})
    return view


async def views(session: AsyncSession, *, principal: Principal, project: str) -> Sequence[RunView]:
    """Those that are shared, and one's own."""
    parent = await projects.get(session, principal=principal, ref=project)
    return await RunViewRepository(session).every(RunView.project_id == parent.id)


async def get(session: AsyncSession, *, principal: Principal, view_id: UUID, action: Action = Action.READ) -> RunView:
    view = await RunViewRepository(session).get(view_id)
    if view is None:
        raise NotFound("view", view_id)
    auth.require(principal, action, view.org_id, view.project_id)
    return view


async def update(session: AsyncSession, *, principal: Principal, view_id: UUID, changes: dict[str, Any]) -> RunView:
    """`changes` are columns. Whoever may work in the project changes what is shared; only who made it takes it back."""
    view = await get(session, principal=principal, view_id=view_id, action=Action.WORK)
    if all(getattr(view, name) == value for name, value in changes.items()):
        return view
    _check(changes)
    if view.shared and changes.get("shared") is False:
        _check_owner(principal, shared=False)
        if view.created_by != principal.user_id:
            raise Forbidden("somebody else made this view and shared it: copy it under a name of your own instead")
    before, wanted = _described(view), changes.get("name", view.name)
    try:
        async with session.begin_nested():
            for name, value in changes.items():
                setattr(view, name, value)
            await session.flush()
    except IntegrityError as error:
        raise _taken(wanted) from error
    await _record(session, principal, view, "run_view.changed", {"before": before, "after": _described(view)})
    return view


async def remove(session: AsyncSession, *, principal: Principal, view_id: UUID) -> None:
    view = await get(session, principal=principal, view_id=view_id, action=Action.WORK)
    before = _described(view)
    await RunViewRepository(session).remove(view)
    await _record(session, principal, view, "run_view.deleted", {"before": before, "after": None})


def _check(told: dict[str, Any]) -> None:
    """Only what can be read is kept."""
    filter_of(told.get("filter", ""))
    sort_of(told.get("sort", ""))
    columns_of(told.get("columns") or ())
    checked_by(told.get("group_by", ()), "group_by")


def _check_owner(principal: Principal, shared: bool) -> None:
    if not shared and principal.user_id is None:
        raise Invalid("a view of one's own is a person's: a service account shares its views", field="shared")


def _taken(name: str) -> Conflict:
    return Conflict(f"there is another view {name!r}: choose another name, or change that one", code="exists")


def _described(view: RunView) -> dict[str, Any]:
    """For events, which everybody in the project reads: of what is one's own nothing but that it is there."""
    if not view.shared:
        return {"shared": False}
    return {name: getattr(view, name) for name in ("name", "shared", "filter", "sort", "columns", "group_by", "layout")}


async def _record(
    session: AsyncSession, principal: Principal, view: RunView, action: str, data: dict[str, Any]
) -> None:
    subject = Subject("run_view", view.id, view.org_id, view.project_id)
    await activity.record(session, principal.actor, action, subject, data)
