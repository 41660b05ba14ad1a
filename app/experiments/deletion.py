"""Deleting experiments, runs and artifacts, and undeleting them."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app import removal
from app.auth import service as auth
from app.auth.permissions import Action
from app.auth.principal import Principal
from app.experiments.repository import ArtifactRepository, ExperimentRepository, RunRepository
from app.experiments.service import TOPIC
from app.kit.notify import notify
from app.tables import Artifact, Experiment, Run


async def remove_experiment(session: AsyncSession, *, principal: Principal, experiment_id: UUID) -> None:
    await removal.remove(session, ExperimentRepository, principal=principal, kind="experiment", thing_id=experiment_id)


async def restore_experiment(
    session: AsyncSession, *, principal: Principal, experiment_id: UUID, kept: timedelta
) -> Experiment:
    return await removal.restore(
        session, ExperimentRepository, principal=principal, kind="experiment", thing_id=experiment_id, kept=kept
    )


async def deleted_experiment(session: AsyncSession, *, principal: Principal, experiment_id: UUID) -> Experiment | None:
    """For those who may undelete it. None: there is none, or it is not deleted."""
    found = await ExperimentRepository(session, deleted=True).get(experiment_id)
    if found is not None:
        auth.require(principal, Action.WORK, found.org_id, found.project_id)
    return found


async def deleted_experiments(session: AsyncSession, *, project_id: UUID, name: str) -> Sequence[Experiment]:
    """Those of that name, the oldest first, for who may undelete in the project."""
    wanted = (Experiment.project_id == project_id, Experiment.name == name)
    return await ExperimentRepository(session, deleted=True).every(*wanted)


async def remove_run(session: AsyncSession, *, principal: Principal, run_id: UUID) -> None:
    await removal.remove(session, RunRepository, principal=principal, kind="run", thing_id=run_id)
    await notify(session, TOPIC, run=run_id)


async def restore_run(session: AsyncSession, *, principal: Principal, run_id: UUID, kept: timedelta) -> Run:
    run = await removal.restore(session, RunRepository, principal=principal, kind="run", thing_id=run_id, kept=kept)
    await notify(session, TOPIC, run=run_id)
    return run


async def deleted_run(session: AsyncSession, *, principal: Principal, run_id: UUID) -> Run | None:
    """For those who may undelete it. None: there is none, or it is not deleted."""
    found = await RunRepository(session, deleted=True).get(run_id)
    if found is not None:
        auth.require(principal, Action.WORK, found.org_id, found.project_id)
    return found


async def remove_artifact(session: AsyncSession, *, principal: Principal, artifact_id: UUID) -> None:
    await removal.remove(session, ArtifactRepository, principal=principal, kind="artifact", thing_id=artifact_id)


async def restore_artifact(
    session: AsyncSession, *, principal: Principal, artifact_id: UUID, kept: timedelta
) -> Artifact:
    return await removal.restore(
        session, ArtifactRepository, principal=principal, kind="artifact", thing_id=artifact_id, kept=kept
    )
