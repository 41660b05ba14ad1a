"""Experiments as MLflow clients know them: of the key's project by their name, of others as `project/name`."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.auth import service as auth
from app.auth.permissions import Action, allows, covers
from app.auth.principal import Principal
from app.errors import Conflict, Invalid, NotFound
from app.experiments import deletion
from app.experiments import service as experiments
from app.mlflow import records
from app.mlflow.filter import clauses, orders
from app.mlflow.identifiers import DEFAULT_EXPERIMENT, key, split
from app.mlflow.pages import Slice
from app.mlflow.records import Record
from app.mlflow.repository import ExperimentSearch
from app.mlflow.schemas import ExperimentSearch as Search
from app.projects import service as projects
from app.tables import Experiment, Project

VIEWS = {"ACTIVE_ONLY": False, "DELETED_ONLY": True, "ALL": None}
"""Whether what is deleted is looked for; None: too."""
UNNAMED = "0"
"""The experiment of a client that chose none."""


async def create(session: AsyncSession, *, principal: Principal, name: str, tags: dict[str, str]) -> Record:
    project, bare = await _place(session, principal, name)
    row, made = await experiments.experiment(session, principal=principal, project=str(project.id), name=bare)
    if not made:
        raise Conflict(f"Experiment {name!r} already exists: get it by its name, or choose another", code="exists")
    if tags:
        await experiments.update_experiment(session, principal=principal, experiment_id=row.id, tags=tags)
    return {"experiment_id": row.id.hex}


async def get(session: AsyncSession, *, principal: Principal, experiment_id: str) -> Record:
    row = await find(session, principal=principal, experiment_id=experiment_id, deleted=None)
    return {"experiment": await _shown(session, principal, row)}


async def by_name(session: AsyncSession, *, principal: Principal, name: str) -> Record:
    """Also one that is deleted, where none that is not has the name, for those who may undelete it."""
    project, bare = await _place(session, principal, name)
    auth.require(principal, Action.READ, project.org_id, project.id)
    row = await experiments.named_experiment(session, project_id=project.id, name=bare)
    role = principal.role(project.org_id, project.id)
    if row is None and role and allows(role, Action.WORK) and covers(principal.scopes, Action.WORK):
        deleted = await deletion.deleted_experiments(session, project_id=project.id, name=bare)
        row = deleted[-1] if deleted else None
    if row is None:
        raise NotFound("experiment", name)
    return {"experiment": await _shown(session, principal, row)}


async def search(session: AsyncSession, *, principal: Principal, body: Search) -> Record:
    """Of every project that the principal sees; what is deleted, of those in which it may undelete."""
    deleted = view(body.view_type)
    action = Action.READ if deleted is False else Action.WORK
    auth.require_scope(principal, action)
    asked = Slice.of(body.max_results, body.page_token)
    rows = await ExperimentSearch(session, deleted=deleted).search(
        clauses(body.filter),
        orders(body.order_by),
        Experiment.project_id.in_(await _reached(session, principal, action)),
        limit=asked.limit,
        offset=asked.offset,
    )
    shown, more = asked.cut(rows)
    named = await _names(session, principal, shown)
    return {"experiments": [records.experiment(row, named[row.id]) for row in shown], **more}


async def update(session: AsyncSession, *, principal: Principal, experiment_id: str, name: str | None) -> Record:
    """A name of another project is refused: an experiment stays where it is."""
    row = await find(session, principal=principal, experiment_id=experiment_id, action=Action.WORK)
    if name is not None:
        project, bare = await _place(session, principal, name)
        if project.id != row.project_id and "/" in name:
            raise Invalid(f"{name!r} names another project, and an experiment stays in its own", field="new_name")
        await experiments.update_experiment(session, principal=principal, experiment_id=row.id, name=bare)
    return {}


async def remove(session: AsyncSession, *, principal: Principal, experiment_id: str) -> Record:
    row = await find(session, principal=principal, experiment_id=experiment_id, action=Action.WORK)
    await deletion.remove_experiment(session, principal=principal, experiment_id=row.id)
    return {}


async def restore(session: AsyncSession, *, principal: Principal, experiment_id: str, kept: timedelta) -> Record:
    row = await find(session, principal=principal, experiment_id=experiment_id, action=Action.WORK, deleted=None)
    await deletion.restore_experiment(session, principal=principal, experiment_id=row.id, kept=kept)
    return {}


async def set_tag(session: AsyncSession, *, principal: Principal, experiment_id: str, name: str, value: str) -> Record:
    row = await _locked(session, principal, experiment_id)
    tags = row.tags | {name: value}
    await experiments.update_experiment(session, principal=principal, experiment_id=row.id, tags=tags)
    return {}


async def remove_tag(session: AsyncSession, *, principal: Principal, experiment_id: str, name: str) -> Record:
    row = await _locked(session, principal, experiment_id)
    if name not in row.tags:
        raise NotFound("tag", name)
    tags = {each: value for each, value in row.tags.items() if each != name}
    await experiments.update_experiment(session, principal=principal, experiment_id=row.id, tags=tags)
    return {}


async def find(
    session: AsyncSession,
    *,
    principal: Principal,
    experiment_id: str,
    action: Action = Action.READ,
    deleted: bool | None = False,
) -> Experiment:
    """With `deleted` None also one that is deleted, for those who may undelete it. Raises `NotFound`."""
    if experiment_id == UNNAMED:
        project = await default_project(session, principal)
        auth.require(principal, action, project.org_id, project.id)
        row = await experiments.named_experiment(session, project_id=project.id, name=DEFAULT_EXPERIMENT)
        if row is None:
            raise NotFound("experiment", experiment_id)
        return row
    row_id = key("experiment", experiment_id)
    if deleted is None and (
        row := await deletion.deleted_experiment(session, principal=principal, experiment_id=row_id)
    ):
        return row
    return await experiments.get_experiment(session, principal=principal, experiment_id=row_id, action=action)


async def for_run(session: AsyncSession, *, principal: Principal, experiment_id: str) -> UUID:
    """Where a run shall be made: what a client calls `0` is made with the first."""
    if experiment_id != UNNAMED:
        return key("experiment", experiment_id)
    project = await default_project(session, principal)
    row, _ = await experiments.experiment(
        session, principal=principal, project=str(project.id), name=DEFAULT_EXPERIMENT
    )
    return row.id


async def default_project(session: AsyncSession, principal: Principal) -> Project:
    """That of the key, or the only one that there is."""
    if principal.project_id is not None:
        return await projects.get(session, principal=principal, ref=str(principal.project_id))
    mine = await projects.mine(session)
    if len(mine) != 1:
        raise Invalid("the credential has no default project: use an API key of a project, or write `project/name`")
    return mine[0]


def view(told: str) -> bool | None:
    if told.upper() not in VIEWS:
        raise Invalid(f"{told!r} is no view: one of {', '.join(VIEWS)}", field="view_type")
    return VIEWS[told.upper()]


async def _place(session: AsyncSession, principal: Principal, name: str) -> tuple[Project, str]:
    """The project of that name, and the experiment's name in it. What begins with no project's name is a name of the
    default project, slashes and all."""
    ref, bare = split(name)
    if ref is not None:
        try:
            return await projects.get(session, principal=principal, ref=ref), bare
        except NotFound:
            pass
    return await default_project(session, principal), name


async def _reached(session: AsyncSession, principal: Principal, action: Action) -> list[UUID]:
    roles = {project.id: principal.role(project.org_id, project.id) for project in await projects.mine(session)}
    return [project_id for project_id, role in roles.items() if role and allows(role, action)]


async def _shown(session: AsyncSession, principal: Principal, row: Experiment) -> Record:
    await session.refresh(row)
    return records.experiment(row, (await _names(session, principal, [row]))[row.id])


async def _names(session: AsyncSession, principal: Principal, rows: Sequence[Experiment]) -> dict[UUID, str]:
    """As `_place` reads them."""
    slugs = {project.id: project.slug for project in await projects.mine(session)}
    home = principal.project_id or (next(iter(slugs)) if len(slugs) == 1 else None)
    # What is deleted may be of a project that is deleted too.
    others = {project_id: slug for project_id, slug in slugs.items() if project_id != home}
    return {row.id: f"{others[row.project_id]}/{row.name}" if row.project_id in others else row.name for row in rows}


async def _locked(session: AsyncSession, principal: Principal, experiment_id: str) -> Experiment:
    row = await find(session, principal=principal, experiment_id=experiment_id, action=Action.WORK)
    return await experiments.locked_experiment(session, principal=principal, experiment_id=row.id)
