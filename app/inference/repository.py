from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from app.kit.repository import Repository
from app.scheduler.status import ENDED, Phase, Status
from app.tables import Deployment, InferenceService, ModelVersion, RegisteredModel, Workload

LIVE = Deployment.workload_id.in_(select(Workload.id).where(Workload.status.not_in(ENDED)))


class ServiceRepository(Repository[InferenceService]):
    table = InferenceService

    async def routes(self, org_id: UUID) -> Sequence[Row[*tuple[Any, ...]]]:
        """Every service with every deployment of it, and whether that one is `ready` to answer or has `ended`.

        A service without a running deployment has one row with nulls.
        """
        running = (Workload.status == Status.RUNNING) & Workload.phase.in_((Phase.READY, Phase.DEGRADED))
        statement = (
            select(
                InferenceService.id,
                InferenceService.project_id,
                InferenceService.name,
                InferenceService.created_at,
                Deployment.id.label("deployment_id"),
                Deployment.engine,
                Deployment.spec,
                Deployment.weight,
                Workload.id.label("workload_id"),
                Workload.attempt,
                Workload.name.label("workload_name"),
                running.label("ready"),
                Workload.status.in_(ENDED).label("ended"),
            )
            .outerjoin(Deployment, Deployment.service_id == InferenceService.id)
            .outerjoin(Workload, Workload.id == Deployment.workload_id)
            .where(InferenceService.org_id == org_id, InferenceService.deleted_at.is_(None))
            .order_by(Deployment.id)
        )
        return (await self.session.execute(statement)).all()


class DeploymentRepository(Repository[Deployment]):
    table = Deployment

    async def of_service(self, service_id: UUID) -> Sequence[Deployment]:
        statement = self.statement().where(Deployment.service_id == service_id).order_by(Deployment.id.desc())
        return (await self.session.scalars(statement)).all()


class RegistryRepository(Repository[ModelVersion]):
    table = ModelVersion

    async def names(self, version_ids: Sequence[UUID]) -> dict[UUID, tuple[str, int]]:
        """Version → (name of its model, number)."""
        statement = (
            select(ModelVersion.id, RegisteredModel.name, ModelVersion.version)
            .join(RegisteredModel, RegisteredModel.id == ModelVersion.model_id)
            .where(ModelVersion.id.in_(version_ids))
        )
        return {row[0]: (row[1], row[2]) for row in await self.session.execute(statement)}
