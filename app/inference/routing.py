"""The routes of each organization, remembered for a moment and forgotten when something changes."""

from itertools import groupby
from uuid import UUID, uuid4

from app.inference.repository import ServiceRepository
from app.inference.traffic import Route, Target
from app.kit.db import Database, Scope
from app.kit.remembered import Remembered
from app.scheduler.leases import name_in_ray
from trine.specs.enrolment import WorkloadKind

SECONDS = 2.0


class Routes:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: Remembered[UUID, dict[str, Route]] = Remembered(seconds=SECONDS)

    async def of(self, org_id: UUID) -> dict[str, Route]:
        """Name of a service → its route."""
        return await self._known.of(org_id, lambda: self._read(org_id))

    async def check(self) -> None:
        """Reads the routes of nobody; raises what keeps them from being read."""
        await self._read(uuid4())

    def forget(self) -> None:
        self._known.forget()

    async def _read(self, org_id: UUID) -> dict[str, Route]:
        async with self._database.session(Scope((org_id,))) as session:
            rows = await ServiceRepository(session).routes(org_id)
        routes = {}
        for _, group in groupby(sorted(rows, key=lambda row: row.id), key=lambda row: row.id):
            of_service = list(group)
            first = of_service[0]
            targets = tuple(
                Target(
                    deployment_id=row.deployment_id,
                    application=name_in_ray(WorkloadKind.DEPLOYMENT, row.workload_name, row.workload_id, row.attempt),
                    engine=row.engine,
                    weight=row.weight,
                    concurrent=row.spec["concurrent"] * row.spec["replicas"],
                )
                for row in of_service
                if row.ready
            )
            waiting = any(row.deployment_id and not row.ended and not row.ready for row in of_service)
            routes[first.name] = Route(first.id, first.project_id, first.name, first.created_at, targets, waiting)
        return routes
