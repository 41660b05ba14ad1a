from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from trine.records.work import Environment, Report, Scenario, Simulation
from trine.resources.aio.base import Reference, Resource
from trine.resources.body import spec_body
from trine.specs.simulation import SimulationSpec


class Simulations(Resource):
    async def create(self, *, spec: SimulationSpec | Mapping[str, Any], project: str | None = None) -> Simulation:
        place = f"/projects/{await self._connection.project(project)}/simulations"
        return await self._one(Simulation, "POST", place, json=spec_body(spec))

    async def get(self, simulation: Reference) -> Simulation:
        return await self._one(Simulation, "GET", f"/simulations/{simulation}")

    async def list(self, *, project: str | None = None, limit: int | None = None) -> AsyncIterator[Simulation]:
        place = f"/projects/{await self._connection.project(project)}/simulations"
        async for found in self._pages(Simulation, place, limit=limit):
            yield found

    async def cancel(self, simulation: Reference) -> Simulation:
        return await self._one(Simulation, "POST", f"/simulations/{simulation}:cancel")

    async def report(self, simulation: Reference) -> Report:
        return await self._one(Report, "GET", f"/simulations/{simulation}/report")

    async def wait(self, simulation: Reference, *, within: float | None = None) -> Simulation:
        """The simulation when it has ended, however it ended."""
        return await self._wait(Simulation, f"/simulations/{simulation}", within=within)


class Environments(Resource):
    async def list(self) -> Sequence[Environment]:
        return await self._all(Environment, "GET", "/environments")

    async def scenarios(self) -> Sequence[Scenario]:
        return await self._all(Scenario, "GET", "/scenarios")
