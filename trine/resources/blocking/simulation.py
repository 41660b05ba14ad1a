# Made of `trine/resources/aio` by `scripts/blocking_client.py`: change that, then run it.
# ruff: noqa
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from trine.records.work import Environment, Report, Scenario, Simulation
from trine.resources.blocking.base import Reference, Resource
from trine.resources.body import spec_body
from trine.specs.simulation import SimulationSpec


class Simulations(Resource):
    def create(self, *, spec: SimulationSpec | Mapping[str, Any], project: str | None = None) -> Simulation:
        place = f"/projects/{self._connection.project(project)}/simulations"
        return self._one(Simulation, "POST", place, json=spec_body(spec))

    def get(self, simulation: Reference) -> Simulation:
        return self._one(Simulation, "GET", f"/simulations/{simulation}")

    def list(self, *, project: str | None = None, limit: int | None = None) -> Iterator[Simulation]:
        place = f"/projects/{self._connection.project(project)}/simulations"
        for found in self._pages(Simulation, place, limit=limit):
            yield found

    def cancel(self, simulation: Reference) -> Simulation:
        return self._one(Simulation, "POST", f"/simulations/{simulation}:cancel")

    def report(self, simulation: Reference) -> Report:
        return self._one(Report, "GET", f"/simulations/{simulation}/report")

    def wait(self, simulation: Reference, *, within: float | None = None) -> Simulation:
        """The simulation when it has ended, however it ended."""
        return self._wait(Simulation, f"/simulations/{simulation}", within=within)


class Environments(Resource):
    def list(self) -> Sequence[Environment]:
        return self._all(Environment, "GET", "/environments")

    def scenarios(self) -> Sequence[Scenario]:
        return self._all(Scenario, "GET", "/scenarios")
