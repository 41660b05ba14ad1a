"""Who made what of what, and what it took; for a version whose right to be read has been checked.

What lies in other projects is left out: `project_id` is that of the version.
"""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.tables import (
    Artifact,
    Dataset,
    DatasetVersion,
    Deployment,
    InferenceService,
    Run,
    RunInput,
    Simulation,
    UsageEntry,
    Workload,
)


class LineageRepository:
    def __init__(self, session: AsyncSession, *, project_id: UUID) -> None:
        self.session = session
        self._project_id = project_id

    async def runs(self, run_ids: Collection[UUID]) -> Sequence[Row[*tuple[Any, ...]]]:
        """`(id, name, kind, status, workload_id, spec of its workload)`; those that were deleted too."""
        statement = (
            select(Run.id, Run.name, Run.kind, Run.status, Run.workload_id, Workload.spec)
            .outerjoin(Workload, Workload.id == Run.workload_id)
            .where(Run.id.in_(run_ids), Run.project_id == self._project_id)
        )
        return (await self.session.execute(statement)).all()

    async def inputs(self, run_ids: Collection[UUID]) -> Sequence[Row[UUID, UUID, str]]:
        """`(run, artifact, role)`."""
        statement = select(RunInput.run_id, RunInput.artifact_id, RunInput.role)
        return (await self.session.execute(statement.where(RunInput.run_id.in_(run_ids)))).all()

    async def artifacts(self, artifact_ids: Collection[UUID]) -> Sequence[Row[*tuple[Any, ...]]]:
        """`(id, name, type, size, run that wrote it)`; those that were deleted too."""
        statement = select(Artifact.id, Artifact.name, Artifact.type, Artifact.size, Artifact.run_id)
        mine = (Artifact.id.in_(artifact_ids), Artifact.project_id == self._project_id)
        return (await self.session.execute(statement.where(*mine))).all()

    async def datasets(self, artifact_ids: Collection[UUID]) -> dict[UUID, str]:
        """Artifact → `name@version` of the newest dataset version that is made of it."""
        statement = (
            select(DatasetVersion.artifact_id, Dataset.name, DatasetVersion.version)
            .join(Dataset, Dataset.id == DatasetVersion.dataset_id)
            .where(DatasetVersion.artifact_id.in_(artifact_ids), Dataset.project_id == self._project_id)
            .order_by(DatasetVersion.id)
        )
        return {row.artifact_id: f"{row.name}@{row.version}" for row in await self.session.execute(statement)}

    async def deployments(self, version_id: UUID, limit: int) -> Sequence[Row[*tuple[Any, ...]]]:
        """`(id, name of its service, status, workload_id)`, the newest first."""
        statement = (
            select(Deployment.id, InferenceService.name, Workload.status, Deployment.workload_id)
            .join(InferenceService, InferenceService.id == Deployment.service_id)
            .join(Workload, Workload.id == Deployment.workload_id)
            .where(Deployment.model_version_id == version_id)
            .order_by(Deployment.id.desc())
        )
        return (await self.session.execute(statement.limit(limit))).all()

    async def simulations(self, version_id: UUID, limit: int) -> Sequence[Row[*tuple[Any, ...]]]:
        """`(id, name, environment, status, workload_id, run_id)`, the newest first."""
        statement = (
            select(
                Simulation.id,
                Simulation.name,
                Simulation.environment,
                Workload.status,
                Simulation.workload_id,
                Simulation.run_id,
            )
            .join(Workload, Workload.id == Simulation.workload_id)
            .where(Simulation.model_version_id == version_id)
            .order_by(Simulation.id.desc())
        )
        return (await self.session.execute(statement.limit(limit))).all()

    async def costs(self, workload_ids: Collection[UUID]) -> Sequence[Row[*tuple[Any, ...]]]:
        """`(workload, CPU seconds, GPU seconds, requests, tokens)` of what the ledger has of each."""
        statement = (
            select(
                UsageEntry.workload_id,
                func.sum(UsageEntry.cpu_seconds),
                func.sum(UsageEntry.gpu_seconds),
                func.sum(UsageEntry.requests),
                func.sum(UsageEntry.prompt_tokens + UsageEntry.completion_tokens),
            )
            .where(UsageEntry.workload_id.in_(workload_ids), UsageEntry.project_id == self._project_id)
            .group_by(UsageEntry.workload_id)
        )
        return (await self.session.execute(statement)).all()
