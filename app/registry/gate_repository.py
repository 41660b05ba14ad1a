from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, delete, exists
from sqlalchemy.dialects.postgresql import insert
from uuid_utils.compat import uuid7

from app.experiments.schemas import RunStatus
from app.kit.clock import now
from app.kit.repository import Repository
from app.tables import Artifact, ModelApproval, ModelGate, ModelVersion, Run, Simulation, User


class GateRepository(Repository[ModelGate]):
    table = ModelGate

    async def put(
        self, *, org_id: UUID, project_id: UUID, model_id: UUID | None, alias: str, rules: list[dict[str, Any]]
    ) -> None:
        row = {"org_id": org_id, "project_id": project_id, "model_id": model_id, "alias": alias, "rules": rules}
        statement = insert(ModelGate).values(id=uuid7(), **row)
        await self.session.execute(
            statement.on_conflict_do_update(
                index_elements=["project_id", "model_id", "alias"], set_={"rules": rules, "updated_at": now()}
            )
        )

    async def remove(self, gate: ModelGate) -> None:
        await self.session.execute(delete(ModelGate).where(ModelGate.id == gate.id, ModelGate.org_id == gate.org_id))


class ApprovalRepository(Repository[ModelApproval]):
    table = ModelApproval

    async def with_names(self, *criteria: ColumnElement[bool]) -> Sequence[Row[ModelApproval, str | None]]:
        """Each with the name of who gave it; None: they have left."""
        statement = self.statement().add_columns(User.name).outerjoin(User, User.id == ModelApproval.user_id)
        return (await self.session.execute(statement.where(*criteria).order_by(ModelApproval.id))).all()

    async def withdraw(self, *, version: ModelVersion, alias: str, user_id: UUID) -> bool:
        statement = delete(ModelApproval).where(
            ModelApproval.org_id == version.org_id,
            ModelApproval.version_id == version.id,
            ModelApproval.alias == alias,
            ModelApproval.user_id == user_id,
        )
        return (await self.session.execute(statement.returning(ModelApproval.id))).first() is not None


class EvaluationRepository(Repository[Simulation]):
    """Simulations that tell how good a version is."""

    table = Simulation

    async def reported(self, version: ModelVersion) -> Sequence[Row[str, dict[str, Any]]]:
        """`(environment, summary of its run)` of those that ended well and left a report; the newest first."""
        report = exists().where(
            Artifact.run_id == Simulation.run_id, Artifact.type == "report", Artifact.deleted_at.is_(None)
        )
        statement = (
            self.statement()
            .with_only_columns(Simulation.environment, Run.summary)
            .join(Run, Run.id == Simulation.run_id)
            .where(Simulation.model_version_id == version.id, Run.deleted_at.is_(None))
            .where(Run.status == RunStatus.SUCCEEDED, report)
            .order_by(Simulation.id.desc())
        )
        return (await self.session.execute(statement)).all()
