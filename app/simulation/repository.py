from collections.abc import Sequence
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from uuid_utils.compat import uuid7

from app.experiments.reported_repository import ReportedRepository
from app.kit.repository import Repository
from app.tables import Environment, Scenario, Simulation


class SimulationRepository(ReportedRepository[Simulation]):
    table = Simulation


class ScenarioRepository(Repository[Scenario]):
    table = Scenario
    shared = True


class EnvironmentRepository(Repository[Environment]):
    table = Environment
    shared = True

    async def put_builtin(self, entries: Sequence[dict[str, Any]]) -> None:
        statement = insert(Environment).values([{"id": uuid7(), **entry} for entry in entries])
        await self.session.execute(
            statement.on_conflict_do_update(
                index_elements=["org_id", "name"], set_={"description": statement.excluded.description}
            )
        )
