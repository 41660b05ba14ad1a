"""Logged models: what `mlflow.<flavor>.log_model` makes. Each belongs to a run; one that was logged outside of a run
gets one of its own, because an artifact here is always a run's."""

import secrets
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.permissions import Action
from app.auth.principal import Principal
from app.errors import Invalid, NotFound
from app.experiments import service as experiments
from app.experiments.schemas import RunStatus
from app.kit.clock import now
from app.mlflow import records, schemas
from app.mlflow.artifacts import Place, bundle, logged_model
from app.mlflow.experiments import find, for_run
from app.mlflow.filter import clauses, orders
from app.mlflow.identifiers import key, logged_model_id
from app.mlflow.pages import Slice
from app.mlflow.records import Record
from app.mlflow.repository import LoggedModelSearch
from app.tables import Artifact, LoggedModel, Run

PENDING, READY, FAILED = "LOGGED_MODEL_PENDING", "LOGGED_MODEL_READY", "LOGGED_MODEL_UPLOAD_FAILED"
MOST_ROWS = 100


async def create(session: AsyncSession, *, principal: Principal, body: schemas.LoggedModelCreate) -> Record:
    name = body.name or f"model-{secrets.token_hex(4)}"
    if any(sign in name for sign in "/:.%\"'"):
        raise Invalid(f"{name!r} is no name of a logged model: it has one of / : . % \" '", field="name")
    if body.source_run_id:
        run = await experiments.get(
            session, principal=principal, run_id=key("run", body.source_run_id), action=Action.REPORT
        )
    else:
        run = await _run_of_its_own(session, principal, body.experiment_id, name)
    row = LoggedModel(
        org_id=run.org_id,
        project_id=run.project_id,
        experiment_id=run.experiment_id,
        run_id=run.id,
        of_run=bool(body.source_run_id),
        name=name,
        model_type=body.model_type,
        status=PENDING,
        tags={tag.key: tag.value for tag in body.tags},
        params={param.key: param.value for param in body.params},
    )
    await LoggedModelSearch(session).add(row)
    return await _shown(session, row)


async def get(session: AsyncSession, *, principal: Principal, model_id: str, allow_deleted: bool) -> Record:
    deleted = None if allow_deleted else False
    return await _shown(session, await logged_model(session, principal=principal, model_id=model_id, deleted=deleted))


async def search(session: AsyncSession, *, principal: Principal, body: schemas.LoggedModelSearch) -> Record:
    asked = Slice.of(body.max_results, body.page_token, most=MOST_ROWS)
    wanted: list[UUID] = []
    for each in body.experiment_ids:
        try:
            wanted.append((await find(session, principal=principal, experiment_id=each)).id)
        except NotFound:
            continue
    told = [
        f"{each.get('field_name', '')} {'ASC' if each.get('ascending', True) else 'DESC'}" for each in body.order_by
    ]
    rows = await LoggedModelSearch(session).search(
        clauses(body.filter),
        orders(told),
        LoggedModel.experiment_id.in_(wanted),
        limit=asked.limit,
        offset=asked.offset,
    )
    found, more = asked.cut(rows)
    return {"models": [records.logged_model(row) for row in found], **more}


async def finalize(session: AsyncSession, *, principal: Principal, model_id: str, status: str) -> Record:
    """A model that is ready is one artifact, from which a version can be made."""
    if status not in {PENDING, READY, FAILED}:
        raise Invalid(f"{status!r} is no status of a logged model", field="status")
    row = await _locked(session, principal, model_id)
    if status == READY:
        await files(session, principal=principal, model=row)
    row.status = status
    await session.flush()
    return await _shown(session, row)


async def files(session: AsyncSession, *, principal: Principal, model: LoggedModel) -> Artifact | None:
    """The artifact of all its files; None where it has none."""
    root = logged_model_id(model)
    return await bundle(session, principal=principal, place=Place(model.run_id, root, ""), name=model.name, root=root)


async def set_tags(
    session: AsyncSession, *, principal: Principal, model_id: str, tags: Sequence[schemas.Tag]
) -> Record:
    row = await _locked(session, principal, model_id)
    row.tags = row.tags | {tag.key: tag.value for tag in tags}
    await session.flush()
    return await _shown(session, row)


async def remove_tag(session: AsyncSession, *, principal: Principal, model_id: str, name: str) -> Record:
    row = await _locked(session, principal, model_id)
    if name not in row.tags:
        raise NotFound("tag", name)
    row.tags = {each: value for each, value in row.tags.items() if each != name}
    await session.flush()
    return {}


async def set_params(
    session: AsyncSession, *, principal: Principal, model_id: str, params: Sequence[schemas.Param]
) -> Record:
    row = await _locked(session, principal, model_id)
    told = {param.key: param.value for param in params}
    if changed := [name for name, value in told.items() if row.params.get(name, value) != value]:
        raise Invalid(f"Changing param values is not allowed: {changed[0]!r} has a value already", field="params")
    row.params = row.params | told
    await session.flush()
    return {}


async def remove(session: AsyncSession, *, principal: Principal, model_id: str) -> Record:
    """Its files stay with the run."""
    row = await _locked(session, principal, model_id, Action.WORK)
    row.deleted_at = now()
    await session.flush()
    return {}


async def _run_of_its_own(session: AsyncSession, principal: Principal, experiment_id: str, name: str) -> Run:
    parent = await for_run(session, principal=principal, experiment_id=experiment_id)
    run = await experiments.start_run(session, principal=principal, experiment_id=parent, name=name, tags={}, params={})
    await experiments.set_status(
        session, run=run, status=RunStatus.SUCCEEDED, code="reported", message="holds a model logged outside of a run"
    )
    return run


async def _locked(
    session: AsyncSession, principal: Principal, model_id: str, action: Action = Action.REPORT
) -> LoggedModel:
    row = await logged_model(session, principal=principal, model_id=model_id, action=action)
    locked: LoggedModel | None = await LoggedModelSearch(session).locked(row.id)
    if locked is None:
        raise NotFound("logged model", model_id)
    return locked


async def _shown(session: AsyncSession, row: LoggedModel) -> Record:
    await session.refresh(row)
    return {"model": records.logged_model(row)}
